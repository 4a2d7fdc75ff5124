import { isStruct, type Value } from '../../data/value.ts'
import { type DriverParts, reaching, type RowRun, timeAt, type WindowDriver } from './driver.ts'

/** The tick at which a session is old enough is at most so many after the one that eKuiper aligns. */
const FARTHEST_CUT = 3

/** How long a session lasts at most and after how long a silence it ends. */
export interface SessionLimits {
  readonly longest: number
  readonly gap: number
}

/**
 * Sessions of the clock: rows between which there is less than `gap`. One that lasts `longest` is cut at an aligned time: then the next one begins there.
 */
export class Session implements WindowDriver {
  readonly #parts: DriverParts
  readonly #limits: SessionLimits
  /** Time of the first row; undefined: no session is open. */
  #first: number | undefined
  #last = 0
  /** When the session is cut. */
  #cut = 0
  /** Where the one before was cut. */
  #begin: number | undefined

  constructor(parts: DriverParts, limits: SessionLimits) {
    this.#parts = parts
    this.#limits = limits
  }

  take(run: RowRun): number {
    let { from } = run
    while (from < run.to) {
      this.#reach(timeAt(run, from))
      if (this.#first === undefined) this.#open(timeAt(run, from))
      const next = Math.max(this.#endOf(run, from), from + 1)
      this.#parts.content.add(run.rows, from, next, run.port)
      this.#last = timeAt(run, next - 1)
      from = next
    }
    return run.to
  }

  advance(time: number): void {
    this.#reach(time)
  }

  wakeAt(): number | undefined {
    return this.#first === undefined ? undefined : Math.min(this.#cut, this.#last + this.#limits.gap)
  }

  /** It goes on: what was some time ago still is. */
  setBack(by: number): void {
    if (this.#begin !== undefined) this.#begin -= by
    if (this.#first === undefined) return
    const last = this.#last - by
    this.#open(this.#first - by)
    this.#last = last
  }

  snapshot(): Value {
    const content = this.#parts.content.snapshot()
    return { first: this.#first ?? null, last: this.#last, cut: this.#cut, begin: this.#begin ?? null, content }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { first, last, cut, begin, content } = state
    if (typeof begin === 'number') this.#begin = begin
    if (typeof first !== 'number' || typeof last !== 'number' || typeof cut !== 'number') return
    this.#first = first
    this.#last = last
    this.#cut = cut
    if (content !== undefined) this.#parts.content.restore(content)
  }

  /** The first row that is not in the session any more. */
  #endOf(run: RowRun, from: number): number {
    const { gap } = this.#limits
    const limit = reaching(run, from, this.#cut)
    let before = timeAt(run, from)
    for (let i = from + 1; i < limit; i++) {
      const time = timeAt(run, i)
      if (time - before >= gap) return i
      before = time
    }
    return limit
  }

  #reach(time: number): void {
    if (this.#first === undefined) return
    const silence = this.#last + this.#limits.gap
    if (time >= this.#cut && this.#cut < silence) this.#fire(this.#cut, this.#cut)
    else if (time >= silence) this.#fire(silence, undefined)
  }

  #fire(end: number, begin: number | undefined): void {
    const { content, output } = this.#parts
    content.fire({ start: this.#begin ?? this.#first ?? end, end, trigger: end }, output)
    content.clear()
    this.#first = undefined
    this.#begin = begin
  }

  /** It is cut at the first tick at which it is old enough. */
  #open(time: number): void {
    const { ticks } = this.#parts
    const { longest } = this.#limits
    this.#first = time
    this.#cut = ticks.aligned(time, longest)
    for (let i = 0; i < FARTHEST_CUT && this.#cut - longest < time; i++) this.#cut = ticks.add(this.#cut, longest)
  }
}
