import { describeValue } from '../../data/describe-value.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Cell, Value } from '../../data/value.ts'
import type { FoldArrays } from '../../expression/compile-fold.ts'
import { type Bytes, bytesOf, copyBytes, resized } from './typed-arrays.ts'

/** The accumulators of one call, one in each slot. */
export interface FoldColumn extends FoldArrays {
  /** The value where a window holds no row. */
  readonly empty: Cell
  /** Makes room for this many slots, not less than before. */
  grow(capacity: number): void
  /** Begins a slot anew. */
  reset(slot: number): void
  /** Adds what `from`, a column of the same call, has in `other`; its rows came later. Throws `row_failed`. */
  merge(slot: number, from: FoldColumn, other: number): void
  /** Throws `row_failed`. */
  result(slot: number): Cell
  /** What `result` would give after `merge`, which changes nothing here; undefined where only that can tell. */
  together?(slot: number, from: FoldColumn, other: number): Cell
  /** Puts what `from` has in `other` into a slot that nothing is in, and leaves nothing there. Absent: `reset` and `merge` do the same. */
  take?(slot: number, from: FoldColumn, other: number): void
  /** Gives back what is kept elsewhere for the slots, all of which are gone. */
  release?(): void
  /** Moves `count` slots from `from` to the beginning. */
  move(from: number, count: number): void
  snapshot(count: number): Value
  restore(state: Value | undefined): void
}

/** `count`. */
export class CountColumn implements FoldColumn {
  readonly empty = undefined
  values = new Float64Array(0)

  /** Counts whatever is not null; the loop does that. */
  add(slot: number): void {
    this.#set(slot, this.#at(slot) + 1)
  }

  grow(capacity: number): void {
    this.values = resized(this.values, capacity)
  }

  reset(slot: number): void {
    this.#set(slot, 0)
  }

  merge(slot: number, from: FoldColumn, other: number): void {
    this.#set(slot, this.#at(slot) + (from.values?.[other] ?? 0))
  }

  result(slot: number): Cell {
    return BigInt(this.#at(slot))
  }

  together(slot: number, from: FoldColumn, other: number): Cell {
    return BigInt(this.#at(slot) + (from.values?.[other] ?? 0))
  }

  move(from: number, count: number): void {
    this.values.copyWithin(0, from, from + count)
  }

  snapshot(count: number): Value {
    return copyBytes(this.values, count)
  }

  restore(state: Bytes): void {
    this.values = bytesOf(state)
  }

  #at(slot: number): number {
    return this.values[slot] ?? 0
  }

  #set(slot: number, value: number): void {
    this.values[slot] = value
  }
}

/** `sum` of floats. A sum of nothing is -0: values are added as `x + 0`, so that no sum of something is. */
export class SumColumn implements FoldColumn {
  readonly empty = undefined
  values = new Float64Array(0)

  add(slot: number, value: Cell): void {
    this.values[slot] = (this.values[slot] ?? -0) + numberOf(value) + 0
  }

  grow(capacity: number): void {
    this.values = resized(this.values, capacity)
  }

  reset(slot: number): void {
    this.values[slot] = -0
  }

  merge(slot: number, from: FoldColumn, other: number): void {
    this.values[slot] = (this.values[slot] ?? -0) + (from.values?.[other] ?? -0)
  }

  result(slot: number): Cell {
    const sum = this.values[slot] ?? -0
    return Object.is(sum, -0) ? null : sum
  }

  together(slot: number, from: FoldColumn, other: number): Cell {
    const sum = (this.values[slot] ?? -0) + (from.values?.[other] ?? -0)
    return Object.is(sum, -0) ? null : sum
  }

  move(from: number, count: number): void {
    this.values.copyWithin(0, from, from + count)
  }

  snapshot(count: number): Value {
    return copyBytes(this.values, count)
  }

  restore(state: Bytes): void {
    this.values = bytesOf(state)
  }
}

/** `avg` of floats. */
export class MeanColumn implements FoldColumn {
  readonly empty = undefined
  values = new Float64Array(0)
  counts = new Float64Array(0)

  add(slot: number, value: Cell): void {
    this.values[slot] = (this.values[slot] ?? 0) + numberOf(value)
    this.counts[slot] = (this.counts[slot] ?? 0) + 1
  }

  grow(capacity: number): void {
    this.values = resized(this.values, capacity)
    this.counts = resized(this.counts, capacity)
  }

  reset(slot: number): void {
    this.values[slot] = 0
    this.counts[slot] = 0
  }

  merge(slot: number, from: FoldColumn, other: number): void {
    this.values[slot] = (this.values[slot] ?? 0) + (from.values?.[other] ?? 0)
    this.counts[slot] = (this.counts[slot] ?? 0) + (from.counts?.[other] ?? 0)
  }

  result(slot: number): Cell {
    const count = this.counts[slot] ?? 0
    return count === 0 ? null : (this.values[slot] ?? 0) / count
  }

  together(slot: number, from: FoldColumn, other: number): Cell {
    const count = (this.counts[slot] ?? 0) + (from.counts?.[other] ?? 0)
    return count === 0 ? null : ((this.values[slot] ?? 0) + (from.values?.[other] ?? 0)) / count
  }

  move(from: number, count: number): void {
    this.values.copyWithin(0, from, from + count)
    this.counts.copyWithin(0, from, from + count)
  }

  snapshot(count: number): Value {
    return [copyBytes(this.values, count), copyBytes(this.counts, count)]
  }

  restore(state: Bytes): void {
    const [values, counts] = Array.isArray(state) ? state : []
    this.values = bytesOf(values)
    this.counts = bytesOf(counts)
  }
}

/** In arithmetic an integer that a schemaless value kept exact is a float. */
function numberOf(value: Cell): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  throw rowFailed(`expected a number, got ${describeValue(value)}`)
}
