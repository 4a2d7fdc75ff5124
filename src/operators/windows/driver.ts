import type { Row } from '../../data/batch.ts'
import type { Value } from '../../data/value.ts'
import type { WindowContent } from './content.ts'
import type { WindowNotes } from './notes.ts'
import type { WindowOutput } from './output.ts'
import type { Ticks } from './ticks.ts'

/** More windows one after another in which nothing is are left out, where time makes a leap: it may be one of a thousand years. */
export const MOST_EMPTY = 100_000

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
  /** Takes rows, which are not older than those before. */
  take(run: RowRun): void
  advance(time: number): void
  wakeAt(): number | undefined
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
