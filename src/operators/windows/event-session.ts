import { rowsOfState, stateOfRows } from '../../data/row-state.ts'
import { isStruct, type Value } from '../../data/value.ts'
import { type DriverParts, reaching, type RowRun, told, timeAt, type WindowDriver } from './driver.ts'
import type { SessionLimits } from './session.ts'

/** The tick at which a session is old enough is at most so many after the first one. */
const FARTHEST_CUT = 2

/**
 * Sessions of rows, not of the clock, as eKuiper makes them: a session ends `gap` after its last row when a later row, or a watermark, is
 * further away. One that is old enough is cut at an aligned tick, but only by a row behind that tick, and each row brings it no more
 * than one tick on: those between the tick and the row that cuts begin the next session, or stay if nothing cuts before the silence is noticed.
 */
export class EventSession implements WindowDriver {
  readonly #parts: DriverParts
  readonly #limits: SessionLimits
  /** Time of the first row; undefined: no session is open. */
  #first: number | undefined
  #last = 0
  /** The next tick that a row can pass. */
  #tick = 0
  /** The first tick at which the session is old enough. */
  #cut = 0
  /** Where the one before was cut. */
  #begin: number | undefined
  /** Rows at the cut and behind it, one by one. */
  #held: RowRun[] = []

  constructor(parts: DriverParts, limits: SessionLimits) {
    this.#parts = parts
    this.#limits = limits
  }

  take(run: RowRun): number {
    let { from } = run
    while (from < run.to) {
      const time = timeAt(run, from)
      this.#close(time)
      this.#enter(time)
      const next = time < this.#cut ? this.#endOf(run, from) : from + 1
      if (time < this.#cut) this.#parts.content.add(run.rows, from, next, run.port)
      else this.#held.push({ ...run, rows: run.rows.slice(from, next), from: 0, to: 1 })
      from = next
    }
    return run.to
  }

  advance(time: number): void {
    if (this.#first !== undefined && time - this.#last > this.#limits.gap) this.#fireSilence()
  }

  /** Rows and watermarks alone end sessions. */
  wakeAt(): undefined {}

  /** Knows no clock. */
  setBack(): void {}

  snapshot(): Value {
    return {
      first: this.#first ?? null,
      last: this.#last,
      tick: this.#tick,
      cut: this.#cut,
      begin: this.#begin ?? null,
      held: stateOfRows(this.#held.flatMap(({ rows }) => rows)),
      places: this.#held.map(({ port, slot }) => [port, slot]),
      content: this.#parts.content.snapshot(),
    }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { first, last, cut, begin, held, places, content } = state
    if (typeof begin === 'number') this.#begin = begin
    if (typeof first !== 'number' || typeof last !== 'number' || typeof cut !== 'number') return
    this.#first = first
    this.#last = last
    this.#cut = cut
    // States of earlier versions have no tick: they cut when they came to it.
    this.#tick = typeof state['tick'] === 'number' ? state['tick'] : cut
    const at = Array.isArray(places) ? places : []
    this.#held = rowsOfState(held).map((row, i) => {
      const place = at[i]
      const [port, slot] = Array.isArray(place) ? place : []
      return { rows: [row], from: 0, to: 1, port: Number(port), slot: Number(slot) }
    })
    if (content !== undefined) this.#parts.content.restore(content)
  }

  /** Ends what a row at `time` ends. */
  #close(time: number): void {
    while (this.#first !== undefined) {
      const silent = time - this.#last > this.#limits.gap
      const cuts = this.#tick === this.#cut && time > this.#cut && !(silent && this.#last + this.#limits.gap <= this.#cut)
      if (cuts) this.#fireCut()
      else if (silent) this.#fireSilence()
      else return
    }
  }

  /** A row at `time` begins a session or goes on with it. */
  #enter(time: number): void {
    if (this.#first === undefined) this.#open(time)
    this.#last = time
    if (time > this.#tick && this.#tick < this.#cut) this.#tick = this.#parts.ticks.add(this.#tick, this.#limits.longest)
  }

  /** The first row that has to be looked at by itself. */
  #endOf(run: RowRun, from: number): number {
    const limit = reaching(run, from, this.#cut)
    for (let i = from + 1; i < limit; i++) {
      const time = timeAt(run, i)
      if (time - this.#last > this.#limits.gap) return i
      this.#enter(time)
    }
    return limit
  }

  #open(time: number): void {
    const { ticks } = this.#parts
    const { longest } = this.#limits
    this.#first = time
    this.#tick = ticks.aligned(time, longest)
    this.#cut = this.#tick
    for (let i = 0; i < FARTHEST_CUT && ticks.add(this.#cut, -longest) <= time; i++) this.#cut = ticks.add(this.#cut, longest)
  }

  #fireCut(): void {
    const held = this.#held
    this.#held = []
    this.#fire(this.#cut)
    this.#begin = this.#cut
    for (const run of held) this.take(run)
  }

  #fireSilence(): void {
    for (const { rows, port } of this.#held) this.#parts.content.add(rows, 0, 1, port)
    this.#held = []
    this.#fire(this.#last + this.#limits.gap)
    this.#begin = undefined
  }

  #fire(end: number): void {
    const { content, output } = this.#parts
    const start = told(this.#begin ?? this.#first ?? end, end, this.#limits.longest)
    content.fire({ start, end, trigger: end }, output)
    content.clear()
    this.#first = undefined
  }
}
