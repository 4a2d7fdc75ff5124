import { isStruct, type Value } from '../../data/value.ts'
import { type DriverParts, mostEmpty, reaching, type RowRun, timeAt, told, type WindowDriver } from './driver.ts'

/** Windows that follow each other: `[start, end)`. The first begins with its first row, or with the rule, and ends at an aligned time. */
export class Tumbling implements WindowDriver {
  readonly #parts: DriverParts
  readonly #length: number
  #start = 0
  /** Undefined: no window has begun. */
  #end: number | undefined

  constructor(parts: DriverParts, length: number) {
    this.#parts = parts
    this.#length = length
  }

  take(run: RowRun): number {
    let { from } = run
    while (from < run.to) {
      const end = this.#reach(timeAt(run, from))
      const next = Math.max(reaching(run, from, end), from + 1)
      this.#parts.content.add(run.rows, from, next, run.port)
      from = next
    }
    return run.to
  }

  advance(time: number): void {
    if (this.#end !== undefined || !this.#parts.eventTime) this.#reach(time)
  }

  wakeAt(): number | undefined {
    return this.#end
  }

  /** What is in the window has been; the next one begins in the new time. */
  setBack(_by: number, time: number): void {
    if (this.#end === undefined) return
    if (!this.#parts.content.empty) this.#reach(this.#end)
    this.#open(time)
  }

  snapshot(): Value {
    return { start: this.#start, end: this.#end ?? null, content: this.#parts.content.snapshot() }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { start, end, content } = state
    if (typeof start !== 'number' || typeof end !== 'number') return
    this.#start = start
    this.#end = end
    if (content !== undefined) this.#parts.content.restore(content)
  }

  /** Fires what ends until `time` and gives the end of the window in which `time` is. */
  #reach(time: number): number {
    const { content, output, ticks } = this.#parts
    let end = this.#end ?? this.#open(time)
    const most = mostEmpty(this.#parts)
    let empty = 0
    while (end <= time) {
      if (content.empty && empty >= most) return this.#skip(end, time)
      empty = content.empty ? empty + 1 : 0
      content.fire({ start: told(this.#start, end, this.#length), end, trigger: end }, output)
      content.clear()
      this.#start = end
      this.#end = end = ticks.add(end, this.#length)
    }
    return end
  }

  /** As in eKuiper the first window of event time may end when it begins: it holds no row, and only an aggregate gives something for it. */
  #open(time: number): number {
    const { ticks, eventTime } = this.#parts
    this.#start = time
    return (this.#end = eventTime ? ticks.aligned(time, this.#length) : ticks.after(time, this.#length))
  }

  #skip(end: number, time: number): number {
    const { ticks, omitEmpty, notes } = this.#parts
    const steps = ticks.steps(end, this.#length, time)
    if (!omitEmpty) notes.skipped(steps)
    this.#start = ticks.add(end, (steps - 1) * this.#length)
    return (this.#end = ticks.add(end, steps * this.#length))
  }
}
