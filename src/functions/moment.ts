import type { CallContext } from '../api/function.ts'
import { describeValue } from '../data/describe-value.ts'
import type { WallTime } from '../data/go-layout.ts'
import { PlacedDate } from '../data/placed-date.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import { readTime } from '../data/time-text.ts'
import { abbreviationOf, offsetOf } from '../data/zone-time.ts'

/** A moment and where it is looked at. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly time: number
  /** Nanoseconds that `time` lacks, below a million. */
  readonly nanos: number
  /** Minutes east of Greenwich where a text said so; otherwise the name of a time zone. */
  readonly place: number | string
}

/** Most milliseconds before or after 1970 that a date can hold. */
const FARTHEST = 8.64e15

/** A datetime, a number of milliseconds since 1970, or a text in one of many forms. Throws `row_failed` for everything else. */
export function toMoment(value: Cell, ctx: Pick<CallContext, 'clock' | 'timeZone'>): Moment {
  if (typeof value === 'string') return ofText(value, ctx)
  const time = value instanceof Date ? value.getTime() : typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN
  if (Number.isNaN(time)) throw rowFailed(`expected a datetime, a number of milliseconds or a text, got ${describeValue(value)}`)
  return { time: inReach(Math.trunc(time)), nanos: 0, place: value instanceof PlacedDate ? value.offset : ctx.timeZone }
}

/** As a value: a datetime, which remembers the offset that it was read with. */
export function dateOf({ time, place }: Moment): Date {
  return typeof place === 'number' && place !== 0 ? new PlacedDate(time, place) : new Date(time)
}

export function nowIn(ctx: Pick<CallContext, 'clock' | 'timeZone'>): Moment {
  return { time: Math.floor(ctx.clock.now()), nanos: 0, place: ctx.timeZone }
}

/** The moment some nanoseconds later. */
export function later({ time, nanos, place }: Moment, by: bigint): Moment {
  const all = BigInt(nanos) + by
  const millis = all / 1_000_000n - (all % 1_000_000n < 0n ? 1n : 0n)
  return { time: inReach(time + Number(millis)), nanos: Number(all - millis * 1_000_000n), place }
}

/** Nanoseconds from `a` to `b`. */
export function between(a: Moment, b: Moment): bigint {
  return (BigInt(b.time) - BigInt(a.time)) * 1_000_000n + BigInt(b.nanos - a.nanos)
}

export function wallOf({ time, nanos, place }: Moment): WallTime {
  const offset = typeof place === 'number' ? place : offsetOf(time, place)
  const date = new Date(inReach(time + offset * 60_000))
  return { date, nanos: date.getUTCMilliseconds() * 1_000_000 + nanos, offset, zone: nameOf(time, place) }
}

function nameOf(time: number, place: number | string): string {
  if (typeof place === 'string') return abbreviationOf(time, place)
  if (place === 0) return 'UTC'
  const size = Math.abs(place)
  return `${place < 0 ? '-' : '+'}${String(Math.floor(size / 60) * 100 + (size % 60)).padStart(4, '0')}`
}

function ofText(text: string, { clock, timeZone }: Pick<CallContext, 'clock' | 'timeZone'>): Moment {
  const found = readTime(text, clock.now(), timeZone)
  if (found === undefined) throw rowFailed(`expected a datetime, got ${describeValue(text)}`, 'write it as "2024-02-29 12:34:56"')
  return { ...found, time: inReach(found.time) }
}

function inReach(time: number): number {
  if (Math.abs(time) <= FARTHEST) return time
  throw rowFailed('the datetime is out of range')
}
