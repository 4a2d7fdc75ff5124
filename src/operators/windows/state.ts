import type { Row } from '../../data/batch.ts'
import { isStruct, type Value } from '../../data/value.ts'
import type { WindowContent } from './content.ts'
import { type DriverParts, type RowRun, timeAt, type WindowDriver } from './driver.ts'

interface StateSpec {
  readonly begin: (row: Row) => boolean
  /** Absent: a row that begins a window ends the one before. */
  readonly emit?: (row: Row) => boolean
  /** Partitions have windows of their own. */
  readonly partition?: (row: Row) => string
  readonly makeContent: () => WindowContent
}

/** An open window of a partition. */
interface Open {
  readonly content: WindowContent
  readonly start: number
}

/** From a row that makes the first condition true to one that makes the second true; rows outside are dropped. */
export class State implements WindowDriver {
  readonly #parts: DriverParts
  readonly #spec: StateSpec
  readonly #open = new Map<string, Open>()

  constructor(parts: DriverParts, spec: StateSpec) {
    this.#parts = parts
    this.#spec = spec
  }

  take(run: RowRun): number {
    for (let i = run.from; i < run.to; i++) {
      const row = run.rows[i]
      if (row === undefined) continue
      const key = this.#spec.partition?.(row) ?? ''
      if (this.#spec.emit === undefined) this.#splits(run, i, { key, begins: this.#spec.begin(row) })
      else this.#encloses(run, i, { key, row })
    }
    return run.to
  }

  advance(): void {}

  wakeAt(): undefined {}

  setBack(by: number): void {
    for (const [key, { content, start }] of this.#open) this.#open.set(key, { content, start: start - by })
  }

  snapshot(): Value {
    return [...this.#open].map(([key, { content, start }]) => ({ key, start, content: content.snapshot() }))
  }

  restore(state: Value): void {
    if (!Array.isArray(state)) return
    for (const one of state) {
      if (!isStruct(one)) continue
      const { key, start, content: kept } = one
      if (typeof key !== 'string' || typeof start !== 'number' || kept === undefined) continue
      this.#begin(key, start).content.restore(kept)
    }
  }

  /** One condition: it ends a window and begins the next. */
  #splits(run: RowRun, index: number, { key, begins }: { readonly key: string; readonly begins: boolean }): void {
    const time = timeAt(run, index)
    let open = this.#open.get(key)
    if (begins && open !== undefined) {
      this.#fire(open, time)
      open.content.clear()
      this.#open.set(key, (open = { content: open.content, start: time }))
    } else if (begins) open = this.#begin(key, time)
    open?.content.add(run.rows, index, index + 1, run.port)
  }

  /** Two conditions: the row that begins a window is not asked whether it ends it. */
  #encloses(run: RowRun, index: number, { key, row }: { readonly key: string; readonly row: Row }): void {
    const open = this.#open.get(key)
    const time = timeAt(run, index)
    if (open === undefined) {
      if (this.#spec.begin(row)) this.#begin(key, time).content.add(run.rows, index, index + 1, run.port)
      return
    }
    open.content.add(run.rows, index, index + 1, run.port)
    if (this.#spec.emit?.(row) !== true) return
    this.#fire(open, time)
    open.content.clear()
    this.#open.delete(key)
  }

  #begin(key: string, start: number): Open {
    const open = { content: this.#spec.makeContent(), start }
    this.#open.set(key, open)
    return open
  }

  #fire({ content, start }: Open, time: number): void {
    content.fire({ start, end: time, trigger: time }, this.#parts.output)
  }
}
