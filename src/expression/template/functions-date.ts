import { parseDatetime } from '../../data/datetime-text.ts'
import { formatLayout } from '../../data/go-layout.ts'
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

function formatDate(layout: string, date: Date): string {
  return formatLayout(layout, { date, nanos: date.getUTCMilliseconds() * 1_000_000, offset: 0, zone: 'UTC' })
}
