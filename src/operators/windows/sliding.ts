import { isStruct, type Value } from '../../data/value.ts'
import type { Row } from '../../data/batch.ts'
import { type DriverParts, type RowRun, timeAt, type WindowDriver } from './driver.ts'
import { RowQueue } from './row-queue.ts'

interface SlidingSpec {
  readonly length: number
  /** 0: fires with the row. */
  readonly delay: number
  /** Does the row make the window fire? Told in the order of the rows; absent: each does. */
  readonly fires?: (row: Row, time: number) => boolean
}

/**
 * A window for each row: `[time - length, time]`, or `[time - length, time + delay)` when it waits. In event time it fires when no further
 * row of the same time can come.
 */
export class Sliding implements WindowDriver {
  readonly #parts: DriverParts
  readonly #spec: SlidingSpec
  readonly #times = new RowQueue<number>()
  /** Times of rows that will make it fire. */
  readonly #waiting = new RowQueue<number>()
  #last = Number.NEGATIVE_INFINITY

  constructor(parts: DriverParts, spec: SlidingSpec) {
    this.#parts = parts
    this.#spec = spec
  }

  take(run: RowRun): void {
    const { content, eventTime } = this.#parts
    const { delay, fires } = this.#spec
    const atOnce = !eventTime && delay === 0
    for (let i = run.from; i < run.to; i++) {
      const time = Math.max(timeAt(run, i), this.#last)
      if (this.#waiting.size > 0) this.#fireDue(time, delay > 0)
      content.add(run.rows, i, i + 1, run.port)
      this.#times.push(time)
      this.#last = time
      const row = run.rows[i]
      if (fires === undefined || (row !== undefined && fires(row, time))) {
        if (atOnce) this.#fire(time)
        else this.#waiting.push(time)
      } else this.#evict((this.#waiting.at(0) ?? time) - this.#spec.length)
    }
  }

  advance(time: number): void {
    this.#fireDue(time, true)
  }

  wakeAt(): number | undefined {
    const first = this.#waiting.at(0)
    return first === undefined ? undefined : first + this.#spec.delay
  }

  snapshot(): Value {
    return { times: this.#times.toArray(), waiting: this.#waiting.toArray(), content: this.#parts.content.snapshot() }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { times, waiting, content } = state
    if (Array.isArray(times)) for (const time of times) this.#times.push(Number(time))
    if (Array.isArray(waiting)) for (const time of waiting) this.#waiting.push(Number(time))
    this.#last = this.#times.at(this.#times.size - 1) ?? this.#last
    if (content !== undefined) this.#parts.content.restore(content)
  }

  /** What is due before `time`, and at it when that is `included`. */
  #fireDue(time: number, included: boolean): void {
    let first = this.#waiting.at(0)
    while (first !== undefined) {
      const due = first + this.#spec.delay
      if (due > time || (due === time && !included)) return
      this.#waiting.drop(1)
      this.#fire(first)
      first = this.#waiting.at(0)
    }
  }

  #fire(trigger: number): void {
    const { length, delay } = this.#spec
    this.#evict(trigger - length)
    this.#parts.content.fire({ start: trigger - length, end: trigger + delay, trigger }, this.#parts.output)
  }

  #evict(start: number): void {
    let count = 0
    while (count < this.#times.size && (this.#times.at(count) ?? start) < start) count++
    if (count === 0) return
    this.#times.drop(count)
    this.#parts.content.evict(count)
  }
}
