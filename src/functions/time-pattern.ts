import { rowFailed } from '../data/row-failed.ts'

/** Letters of a pattern by how often they stand in a row, with Go's layout of the same meaning. One letter more than there are forms writes nothing. */
const LETTERS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  Y: [undefined, '06', undefined, '2006'],
  y: [undefined, '06', undefined, '2006'],
  G: ['AD'],
  M: ['1', '01', 'Jan', 'January', ''],
  d: ['2', '02', ''],
  E: [undefined, undefined, 'Mon', 'Monday'],
  H: [undefined, '15'],
  h: ['3', '03', ''],
  a: ['PM'],
  m: ['4', '04', ''],
  s: ['5', '05', ''],
  z: ['MST'],
  Z: ['-0700'],
  X: ['-07', '-0700', '-07:00', ''],
}

const PART = /'([^']*)(?:'|$)|\\(.?)|(Y{1,5}|y{1,5}|M{1,5}|d{1,3}|E{1,5}|H{1,3}|h{1,3}|m{1,3}|s{1,3}|S+|X{1,4}|[GazZ])/gsu

/**
 * Go's layout for a pattern such as `YYYY-MM-dd HH:mm:ss.SSS`: letters in single quotes and behind a backslash are text, `''` is a quote,
 * a point in front of the fraction is written once; S stands for as many of its digits. Throws `row_failed` for letters that mean nothing
 * so often.
 */
export function layoutOf(pattern: string): string {
  return pattern
    .replace(PART, (part: string, quoted: string | undefined, escaped: string | undefined) => {
      if (quoted !== undefined) return quoted === '' ? "'" : quoted
      if (escaped === '') throw rowFailed('the pattern ends with a backslash')
      return escaped ?? layoutOfLetters(part)
    })
    .replaceAll(/\.(?=\.0)/g, '')
}

function layoutOfLetters(letters: string): string {
  if (letters.startsWith('S')) return `.${'0'.repeat(letters.length)}`
  const layout = LETTERS[letters.charAt(0)]?.[letters.length - 1]
  if (layout === undefined) throw rowFailed(`"${letters.slice(0, 10)}" means nothing in a pattern`, 'write YYYY, YY, EEEE, EEE or HH')
  return layout
}
