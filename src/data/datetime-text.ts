import { placedText } from './placed-date.ts'

const ISO = /^(\d{4})(?:-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/**
 * A datetime in ISO form: a date, or date and time with blank or T between, to minutes, seconds or fractions, with an offset or in
 * UTC without; a year alone is its first moment. Undefined when it is none.
 */
export function parseDatetime(text: string): Date | undefined {
  const found = ISO.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, offset] = found
  const [y, mo, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)]
  const [h, mi, s] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)]
  if (h > 23 || mi > 59 || s > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(y, mo - 1, d)
  if (date.getUTCMonth() !== mo - 1 || date.getUTCDate() !== d) return undefined
  date.setUTCHours(h, mi, s, Number((fraction ?? '').padEnd(3, '0').slice(0, 3)))
  const shift = offsetMinutes(offset ?? 'Z')
  return shift === undefined ? undefined : new Date(date.getTime() - shift * 60_000)
}

function offsetMinutes(offset: string): number | undefined {
  if (offset === 'Z') return 0
  const digits = offset.slice(1).replace(':', '')
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))]
  if (hours > 14 || minutes > 59) return undefined
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

/** As a cast to string shows it: `2024-02-29 12:34:56.789 +0000 UTC`; the fraction is left out when it is zero. */
export function datetimeText(date: Date): string {
  return placedText(date, '2006-01-02 15:04:05.999 -0700 MST')
}
