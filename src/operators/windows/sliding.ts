import { isStruct, type Value } from '../../data/value.ts'
import type { Row } from '../../data/batch.ts'
import { type DriverParts, type RowRun, timeAt, type WindowDriver } from './driver.ts'
import { MOST_WORK } from './output.ts'
import { TimeRuns } from './time-runs.ts'

export interface SlidingSpec {
  readonly length: number
  /** 0: `Sliding`; more: `Delayed`. */
  readonly delay: number
  /** Does the row make the window fire? Told in the order of the rows; absent: each does. */
  readonly fires?: (row: Row) => boolean
}

/** A window `[time - length, time]` for each row. In event time it fires when no further row of the same time can come. */
export class Sliding implements WindowDriver {
  readonly #parts: DriverParts
  readonly #spec: SlidingSpec
  readonly #times = new TimeRuns()
  /** Times of rows that will make it fire. */
  readonly #waiting = new TimeRuns()
  #last = Number.NEGATIVE_INFINITY
  /** The newest row when it fired. As in eKuiper rows that are no newer wait for one that is, since they came with no time of their own. */
  #fired = Number.NEGATIVE_INFINITY
  #unfinished = false

  constructor(parts: DriverParts, spec: SlidingSpec) {
    this.#parts = parts
    this.#spec = spec
  }

  take(run: RowRun): number {
    const { content, eventTime, output } = this.#parts
    const { fires } = this.#spec
    for (let i = run.from; i < run.to; i++) {
      if (output.work >= MOST_WORK) return i
      const time = Math.max(timeAt(run, i), this.#last)
      if (time > this.#last && !this.#fireUntil(this.#last)) return i
      if (eventTime && fires === undefined) {
        i = this.#takeTogether(run, i, time) - 1
        continue
      }
      content.add(run.rows, i, i + 1, run.port)
      this.#times.push(time)
      this.#last = time
      const row = run.rows[i]
      if (fires !== undefined && (row === undefined || !fires(row))) this.#evict((this.#waiting.first ?? time) - this.#spec.length)
      else if (eventTime) this.#waiting.push(time)
      else this.#fire(time)
    }
    return run.to
  }

  /** All rows from `from` on that have the time of the first: they fire after the last of them. Gives where the others begin. */
  #takeTogether(run: RowRun, from: number, time: number): number {
    let to = from + 1
    while (to < run.to && timeAt(run, to) <= time) to++
    this.#parts.content.add(run.rows, from, to, run.port)
    this.#times.push(time, to - from)
    this.#waiting.push(time, to - from)
    this.#last = time
    return to
  }

  get unfinished(): boolean {
    return this.#unfinished
  }

  advance(time: number): void {
    if (this.#last <= this.#fired) return
    this.#unfinished = !this.#fireUntil(time)
    if (!this.#unfinished) this.#fired = this.#last
  }

  /** Outside event time it fires with its rows. */
  wakeAt(): undefined {}

  /** Rows are as old as before. */
  setBack(by: number): void {
    this.#times.setBack(by)
    this.#last -= by
  }

  snapshot(): Value {
    const fired = Number.isFinite(this.#fired) ? this.#fired : null
    return { times: this.#times.toArray(), waiting: this.#waiting.toArray(), fired, content: this.#parts.content.snapshot() }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { times, waiting, fired, content } = state
    if (Array.isArray(times)) for (const time of times) this.#times.push(Number(time))
    if (Array.isArray(waiting)) for (const time of waiting) this.#waiting.push(Number(time))
    if (typeof fired === 'number') this.#fired = fired
    this.#last = this.#times.last ?? this.#last
    if (content !== undefined) this.#parts.content.restore(content)
  }

  /** False: others get their turn before all have fired. */
  #fireUntil(time: number): boolean {
    for (let first = this.#waiting.first; first !== undefined && first <= time; first = this.#waiting.first) {
      if (this.#parts.output.work >= MOST_WORK) return false
      this.#fire(first)
      this.#waiting.drop(1)
      if (this.#waiting.first === first) this.#fireAgain()
    }
    return true
  }

  /** All that fire at the same time as the one before give the same. */
  #fireAgain(): void {
    const { content, output } = this.#parts
    const given = content.fireAgain?.(output, this.#waiting.firstCount) ?? 0
    if (given > 0) this.#waiting.drop(given)
  }

  #fire(trigger: number): void {
    const { length } = this.#spec
    this.#evict(trigger - length)
    this.#parts.content.fire({ start: trigger - length, end: trigger, trigger }, this.#parts.output)
  }

  #evict(start: number): void {
    const count = this.#times.dropBefore(start)
    if (count > 0) this.#parts.content.evict(count)
  }
}
