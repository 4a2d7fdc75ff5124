import type { Row } from '../../data/batch.ts'
import type { Value } from '../../data/value.ts'
import type { WindowContent } from './content.ts'
import type { WindowNotes } from './notes.ts'
import type { WindowOutput } from './output.ts'
import type { Ticks } from './ticks.ts'

/**
 * More windows one after another in which nothing is are left out, where time makes a leap. That of rows may be one of a thousand years;
 * that of the clock is a machine that slept, after which eKuiper's ticker fires once.
 */
const MOST_EMPTY = { eventTime: 100_000, clock: 1 } as const

/** Rows `from <= i < to` of one input, whose times are in `slot`. */
export interface RowRun {
  readonly rows: readonly Row[]
  readonly from: number
  readonly to: number
  readonly port: number
  readonly slot: number
}

/** When a kind of window fires, and with which rows. */
export interface WindowDriver {
  /** Takes rows, which are not older than those before. Gives the first that it has not taken, so that others get their turn; else `to`. */
  take(run: RowRun): number
  advance(time: number): void
  /** Not all that is due until the last time has fired: `advance` is called with it again. */
  readonly unfinished?: boolean
  wakeAt(): number | undefined
  /** Outside event time: the clock has been set back by `by` and shows `time`. */
  setBack(by: number, time: number): void
  snapshot(): Value
  restore(state: Value): void
}

/** What drivers are made of. */
export interface DriverParts {
  readonly content: WindowContent
  readonly output: WindowOutput
  readonly notes: WindowNotes
  readonly ticks: Ticks
  readonly eventTime: boolean
  /** Empty windows need not be fired. */
  readonly omitEmpty: boolean
}

/** How many windows without rows fire where time makes a leap. */
export function mostEmpty({ eventTime, omitEmpty }: DriverParts): number {
  if (omitEmpty) return 0
  return eventTime ? MOST_EMPTY.eventTime : MOST_EMPTY.clock
}

/** The start that a window tells: as in eKuiper one that began at the epoch or before tells where a whole window would have begun. */
export function told(start: number, end: number, length: number): number {
  return start <= 0 ? end - length : start
}

export function timeAt({ rows, slot }: RowRun, index: number): number {
  return Number(rows[index]?.[slot])
}

/** The first row from `from` on whose time is `limit` or later; `run.to` when there is none. Most often that of no row is. */
export function reaching(run: RowRun, from: number, limit: number): number {
  let [low, high] = [from, run.to]
  if (high > low && timeAt(run, high - 1) < limit) return high
  while (low < high) {
    const middle = (low + high) >> 1
    if (timeAt(run, middle) < limit) low = middle + 1
    else high = middle
  }
  return low
}
