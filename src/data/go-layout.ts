/** A moment as a clock on a wall shows it. */
export interface WallTime {
  /** Its UTC members are what the clock shows. */
  readonly date: Date
  /** Nanoseconds of the second. */
  readonly nanos: number
  /** Minutes east of Greenwich. */
  readonly offset: number
  /** Abbreviation of the time zone, such as `UTC`. */
  readonly zone: string
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Go writes a layout as the moment Mon Jan 2 15:04:05 MST 2006 would be written. */
const LAYOUT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,](?:0+|9+)(?!\d)|002|01|02|03|04|05|06|__2|_2(?!006)|15|PM|pm|1|2|3|4|5/g

/** The moment as Go's layout says; what is no part of a moment stays as it is. */
export function formatLayout(layout: string, time: WallTime): string {
  return layout.replace(LAYOUT, (token) => {
    if (token.startsWith('Z')) return time.offset === 0 ? 'Z' : offsetText(token, time.offset)
    if (token.startsWith('-')) return offsetText(token, time.offset)
    if (/^[.,]/.test(token)) return fractionText(token, time.nanos)
    return token === 'MST' ? time.zone : (PARTS[token]?.(time.date) ?? token)
  })
}

export function monthName(date: Date): string {
  return MONTHS[date.getUTCMonth()] ?? ''
}

export function dayName(date: Date): string {
  return DAYS[date.getUTCDay()] ?? ''
}

/** Number of a month, from 1, by the first three letters of its English name; undefined for other texts. */
export function monthOfName(name: string): number | undefined {
  const found = MONTHS.findIndex((month) => month.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase())
  return found < 0 ? undefined : found + 1
}

/** From 1. */
export function dayOfYear(date: Date): number {
  const start = new Date(date)
  start.setUTCMonth(0, 1)
  return Math.round((date.getTime() - start.getTime()) / 86_400_000) + 1
}

const PARTS: Readonly<Record<string, (date: Date) => string>> = {
  January: monthName,
  Jan: (date) => monthName(date).slice(0, 3),
  '1': (date) => String(date.getUTCMonth() + 1),
  '01': (date) => two(date.getUTCMonth() + 1),
  Monday: dayName,
  Mon: (date) => dayName(date).slice(0, 3),
  '2': (date) => String(date.getUTCDate()),
  _2: (date) => String(date.getUTCDate()).padStart(2, ' '),
  '02': (date) => two(date.getUTCDate()),
  __2: (date) => String(dayOfYear(date)).padStart(3, ' '),
  '002': (date) => String(dayOfYear(date)).padStart(3, '0'),
  '15': (date) => two(date.getUTCHours()),
  '3': (date) => String(date.getUTCHours() % 12 || 12),
  '03': (date) => two(date.getUTCHours() % 12 || 12),
  '4': (date) => String(date.getUTCMinutes()),
  '04': (date) => two(date.getUTCMinutes()),
  '5': (date) => String(date.getUTCSeconds()),
  '05': (date) => two(date.getUTCSeconds()),
  '2006': yearText,
  '06': (date) => yearText(date).slice(-2),
  PM: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  pm: (date) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
}

function yearText(date: Date): string {
  const year = date.getUTCFullYear()
  return `${year < 0 ? '-' : ''}${String(Math.abs(year)).padStart(4, '0')}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** The sign and digits of an offset in the form of `-07`, `-0700`, `-07:00`; seconds are always zero. */
function offsetText(token: string, offset: number): string {
  const size = Math.abs(offset)
  const digits = `${two(Math.floor(size / 60))}${two(size % 60)}00`
  let next = 0
  return `${offset < 0 ? '-' : '+'}${token.slice(1).replace(/\d/g, () => digits.charAt(next++))}`
}

/** `.000` always so many digits, `.999` without zeros at the end. */
function fractionText(token: string, nanos: number): string {
  const digits = String(nanos)
    .padStart(9, '0')
    .slice(0, token.length - 1)
  if (token.charAt(1) === '0') return token.charAt(0) + digits
  const shown = digits.replace(/0+$/, '')
  return shown === '' ? '' : token.charAt(0) + shown
}
