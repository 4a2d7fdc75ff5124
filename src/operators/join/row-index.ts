import type { Row } from '../../data/batch.ts'
import type { Cell } from '../../data/value.ts'
import { type HashKey, hashKeyOf, KIND, kindOf, KINDS } from './key.ts'

/** Rows that may pair with a row, and how many of the equalities are known to hold for them. */
export interface Candidates {
  readonly rows: readonly Row[]
  readonly equal: number
}

const NOBODY: readonly Row[] = []

/**
 * One side of a join by its keys, as rows come and go. Hashes on as many of the first equalities as its values allow: those whose
 * values are of one kind. What is left over, and rows of another kind, is up to a comparison of each pair, which knows what is an error.
 */
export class RowIndex {
  readonly #keys: readonly ((row: Row) => Cell)[]
  readonly #rows: Row[]
  /** How many of `#rows` have gone. */
  #gone = 0
  /** By key and kind: how many rows have such a value. */
  readonly #counts: Int32Array
  #buckets: Map<HashKey, Row[]> | undefined
  #hashed = 0
  /** Of the keys of the hash table. */
  #kinds: readonly number[] = []

  /** Throws what a key of a row throws. */
  constructor(keys: readonly ((row: Row) => Cell)[], rows: readonly Row[] = []) {
    this.#keys = keys
    this.#counts = new Int32Array(keys.length * KINDS)
    this.#rows = [...rows]
    for (const row of rows) this.#count(row, 1)
  }

  get size(): number {
    return this.#rows.length - this.#gone
  }

  /** All rows, oldest first. */
  rows(): readonly Row[] {
    if (this.#gone > 0) {
      this.#rows.splice(0, this.#gone)
      this.#gone = 0
    }
    return this.#rows
  }

  /** Throws what a key of the row throws. */
  add(row: Row): void {
    this.#count(row, 1)
    this.#rows.push(row)
    this.#see()
    if (this.#buckets !== undefined) this.#file(row, this.#buckets)
  }

  removeOldest(): void {
    const row = this.#rows[this.#gone]
    if (row === undefined) return
    this.#count(row, -1)
    if (this.#buckets !== undefined) this.#unfile(row, this.#buckets)
    this.#gone++
    this.#see()
    if (this.#gone > 1024 && this.#gone * 2 > this.#rows.length) this.rows()
  }

  /** The rows that may pair with a row of the other side, whose `keys` are evaluated; oldest first. */
  candidates(row: Row, keys: readonly ((row: Row) => Cell)[]): Candidates {
    const buckets = (this.#buckets ??= this.#build())
    const values = valuesOf(row, keys)
    for (let i = 0; i < this.#hashed; i++) {
      const kind = kindOf(values[i])
      const here = this.#kinds[i]
      if (kind === here) continue
      if (kind === KIND.none) return { rows: NOBODY, equal: values.length }
      return { rows: here === KIND.none && kind !== KIND.other ? NOBODY : this.rows(), equal: 0 }
    }
    if (this.#hashed === 0) return { rows: this.rows(), equal: 0 }
    return { rows: buckets.get(hashKeyOf(values, this.#hashed)) ?? NOBODY, equal: this.#hashed }
  }

  #build(): Map<HashKey, Row[]> {
    const buckets = new Map<HashKey, Row[]>()
    this.#hashed = this.#hashable()
    this.#kinds = this.#keys.map((_, i) => this.#kindOf(i))
    for (const row of this.rows()) this.#file(row, buckets)
    return buckets
  }

  /** A hash table of other keys than it could have now is built anew when it is asked. */
  #see(): void {
    if (this.#buckets === undefined) return
    if (this.#hashable() === this.#hashed) this.#kinds = this.#keys.map((_, i) => this.#kindOf(i))
    else this.#buckets = undefined
  }

  #file(row: Row, buckets: Map<HashKey, Row[]>): void {
    const key = this.#keyOf(row)
    if (key === undefined) return
    const bucket = buckets.get(key)
    if (bucket === undefined) buckets.set(key, [row])
    else bucket.push(row)
  }

  /** The oldest row is the first of its bucket. */
  #unfile(row: Row, buckets: Map<HashKey, Row[]>): void {
    const key = this.#keyOf(row)
    const bucket = key === undefined ? undefined : buckets.get(key)
    bucket?.shift()
    if (key !== undefined && bucket?.length === 0) buckets.delete(key)
  }

  /** Undefined for a row that pairs with nothing. */
  #keyOf(row: Row): HashKey | undefined {
    if (this.#hashed === 0) return undefined
    const values = valuesOf(row, this.#keys)
    for (let i = 0; i < this.#hashed; i++) if (kindOf(values[i]) === KIND.none) return undefined
    return hashKeyOf(values, this.#hashed)
  }

  #count(row: Row, by: 1 | -1): void {
    const values = valuesOf(row, this.#keys)
    for (let i = 0; i < values.length; i++) {
      const at = i * KINDS + kindOf(values[i])
      this.#counts[at] = (this.#counts[at] ?? 0) + by
    }
  }

  /** How many of the first keys have values of at most one kind. */
  #hashable(): number {
    let hashable = 0
    while (hashable < this.#keys.length && this.#kindOf(hashable) !== KIND.other) hashable++
    return hashable
  }

  /** The kind of a key's values; `none` when it has no values, `other` when they are of several kinds. */
  #kindOf(position: number): number {
    let found: number = KIND.none
    for (let kind = 1; kind < KINDS; kind++) {
      if ((this.#counts[position * KINDS + kind] ?? 0) === 0) continue
      if (found !== KIND.none) return KIND.other
      found = kind
    }
    return found
  }
}

/** All of them first: a key that throws has counted nothing. */
function valuesOf(row: Row, keys: readonly ((row: Row) => Cell)[]): readonly Cell[] {
  const [first, ...others] = keys
  if (first === undefined) return []
  return others.length === 0 ? [first(row)] : keys.map((key) => key(row))
}
