import { isStruct, type Value } from '../../data/value.ts'
import { type DriverParts, mostEmpty, reaching, type RowRun, timeAt, type WindowDriver } from './driver.ts'
import { RowQueue } from './row-queue.ts'

/** How long a window is and how far the next one is. */
interface Hops {
  readonly length: number
  readonly hop: number
}

/**
 * Windows `[end - length, end)`, one each hop, which overlap or leave gaps. Rows are kept in panes: a pane ends where a window begins or
 * ends, so that each window is some whole panes.
 */
export class Hopping implements WindowDriver {
  readonly #parts: DriverParts
  readonly #hops: Hops
  /** Ends of the panes but the youngest, the oldest first. */
  readonly #panes = new RowQueue<number>()
  /** Of the next window to fire; undefined: no row has come. */
  #end: number | undefined
  /** Where the next window begins that has not begun. */
  #begin = 0
  /** The start that the first window tells. */
  #first: number | undefined

  constructor(parts: DriverParts, hops: Hops) {
    this.#parts = parts
    this.#hops = hops
  }

  take(run: RowRun): number {
    let { from } = run
    while (from < run.to) {
      const border = this.#reach(timeAt(run, from))
      const next = Math.max(reaching(run, from, border), from + 1)
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

  /** The next window ends as if its time had come, and has what those after it would have; others begin in the new time. */
  setBack(_by: number, time: number): void {
    if (this.#end === undefined) return
    if (!this.#parts.content.empty) this.#reach(this.#end)
    this.#panes.clear()
    this.#parts.content.clear()
    this.#open(time)
  }

  snapshot(): Value {
    const content = this.#parts.content.snapshot()
    return { end: this.#end ?? null, begin: this.#begin, first: this.#first ?? null, panes: this.#panes.toArray(), content }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { end, begin, first, panes, content } = state
    if (typeof end !== 'number' || typeof begin !== 'number') return
    this.#end = end
    this.#begin = begin
    if (typeof first === 'number') this.#first = first
    if (Array.isArray(panes)) for (const pane of panes) this.#panes.push(Number(pane))
    if (content !== undefined) this.#parts.content.restore(content)
  }

  /** Fires what ends until `time` and gives the end of the pane in which `time` is. */
  #reach(time: number): number {
    const { content } = this.#parts
    let end = this.#end ?? this.#open(time)
    const most = mostEmpty(this.#parts)
    let empty = 0
    for (let border = Math.min(end, this.#begin); border <= time; border = Math.min(end, this.#begin)) {
      if (content.empty && empty >= most) return this.#skip(end, time)
      content.cut()
      this.#panes.push(border)
      if (border === this.#begin) this.#begin = this.#next(border)
      if (border !== end) continue
      this.#fire(end)
      empty = content.empty ? empty + 1 : 0
      this.#end = end = this.#next(end)
    }
    return Math.min(end, this.#begin)
  }

  #fire(end: number): void {
    const { content, output, ticks } = this.#parts
    const start = ticks.add(end, -this.#hops.length)
    this.#dropUntil(start)
    content.fire({ start: this.#first ?? start, end, trigger: end }, output)
    this.#first = undefined
    // What no later window holds leaves now.
    this.#dropUntil(this.#next(start))
  }

  #dropUntil(start: number): void {
    while (this.#panes.size > 0 && (this.#panes.at(0) ?? start) <= start) {
      this.#parts.content.dropPane()
      this.#panes.drop(1)
    }
  }

  /** Where a window is two hops long eKuiper lets the first one begin a hop before its first row. */
  #open(time: number): number {
    const { ticks } = this.#parts
    const { length, hop } = this.#hops
    const end = ticks.after(time, hop)
    if (length === 2 * hop && time > hop) this.#first = time - hop
    const start = ticks.add(end, -length)
    this.#begin = ticks.add(start, ticks.steps(start, hop, time) * hop)
    return (this.#end = end)
  }

  #skip(end: number, time: number): number {
    const { ticks, omitEmpty, notes, content } = this.#parts
    const { length, hop } = this.#hops
    const steps = ticks.steps(end, hop, time)
    if (!omitEmpty) notes.skipped(steps)
    content.clear()
    this.#panes.clear()
    this.#first = undefined
    this.#end = ticks.add(end, steps * hop)
    const start = ticks.add(this.#end, -length)
    this.#begin = ticks.add(start, ticks.steps(start, hop, time) * hop)
    return Math.min(this.#end, this.#begin)
  }

  #next(tick: number): number {
    return this.#parts.ticks.add(tick, this.#hops.hop)
  }
}
