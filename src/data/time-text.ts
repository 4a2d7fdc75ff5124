import { monthOfName } from './go-layout.ts'
import { momentOf, offsetOf } from './zone-time.ts'

interface ReadTime {
  readonly time: number
  readonly nanos: number
  readonly place: number | string
}

const DATE = String.raw`(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})`
const CLOCK = String.raw`(?<hour>\d{1,2})(?::(?<minute>\d{1,2})(?::(?<second>\d{1,2})(?:[.,](?<fraction>\d+))?)?)?`
const FULL_CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d{1,2}):(?<second>\d{1,2})(?:[.,](?<fraction>\d+))?`
const OFFSET = String.raw`(?<offset>Z|[+-]\d{2}(?::?\d{2})?)`
const ZONE = String.raw`(?:[A-Z]{3,5}|[+-]\d{2,4})`
const MONTH = '(?<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const LONG_DAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'

/** The forms in which eKuiper reads datetimes, the usual ones first. */
const FORMS: readonly RegExp[] = [
  `${DATE}(?: ${CLOCK})?`,
  `${DATE}T${FULL_CLOCK}${OFFSET}?`,
  `${DATE} ${FULL_CLOCK}(?: ?${OFFSET}(?: ${ZONE})?)?`,
  String.raw`(?<year>\d{4})(?:-(?<month>\d{1,2}))?`,
  String.raw`(?<month>\d{1,2})-(?<day>\d{1,2})`,
  CLOCK,
  String.raw`(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})`,
  String.raw`(?<year>\d{4})(?<separator>[./])(?<month>\d{1,2})\k<separator>(?<day>\d{1,2})(?: ${FULL_CLOCK})?`,
  String.raw`(?<month>\d{1,2})/(?<day>\d{1,2})/(?<year>\d{4})(?: ${FULL_CLOCK})?`,
  String.raw`${FULL_CLOCK} ${MONTH} (?<day>\d{1,2}), (?<year>\d{4}) ${ZONE}`,
  String.raw`${DAY} ${MONTH}  ?(?<day>\d{1,2}) ${FULL_CLOCK}(?: (?:${OFFSET}|${ZONE}))? (?<year>\d{4})`,
  String.raw`(?<day>\d{1,2}) ${MONTH} (?<short>\d{2}) (?<hour>\d{2}):(?<minute>\d{2}) (?:${OFFSET}|${ZONE})`,
  String.raw`${LONG_DAY}, (?<day>\d{2})-${MONTH}-(?<short>\d{2}) ${FULL_CLOCK} ${ZONE}`,
  String.raw`${DAY}, (?<day>\d{1,2}) ${MONTH} (?<year>\d{4}) ${FULL_CLOCK} (?:${OFFSET}|${ZONE})`,
  String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?<half>AM|PM)`,
  String.raw`${MONTH}  ?(?<day>\d{1,2}) ${FULL_CLOCK}`,
].map((form) => new RegExp(`^${form}$`))

type Parts = Readonly<Record<string, string | undefined>>

/** Longest text that can be a datetime. */
const LONGEST = 80

/**
 * A moment in one of many forms: `2024-02-29 12:34:56`, `2024-2-9 1:2`, `2024`, RFC 3339, RFC 1123, `1/2/2006` … What a text leaves out
 * of the date is taken from `now` when it has a time of day only, and the year otherwise. Without an offset it is a time in `zone`.
 */
export function readTime(text: string, now: number, zone: string): ReadTime | undefined {
  if (text.length > LONGEST) return undefined
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups
    if (parts !== undefined) return momentOfParts(parts, now, zone)
  }
  return undefined
}

function momentOfParts(parts: Parts, now: number, zone: string): ReadTime | undefined {
  const wall = wallOfParts(parts, new Date(now + offsetOf(now, zone) * 60_000))
  if (wall === undefined) return undefined
  const nanos = Number((parts['fraction'] ?? '').padEnd(9, '0').slice(3, 9))
  const { offset } = parts
  if (offset === undefined) return { time: momentOf(wall, zone), nanos, place: zone }
  const minutes = minutesOf(offset)
  return minutes === undefined ? undefined : { time: wall - minutes * 60_000, nanos, place: minutes }
}

function wallOfParts(parts: Parts, today: Date): number | undefined {
  const clockOnly = ['day', 'year', 'half'].every((name) => parts[name] === undefined)
  const year = yearOf(parts) ?? today.getUTCFullYear()
  const month = clockOnly ? today.getUTCMonth() + 1 : parts['name'] === undefined ? number(parts, 'month', 1) : monthOfName(parts['name'])
  const day = clockOnly ? today.getUTCDate() : number(parts, 'day', 1)
  const hour = hourOf(parts)
  const [minute, second] = [number(parts, 'minute', 0), number(parts, 'second', 0)]
  if (month === undefined || hour === undefined || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return date.setUTCHours(hour, minute, second, Number((parts['fraction'] ?? '').padEnd(3, '0').slice(0, 3)))
}

function number(parts: Parts, name: string, otherwise: number): number {
  const digits = parts[name]
  return digits === undefined ? otherwise : Number(digits)
}

/** Two digits are 1969 to 2068. */
function yearOf(parts: Parts): number | undefined {
  const short = parts['short'] === undefined ? undefined : Number(parts['short'])
  if (short !== undefined) return short >= 69 ? 1900 + short : 2000 + short
  return parts['year'] === undefined ? undefined : Number(parts['year'])
}

function hourOf(parts: Parts): number | undefined {
  const hour = number(parts, 'hour', 0)
  const { half } = parts
  if (half === undefined) return hour > 23 ? undefined : hour
  return hour > 12 ? undefined : (hour % 12) + (half === 'PM' ? 12 : 0)
}

function minutesOf(offset: string): number | undefined {
  if (offset === 'Z') return 0
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))]
  if (hours > 24 || minutes > 59) return undefined
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}
