import { isStruct, type Value } from '../../data/value.ts'
import type { Row } from '../../data/batch.ts'
import { type DriverParts, type RowRun, timeAt, type WindowDriver } from './driver.ts'
import { MOST_WORK } from './output.ts'
import { RowQueue } from './row-queue.ts'

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
  readonly #times = new RowQueue<number>()
  /** Times of rows that will make it fire. */
  readonly #waiting = new RowQueue<number>()
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
      if (fires !== undefined && (row === undefined || !fires(row))) this.#evict((this.#waiting.at(0) ?? time) - this.#spec.length)
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
    for (let i = from; i < to; i++) {
      this.#times.push(time)
      this.#waiting.push(time)
    }
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
    this.#times.change((time) => time - by)
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
    this.#last = this.#times.at(this.#times.size - 1) ?? this.#last
    if (content !== undefined) this.#parts.content.restore(content)
  }

  /** False: others get their turn before all have fired. */
  #fireUntil(time: number): boolean {
    let first = this.#waiting.at(0)
    while (first !== undefined && first <= time) {
      if (this.#parts.output.work >= MOST_WORK) return false
      this.#waiting.drop(1)
      this.#fire(first)
      const again = this.#waiting.at(0)
      first = again === first ? this.#fireAgain(first) : again
    }
    return true
  }

  /** All that fire at the same time as the one before give the same. Gives the time of what fires next. */
  #fireAgain(time: number): number | undefined {
    const { content, output } = this.#parts
    let next: number | undefined = time
    while (next === time && output.work < MOST_WORK && content.fireAgain?.(output) === true) {
      this.#waiting.drop(1)
      next = this.#waiting.at(0)
    }
    return next
  }

  #fire(trigger: number): void {
    const { length } = this.#spec
    this.#evict(trigger - length)
    this.#parts.content.fire({ start: trigger - length, end: trigger, trigger }, this.#parts.output)
  }

  #evict(start: number): void {
    let count = 0
    while (count < this.#times.size && (this.#times.at(count) ?? start) < start) count++
    if (count === 0) return
    this.#times.drop(count)
    this.#parts.content.evict(count)
  }
}
