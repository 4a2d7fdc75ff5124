import type { Row } from '../data/batch.ts'
import type { Cell } from '../data/value.ts'
import type { Prefilter } from '../plan/prefilter.ts'

/** Something that wants only some rows, by its prefilter over the rows that the index sees. */
export interface Indexed<T> {
  readonly target: T
  readonly prefilter: Prefilter
}

/** What the targets of a row are told to. */
export interface Matches<T> {
  /** A target that may want the row; the same one may come several times. */
  add(target: T): void
}

type Key = number | bigint | string | boolean
type Class = 'number' | 'string' | 'boolean'

const CLASSES: readonly Class[] = ['number', 'string', 'boolean']

/**
 * Finds for each row those of many rules whose prefilter it may pass: a look-up for equality, a binary search for thresholds. A value
 * that cannot be compared with a rule's literal is given to the rule, whose filter then reports it.
 */
export class PredicateIndex<T> {
  readonly #columns: readonly ColumnIndex<T>[]

  constructor(entries: readonly Indexed<T>[]) {
    const bySlot = Map.groupBy(entries, ({ prefilter }) => prefilter.slot)
    this.#columns = [...bySlot].map(([slot, list]) => new ColumnIndex(slot, list))
  }

  match(row: Row, into: Matches<T>): void {
    for (const column of this.#columns) column.match(row, into)
  }
}

class ColumnIndex<T> {
  readonly #slot: number
  readonly #equal = new Map<Key, T[]>()
  readonly #above: Thresholds<T>
  readonly #below: Thresholds<T>
  /** By the class of a value: the targets whose literals it cannot be compared with, which fail on it. */
  readonly #others: Readonly<Record<Class | 'object', readonly T[]>>

  constructor(slot: number, entries: readonly Indexed<T>[]) {
    this.#slot = slot
    const classes: Record<Class, Set<T>> = { number: new Set(), string: new Set(), boolean: new Set() }
    for (const { target, prefilter } of entries) {
      for (const value of prefilter.values) classes[classOf(value)].add(target)
      if (prefilter.op === '=') for (const value of new Set(prefilter.values.map(keyOf))) push(this.#equal, value, target)
    }
    const others = (own?: Class): readonly T[] => CLASSES.flatMap((name) => (name === own ? [] : [...classes[name]]))
    this.#others = { number: others('number'), string: others('string'), boolean: others('boolean'), object: others() }
    this.#above = new Thresholds(entries.filter(({ prefilter: { op } }) => op === '>' || op === '>='))
    this.#below = new Thresholds(entries.filter(({ prefilter: { op } }) => op === '<' || op === '<='))
  }

  match(row: Row, into: Matches<T>): void {
    const value: Cell = row[this.#slot]
    if (value === null || value === undefined) return
    if (typeof value === 'string') this.#give(this.#equal.get(value), this.#others.string, into)
    else if (typeof value === 'object') this.#give(undefined, this.#others.object, into)
    else if (typeof value === 'boolean') this.#give(this.#equal.get(value), this.#others.boolean, into)
    else {
      this.#give(this.#equal.get(keyOf(value)), this.#others.number, into)
      this.#above.upTo(value, into)
      this.#below.from(value, into)
    }
  }

  #give(same: readonly T[] | undefined, others: readonly T[], into: Matches<T>): void {
    if (same !== undefined) for (const target of same) into.add(target)
    for (const target of others) into.add(target)
  }
}

/** Targets by a number, in its order. */
class Thresholds<T> {
  readonly #sorted: readonly { readonly limit: number | bigint; readonly target: T }[]

  constructor(entries: readonly Indexed<T>[]) {
    const limits = entries.flatMap(({ target, prefilter: { values } }) => {
      const [limit] = values
      return typeof limit === 'number' || typeof limit === 'bigint' ? [{ limit, target }] : []
    })
    this.#sorted = limits.toSorted((a, b) => (a.limit < b.limit ? -1 : a.limit > b.limit ? 1 : 0))
  }

  /** Those with a limit of at most `value`. */
  upTo(value: number | bigint, into: Matches<T>): void {
    if (this.#sorted.length === 0) return
    const end = this.#search((limit) => limit <= value)
    for (let i = 0; i < end; i++) this.#give(i, into)
  }

  /** Those with a limit of at least `value`. */
  from(value: number | bigint, into: Matches<T>): void {
    if (this.#sorted.length === 0) return
    for (let i = this.#search((limit) => limit < value); i < this.#sorted.length; i++) this.#give(i, into)
  }

  #give(i: number, into: Matches<T>): void {
    const entry = this.#sorted[i]
    if (entry !== undefined) into.add(entry.target)
  }

  /** How many limits from the start pass the test, which is true first and then false. */
  #search(passes: (limit: number | bigint) => boolean): number {
    let [low, high] = [0, this.#sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (passes(this.#sorted[middle]?.limit ?? 0)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function classOf(value: Key): Class {
  return typeof value === 'bigint' ? 'number' : typeof value === 'number' ? 'number' : typeof value === 'string' ? 'string' : 'boolean'
}

/** Equal numbers of both kinds have one key. */
function keyOf(value: Key): Key {
  return typeof value === 'bigint' && BigInt(Number(value)) === value ? Number(value) : value
}

function push<T>(map: Map<Key, T[]>, key: Key, target: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [target])
  else list.push(target)
}
