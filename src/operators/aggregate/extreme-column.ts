import { isNumeric, orderNumbers, orderText } from '../../data/compare.ts'
import { describeValue } from '../../data/describe-value.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { type Cell, isStruct, type Value } from '../../data/value.ts'
import type { FoldColumn } from './columns.ts'
import { type Bytes, bytesOf, copyBytes, resized } from './typed-arrays.ts'

type Kept = string | bigint

/**
 * `min` (`sign` 1) and `max` (-1). A slot is NaN while it has no float: then it has nothing, or a text or exact integer in `#others`. With
 * `integers` all values are bigint, and floats stand for those that they hold exactly.
 */
export class ExtremeColumn implements FoldColumn {
  readonly empty = undefined
  values = new Float64Array(0)
  readonly #sign: 1 | -1
  readonly #integers: boolean
  #others = new Map<number, Kept>()

  constructor(sign: 1 | -1, integers = false) {
    this.#sign = sign
    this.#integers = integers
  }

  add(slot: number, value: Cell): void {
    if (value === null || value === undefined || Number.isNaN(value)) return
    if (!isNumeric(value) && typeof value !== 'string') throw rowFailed(`expected a number or a text, got ${describeValue(value)}`)
    const known = this.#at(slot)
    if (known === undefined || orderOf(value, known) * this.#sign < 0) this.#put(slot, value)
  }

  grow(capacity: number): void {
    this.values = resized(this.values, capacity)
  }

  reset(slot: number): void {
    this.values[slot] = Number.NaN
    if (this.#others.size > 0) this.#others.delete(slot)
  }

  merge(slot: number, from: FoldColumn, other: number): void {
    const value = from.values?.[other] ?? Number.NaN
    const known = this.values[slot] ?? Number.NaN
    if (value === value && known === known) {
      if ((value - known) * this.#sign < 0) this.values[slot] = value
    } else this.add(slot, from.result(other))
  }

  result(slot: number): Cell {
    const value = this.#at(slot) ?? null
    return this.#integers && typeof value === 'number' ? BigInt(value) : value
  }

  together(slot: number, from: FoldColumn, other: number): Cell {
    const value = from.values?.[other] ?? Number.NaN
    const known = this.values[slot] ?? Number.NaN
    if (value !== value || known !== known) return undefined
    const extreme = (value - known) * this.#sign < 0 ? value : known
    return this.#integers ? BigInt(extreme) : extreme
  }

  move(from: number, count: number): void {
    this.values.copyWithin(0, from, from + count)
    if (this.#others.size === 0) return
    const moved = [...this.#others].filter(([slot]) => slot >= from && slot < from + count)
    this.#others = new Map(moved.map(([slot, value]) => [slot - from, value]))
  }

  snapshot(count: number): Value {
    const others = [...this.#others]
    return { values: copyBytes(this.values, count), slots: others.map(([slot]) => slot), others: others.map(([, value]) => value) }
  }

  restore(state: Bytes): void {
    if (state === undefined || !isStruct(state)) return
    this.values = bytesOf(state['values'])
    const { slots, others } = state
    if (!Array.isArray(slots) || !Array.isArray(others)) return
    slots.forEach((slot, i) => {
      const value: unknown = others[i]
      if (typeof value === 'string' || typeof value === 'bigint') this.#others.set(Number(slot), value)
    })
  }

  #at(slot: number): number | Kept | undefined {
    const value = this.values[slot] ?? Number.NaN
    return value === value ? value : this.#others.get(slot)
  }

  #put(slot: number, kept: number | Kept): void {
    const value = this.#integers && typeof kept === 'bigint' && Number.isSafeInteger(Number(kept)) ? Number(kept) : kept
    const isFloat = typeof value === 'number'
    this.values[slot] = isFloat ? value : Number.NaN
    if (!isFloat) this.#others.set(slot, value)
    else if (this.#others.size > 0) this.#others.delete(slot)
  }
}

function orderOf(value: number | Kept, known: number | Kept): number {
  if (isNumeric(value) && isNumeric(known)) return orderNumbers(value, known)
  if (typeof value === 'string' && typeof known === 'string') return orderText(value, known)
  throw rowFailed(`expected a ${typeof known === 'string' ? 'text' : 'number'}, got ${describeValue(value)}`)
}
