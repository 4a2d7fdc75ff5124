import { parseDatetime } from '../../data/datetime-text.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Value } from '../../data/value.ts'
import { at, define, textAt, type FunctionSet } from './function-set.ts'

/** Sprig's dates, in UTC. A number is seconds since the epoch, as in sprig. */
export const DATE_FUNCTIONS: FunctionSet = {
  now: define(0, (_args, { clock }) => new Date(clock.now())),
  date: define(2, (args) => formatDate(textAt(args, 0), dateOf(at(args, 1)))),
  unixEpoch: define(1, (args) => String(Math.floor(dateOf(at(args, 0)).getTime() / 1000))),
}

function dateOf(value: Value): Date {
  const date = value instanceof Date ? value : typeof value === 'string' ? parseDatetime(value) : ofSeconds(value)
  if (date === undefined || Number.isNaN(date.getTime()))
    throw rowFailed('expected a datetime, a text in ISO form, or seconds since the epoch')
  return date
}

function ofSeconds(value: Value): Date | undefined {
  return typeof value === 'bigint' || typeof value === 'number' ? new Date(Number(value) * 1000) : undefined
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Go writes a layout as the moment Mon Jan 2 15:04:05 MST 2006 would be written. */
const LAYOUT =
  /January|Jan|Monday|Mon|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,](?:0{1,9}|9{1,9})(?!\d)|002|01|02|03|04|05|06|__2|_2|15|PM|pm|1|2|3|4|5/g

function formatDate(layout: string, date: Date): string {
  return layout.replace(LAYOUT, (token) => {
    if (token.startsWith('Z')) return 'Z'
    if (token.startsWith('-')) return offsetText(token)
    if (/^[.,]/.test(token)) return fractionText(token, date)
    return PARTS[token]?.(date) ?? token
  })
}

const PARTS: Readonly<Record<string, (date: Date) => string>> = {
  January: (date) => MONTHS[date.getUTCMonth()] ?? '',
  Jan: (date) => (MONTHS[date.getUTCMonth()] ?? '').slice(0, 3),
  '1': (date) => String(date.getUTCMonth() + 1),
  '01': (date) => two(date.getUTCMonth() + 1),
  Monday: (date) => DAYS[date.getUTCDay()] ?? '',
  Mon: (date) => (DAYS[date.getUTCDay()] ?? '').slice(0, 3),
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
  '2006': (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  '06': (date) => two(date.getUTCFullYear() % 100),
  PM: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  pm: (date) => (date.getUTCHours() < 12 ? 'am' : 'pm'),
  MST: () => 'UTC',
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function dayOfYear(date: Date): number {
  return (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000 + 1
}

function offsetText(token: string): string {
  return `+${token.slice(1).replace(/\d/g, '0')}`
}

/** `.000` always so many digits, `.999` without zeros at the end. */
function fractionText(token: string, date: Date): string {
  const digits = String(date.getUTCMilliseconds())
    .padStart(3, '0')
    .padEnd(9, '0')
    .slice(0, token.length - 1)
  if (token.charAt(1) === '0') return token.charAt(0) + digits
  const shown = digits.replace(/0+$/, '')
  return shown === '' ? '' : token.charAt(0) + shown
}
