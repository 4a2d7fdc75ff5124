import type { PlutinoError } from '../../base/errors.ts'
import type { Row } from '../../data/batch.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { rowsOfState, stateOfRows } from '../../data/row-state.ts'
import { type Cell, isStruct, type Value } from '../../data/value.ts'
import type { GroupTarget } from '../../expression/compile-fold.ts'
import type { FoldColumn } from './columns.ts'
import type { Fold } from './fold.ts'
import type { Key, KeyIndex } from './key-index.ts'
import { copyBytes, integersOf } from './typed-arrays.ts'

const SMALLEST = 16

/** The groups of some rows in the order in which they appeared, each with its accumulators. Several of these may share an index of keys. */
export class Groups implements GroupTarget {
  readonly columns: readonly FoldColumn[]
  readonly index: KeyIndex
  present = new Uint8Array(0)
  /** How many rows were added, whether they are in a group or not. */
  rows = 0
  /** Of the first row that failed. What came later is not in the groups. */
  error: PlutinoError | undefined
  readonly #fold: Fold
  /** For each cell of first rows that is read later its values, by slot. */
  readonly #firsts: Cell[][]
  #order = new Int32Array(0)
  #size = 0

  constructor(fold: Fold, index: KeyIndex) {
    this.#fold = fold
    this.index = index
    this.columns = fold.columns()
    this.#firsts = fold.grouping.firsts.map(() => [])
  }

  get slots(): ReadonlyMap<unknown, number> {
    return this.index.slots
  }

  get size(): number {
    return this.#size
  }

  /** The slot of the group that appeared as the i-th. */
  slotAt(i: number): number {
    return this.#order[i] ?? 0
  }

  add(rows: readonly Row[], from: number, to: number): void {
    this.rows += to - from
    if (this.error === undefined) this.#fold.groups(rows, from, to, this)
  }

  open(key: Key, row: Row): number {
    const slot = this.index.slotOf(key)
    this.#begin(slot)
    this.#fold.grouping.firsts.forEach((place, i) => this.#keep(i, slot, row[place]))
    return slot
  }

  fail(error: PlutinoError): void {
    this.error ??= error
  }

  /** Adds groups of rows that came later; both have the same index. Throws `row_failed`. */
  merge(later: Groups): void {
    this.rows += later.rows
    this.error ??= later.error
    for (let i = 0; i < later.#size; i++) {
      const slot = later.slotAt(i)
      if (this.present[slot] === 1) continue
      this.#begin(slot)
      later.#firsts.forEach((cells, place) => this.#keep(place, slot, cells[slot]))
    }
    this.columns.forEach((column, c) => {
      const from = later.columns[c]
      if (from === undefined) return
      for (let i = 0; i < later.#size; i++) column.merge(later.slotAt(i), from, later.slotAt(i))
    })
  }

  /** Fills the cells of the group's row that come from it. Throws `row_failed`. */
  fill(slot: number, row: Cell[]): void {
    const { firsts } = this.#fold.grouping
    for (let i = 0; i < firsts.length; i++) row[firsts[i] ?? 0] = this.#firsts[i]?.[slot]
    const last = row.length - this.columns.length
    for (let c = 0; c < this.columns.length; c++) row[last + c] = this.columns[c]?.result(slot)
  }

  /** The groups are not used any more. */
  release(): void {
    for (const column of this.columns) column.release?.()
  }

  /** Forgets the groups; their keys stay in the index. */
  clear(): void {
    this.release()
    for (let i = 0; i < this.#size; i++) this.present[this.slotAt(i)] = 0
    this.#size = 0
    this.rows = 0
    this.error = undefined
  }

  /** The groups with their keys in another index; these are not used any more. */
  withIndex(index: KeyIndex): Groups {
    const copy = new Groups(this.#fold, index)
    copy.rows = this.rows
    copy.error = this.error
    for (let i = 0; i < this.#size; i++) {
      const slot = this.slotAt(i)
      const moved = index.slotOf(this.index.keyOf(slot))
      copy.#begin(moved)
      this.#firsts.forEach((cells, place) => copy.#keep(place, moved, cells[slot]))
      copy.columns.forEach((column, c) => {
        const from = this.columns[c]
        if (from === undefined) return
        if (column.take === undefined) column.merge(moved, from, slot)
        else column.take(moved, from, slot)
      })
    }
    return copy
  }

  snapshot(): Value {
    const slots = Math.min(this.present.length, this.index.size)
    return {
      rows: this.rows,
      error: this.error === undefined ? null : [this.error.message, this.error.hint ?? null],
      order: copyBytes(this.#order, this.#size),
      slots,
      firsts: stateOfRows(this.#firsts.map((cells) => cells.slice())),
      columns: this.columns.map((column) => column.snapshot(slots)),
    }
  }

  restore(state: Value | undefined): void {
    if (state === undefined || !isStruct(state)) return
    const { rows, error, order, slots, firsts, columns } = state
    this.rows = Number(rows)
    if (Array.isArray(error)) this.error = rowFailed(String(error[0]), typeof error[1] === 'string' ? error[1] : undefined)
    this.#order = integersOf(order)
    this.#size = this.#order.length
    this.present = new Uint8Array(Number(slots))
    for (const slot of this.#order) this.present[slot] = 1
    rowsOfState(firsts).forEach((cells, i) => (this.#firsts[i] = [...cells]))
    this.columns.forEach((column, i) => column.restore(Array.isArray(columns) ? columns[i] : undefined))
  }

  #begin(slot: number): void {
    if (slot >= this.present.length) this.#grow(slot + 1)
    if (this.#size >= this.#order.length) this.#order = longer(this.#order, Math.max(SMALLEST, this.#size * 2))
    this.present[slot] = 1
    this.#order[this.#size++] = slot
    for (const column of this.columns) column.reset(slot)
  }

  #grow(least: number): void {
    const capacity = Math.max(SMALLEST, least, this.present.length * 2)
    const present = new Uint8Array(capacity)
    present.set(this.present)
    this.present = present
    for (const column of this.columns) column.grow(capacity)
  }

  #keep(place: number, slot: number, cell: Cell): void {
    const cells = this.#firsts[place]
    if (cells === undefined) return
    while (cells.length < slot) cells.push(undefined)
    cells[slot] = cell
  }
}

export function longer(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length)
  copy.set(array)
  return copy
}
