import { momentOf } from '../data/zone-time.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const LONG_MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] // oxfmt-ignore

type Part = 'year' | 'short' | 'month' | 'day' | 'hour' | 'half' | 'minute' | 'second' | 'fraction' | 'offset' | 'name'
type Parts = Partial<Record<Part, string>>

/** What a run of equal letters of a pattern stands for; letters that are not here stand for themselves. */
const LETTERS: Readonly<Record<string, readonly [Part | undefined, string]>> = {
  YYYY: ['year', String.raw`\d{4}`],
  yyyy: ['year', String.raw`\d{4}`],
  YY: ['short', String.raw`\d{2}`],
  yy: ['short', String.raw`\d{2}`],
  MMMM: ['name', LONG_MONTHS.join('|')],
  MMM: ['name', MONTHS.join('|')],
  MM: ['month', String.raw`\d{2}`],
  M: ['month', String.raw`\d{1,2}`],
  dd: ['day', String.raw`\d{2}`],
  d: ['day', String.raw`\d{1,2}`],
  EEEE: [undefined, '[A-Za-z]+'],
  EEE: [undefined, '[A-Za-z]{3}'],
  HH: ['hour', String.raw`\d{2}`],
  hh: ['hour', String.raw`\d{2}`],
  h: ['hour', String.raw`\d{1,2}`],
  a: ['half', 'AM|PM|am|pm'],
  mm: ['minute', String.raw`\d{2}`],
  m: ['minute', String.raw`\d{1,2}`],
  ss: ['second', String.raw`\d{2}`],
  s: ['second', String.raw`\d{1,2}`],
  z: [undefined, '[A-Z]{1,5}'],
  Z: ['offset', String.raw`[+-]\d{4}`],
  X: ['offset', String.raw`Z|[+-]\d{2}`],
  XX: ['offset', String.raw`Z|[+-]\d{4}`],
  XXX: ['offset', String.raw`Z|[+-]\d{2}:\d{2}`],
  G: [undefined, 'AD|BC'],
}

const TOKEN = /'([^']*)'|\\(.)|([A-Za-z])\3*|[^]/gu

/** Reads texts that follow a pattern such as `yyyy/MM/dd HH:mm:ss.SSS`, as milliseconds; times without an offset are of `zone`. */
export function patternReader(pattern: string, zone: string): (text: string) => number | undefined {
  const parts: (Part | undefined)[] = []
  let source = ''
  for (const [token, quoted, escaped] of pattern.matchAll(TOKEN)) {
    const literal = quoted === '' ? "'" : (quoted ?? escaped)
    const [part, form] = literal === undefined ? meaningOf(token) : [undefined, escapeText(literal)]
    parts.push(part)
    source += `(${form})`
  }
  const expression = new RegExp(`^${source}$`)
  return (text) => {
    const found = expression.exec(text)
    if (found === null) return undefined
    const given: Parts = {}
    parts.forEach((part, i) => {
      if (part !== undefined) given[part] = found[i + 1] ?? ''
    })
    const wall = wallOf(given)
    if (wall === undefined) return undefined
    return given.offset === undefined ? momentOf(wall, zone) : wall - offsetOf(given.offset) * 60_000
  }
}

function meaningOf(token: string): readonly [Part | undefined, string] {
  if (token.startsWith('S')) return ['fraction', String.raw`\d{${token.length}}`]
  return Object.hasOwn(LETTERS, token) ? (LETTERS[token] ?? [undefined, '']) : [undefined, escapeText(token)]
}

function escapeText(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}

/** What a clock shows, as if it stood in UTC. */
function wallOf(parts: Parts): number | undefined {
  const month = parts.name === undefined ? Number(parts.month ?? 1) : MONTHS.indexOf(parts.name.slice(0, 3)) + 1
  const day = Number(parts.day ?? 1)
  const hour = hourOf(parts)
  const [minute, second] = [Number(parts.minute ?? 0), Number(parts.second ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(yearOf(parts), month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  date.setUTCHours(hour, minute, second, Number((parts.fraction ?? '').padEnd(3, '0').slice(0, 3)))
  return date.getTime()
}

/** Two digits are 1969 to 2068. */
function yearOf({ year, short }: Parts): number {
  if (short === undefined) return Number(year ?? 1970)
  return Number(short) + (Number(short) >= 69 ? 1900 : 2000)
}

function hourOf({ hour = '0', half }: Parts): number {
  if (half === undefined) return Number(hour)
  return Number(hour) > 12 ? 24 : (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0)
}

function offsetOf(offset: string): number {
  if (offset === 'Z') return 0
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return offset.startsWith('-') ? -minutes : minutes
}
