import { type Cell, isStruct, type Value } from '../../data/value.ts'
import type { FoldColumn } from './columns.ts'
import { type Bytes, bytesOf, copyBytes, resized } from './typed-arrays.ts'

/** `sum` and `avg` of bigint. Sums are kept as floats for as long as those are exact; what is beyond goes to `#large`, which is added. */
export class IntegerColumn implements FoldColumn {
  readonly empty = undefined
  values = new Float64Array(0)
  counts = new Float64Array(0)
  readonly #resultOf: (sum: bigint, count: number) => Value
  #large = new Map<number, bigint>()

  constructor(kind: 'integerSum' | 'integerMean') {
    this.#resultOf = kind === 'integerSum' ? inRangeOrFloat : (sum, count) => sum / BigInt(count)
  }

  add(slot: number, value: Cell): void {
    this.#add(slot, typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value))))
    this.counts[slot] = (this.counts[slot] ?? 0) + 1
  }

  grow(capacity: number): void {
    this.values = resized(this.values, capacity)
    this.counts = resized(this.counts, capacity)
  }

  reset(slot: number): void {
    this.values[slot] = 0
    this.counts[slot] = 0
    if (this.#large.size > 0) this.#large.delete(slot)
  }

  merge(slot: number, from: FoldColumn, other: number): void {
    if (!(from instanceof IntegerColumn)) return
    this.#add(slot, from.#sumOf(other))
    this.counts[slot] = (this.counts[slot] ?? 0) + (from.counts[other] ?? 0)
  }

  result(slot: number): Cell {
    const count = this.counts[slot] ?? 0
    return count === 0 ? null : this.#resultOf(this.#sumOf(slot), count)
  }

  move(from: number, count: number): void {
    this.values.copyWithin(0, from, from + count)
    this.counts.copyWithin(0, from, from + count)
    if (this.#large.size === 0) return
    const moved = [...this.#large].filter(([slot]) => slot >= from && slot < from + count)
    this.#large = new Map(moved.map(([slot, sum]) => [slot - from, sum]))
  }

  snapshot(count: number): Value {
    const large = [...this.#large].map(([slot, sum]): Value => [slot, sum])
    return { values: copyBytes(this.values, count), counts: copyBytes(this.counts, count), large }
  }

  restore(state: Bytes): void {
    if (state === undefined || !isStruct(state)) return
    const { values, counts, large } = state
    this.values = bytesOf(values)
    this.counts = bytesOf(counts)
    if (!Array.isArray(large)) return
    for (const [slot, sum] of large.filter((one) => Array.isArray(one))) if (typeof sum === 'bigint') this.#large.set(Number(slot), sum)
  }

  #add(slot: number, value: bigint): void {
    const known = this.values[slot] ?? 0
    const float = Number(value)
    const sum = known + float
    if (Number.isSafeInteger(float) && Number.isSafeInteger(sum)) this.values[slot] = sum
    else {
      this.#large.set(slot, this.#sumOf(slot) + value)
      this.values[slot] = 0
    }
  }

  #sumOf(slot: number): bigint {
    const sum = BigInt(this.values[slot] ?? 0)
    return this.#large.size === 0 ? sum : sum + (this.#large.get(slot) ?? 0n)
  }
}

/** A sum that does not fit into 64 bits goes on as a float. */
function inRangeOrFloat(sum: bigint): Value {
  return sum === BigInt.asIntN(64, sum) ? sum : Number(sum)
}
