import { isStruct, type Value } from '../../data/value.ts'
import { type DriverParts, type RowRun, timeAt, type WindowDriver } from './driver.ts'
import { MOST_WORK } from './output.ts'

interface CountSpec {
  /** Rows in a window. */
  readonly length: number
  /** Fires every so many rows, at most `length`. */
  readonly step: number
}

/** The last `length` rows, every `step` rows. Tells as its start when it fired before, or the time of the first row. */
export class Count implements WindowDriver {
  readonly #parts: DriverParts
  readonly #spec: CountSpec
  #seen = 0
  /** Rows in the content. */
  #held = 0
  #start: number | undefined

  constructor(parts: DriverParts, spec: CountSpec) {
    this.#parts = parts
    this.#spec = spec
  }

  take(run: RowRun): number {
    const { step } = this.#spec
    let { from } = run
    while (from < run.to) {
      if (this.#parts.output.work >= MOST_WORK) return from
      this.#start ??= timeAt(run, from)
      const count = Math.min(run.to - from, step - (this.#seen % step))
      this.#add(run, from, count)
      from += count
      if (this.#seen % step === 0 && this.#held === this.#spec.length) this.#fire(timeAt(run, from - 1))
    }
    return run.to
  }

  advance(): void {}

  wakeAt(): undefined {}

  setBack(by: number): void {
    if (this.#start !== undefined) this.#start -= by
  }

  snapshot(): Value {
    return { seen: this.#seen, held: this.#held, start: this.#start ?? null, content: this.#parts.content.snapshot() }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { seen, held, start, content } = state
    if (typeof seen !== 'number' || typeof held !== 'number') return
    this.#seen = seen
    this.#held = held
    if (typeof start === 'number') this.#start = start
    if (content !== undefined) this.#parts.content.restore(content)
  }

  #add({ rows, port }: RowRun, from: number, count: number): void {
    const { content } = this.#parts
    content.add(rows, from, from + count, port)
    this.#seen += count
    this.#held += count
    if (this.#held <= this.#spec.length) return
    content.evict(this.#held - this.#spec.length)
    this.#held = this.#spec.length
  }

  #fire(time: number): void {
    const { content, output } = this.#parts
    content.fire({ start: this.#start ?? time, end: time, trigger: time }, output)
    this.#start = time
    if (this.#spec.step < this.#spec.length) return
    content.clear()
    this.#held = 0
  }
}
