import { rowFailed } from '../data/row-failed.ts'

/** Letters of a pattern by how often they stand in a row, with Go's layout of the same meaning. */
const LETTERS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  Y: [undefined, '06', undefined, '2006'],
  y: [undefined, '06', undefined, '2006'],
  G: ['AD'],
  M: ['1', '01', 'Jan', 'January'],
  d: ['2', '02'],
  E: [undefined, undefined, 'Mon', 'Monday'],
  H: [undefined, '15'],
  h: ['3', '03'],
  a: ['PM'],
  m: ['4', '04'],
  s: ['5', '05'],
  S: ['.0', '.00', '.000'],
  z: ['MST'],
  Z: ['-0700'],
  X: ['-07', '-0700', '-07:00'],
}

const PART = /'([^']*)'|\\(.)|(Y+|y+|M{1,4}|d{1,2}|E+|H+|h{1,2}|m{1,2}|s{1,2}|S{1,3}|X{1,3}|[GazZ])/gsu

/**
 * Go's layout for a pattern such as `YYYY-MM-dd HH:mm:ss.SSS`: letters in single quotes and behind a backslash are text, `''` is a quote,
 * a point in front of the fraction is written once. Throws `row_failed` for letters that mean nothing so often.
 */
export function layoutOf(pattern: string): string {
  return pattern
    .replace(PART, (part: string, quoted: string | undefined, escaped: string | undefined) => {
      if (quoted !== undefined) return quoted === '' ? "'" : quoted
      return escaped ?? layoutOfLetters(part)
    })
    .replaceAll(/\.(?=\.0)/g, '')
}

function layoutOfLetters(letters: string): string {
  const layout = LETTERS[letters.charAt(0)]?.[letters.length - 1]
  if (layout === undefined) throw rowFailed(`"${letters.slice(0, 10)}" means nothing in a pattern`, 'write YYYY, YY, EEEE, EEE or HH')
  return layout
}
