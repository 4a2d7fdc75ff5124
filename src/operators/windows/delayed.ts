import { rowsOfState, stateOfRows } from '../../data/row-state.ts'
import { isStruct, type Value } from '../../data/value.ts'
import type { Row } from '../../data/batch.ts'
import { type DriverParts, type RowRun, timeAt, type WindowDriver } from './driver.ts'
import { MOST_WORK } from './output.ts'
import { RowQueue } from './row-queue.ts'
import type { SlidingSpec } from './sliding.ts'

interface Waiting {
  readonly row: Row
  readonly time: number
  readonly port: number
}

/**
 * A sliding window that waits: `[time - length, time + delay)` of each row that makes it fire. A row enters the content when the first
 * window that holds it fires. As in eKuiper the watermark that let a row pass does not fire its window, a later one does.
 */
export class Delayed implements WindowDriver {
  readonly #parts: DriverParts
  readonly #spec: SlidingSpec
  /** Rows that are not in the content yet. */
  readonly #rows = new RowQueue<Waiting>()
  /** Times of the rows in the content. */
  readonly #times = new RowQueue<number>()
  /** Times of the rows whose windows are still to fire. */
  readonly #triggers = new RowQueue<number>()
  /** How many of them came before the last watermark. */
  #settled = 0
  /** The newest row at that time: rows that are no newer are settled together with one that is. */
  #newest = Number.NEGATIVE_INFINITY
  #unfinished = false

  constructor(parts: DriverParts, spec: SlidingSpec) {
    this.#parts = parts
    this.#spec = spec
  }

  take(run: RowRun): number {
    const { fires } = this.#spec
    for (let i = run.from; i < run.to; i++) {
      const row = run.rows[i]
      if (row === undefined) continue
      const time = Math.max(timeAt(run, i), this.#last())
      this.#rows.push({ row, time, port: run.port })
      if (fires === undefined || fires(row)) this.#triggers.push(time)
      this.#forget((this.#triggers.at(0) ?? time) - this.#spec.length)
    }
    return run.to
  }

  get unfinished(): boolean {
    return this.#unfinished
  }

  advance(time: number): void {
    const { eventTime, output } = this.#parts
    let ready = eventTime ? this.#settled : this.#triggers.size
    this.#unfinished = false
    for (; ready > 0; ready--) {
      const trigger = this.#triggers.at(0)
      if (trigger === undefined || trigger + this.#spec.delay > time) break
      if (output.work >= MOST_WORK) {
        this.#unfinished = true
        this.#settled = ready
        return
      }
      this.#triggers.drop(1)
      this.#fire(trigger)
    }
    this.#settled = ready
    const newest = this.#last()
    if (newest <= this.#newest) return
    this.#newest = newest
    this.#settled = this.#triggers.size
  }

  wakeAt(): number | undefined {
    const first = this.#triggers.at(0)
    return first === undefined ? undefined : first + this.#spec.delay
  }

  /** Rows are as old as before, and windows fire as late as before. */
  setBack(by: number): void {
    this.#rows.change((waiting) => ({ ...waiting, time: waiting.time - by }))
    this.#times.change((time) => time - by)
    this.#triggers.change((time) => time - by)
  }

  snapshot(): Value {
    const rows = this.#rows.toArray()
    return {
      rows: stateOfRows(rows.map(({ row }) => row)),
      waiting: rows.map(({ time }) => time),
      ports: rows.map(({ port }) => port),
      times: this.#times.toArray(),
      triggers: this.#triggers.toArray(),
      settled: this.#settled,
      newest: Number.isFinite(this.#newest) ? this.#newest : null,
      content: this.#parts.content.snapshot(),
    }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { rows, settled, newest, content } = state
    const [waiting, ports] = [numbers(state['waiting']), numbers(state['ports'])]
    rowsOfState(rows).forEach((row, i) => this.#rows.push({ row, time: waiting[i] ?? 0, port: ports[i] ?? 0 }))
    for (const time of numbers(state['times'])) this.#times.push(time)
    for (const trigger of numbers(state['triggers'])) this.#triggers.push(trigger)
    this.#settled = Number(settled ?? 0)
    if (typeof newest === 'number') this.#newest = newest
    if (content !== undefined) this.#parts.content.restore(content)
  }

  #last(): number {
    return this.#rows.at(this.#rows.size - 1)?.time ?? this.#times.at(this.#times.size - 1) ?? Number.NEGATIVE_INFINITY
  }

  #fire(trigger: number): void {
    const { content, output } = this.#parts
    const { length, delay } = this.#spec
    this.#enter(trigger + delay)
    this.#evict(trigger - length)
    content.fire({ start: trigger - length, end: trigger + delay, trigger }, output)
  }

  /** Rows before `end` enter the content. */
  #enter(end: number): void {
    let count = 0
    for (; count < this.#rows.size; count++) {
      const next = this.#rows.at(count)
      if (next === undefined || next.time >= end) break
      this.#parts.content.add([next.row], 0, 1, next.port)
      this.#times.push(next.time)
    }
    this.#rows.drop(count)
  }

  #evict(start: number): void {
    const count = before(start, this.#times.size, (i) => this.#times.at(i))
    if (count === 0) return
    this.#times.drop(count)
    this.#parts.content.evict(count)
  }

  /** No window to come begins before `start`. */
  #forget(start: number): void {
    this.#evict(start)
    if (this.#times.size > 0) return
    const count = before(start, this.#rows.size, (i) => this.#rows.at(i)?.time)
    if (count > 0) this.#rows.drop(count)
  }
}

/** How many of the first times are before `start`. */
function before(start: number, size: number, timeOf: (index: number) => number | undefined): number {
  let count = 0
  while (count < size && (timeOf(count) ?? start) < start) count++
  return count
}

function numbers(state: Value | undefined): readonly number[] {
  return Array.isArray(state) ? state.map(Number) : []
}
