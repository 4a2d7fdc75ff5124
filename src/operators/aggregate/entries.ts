import type { PlutinoError } from '../../base/errors.ts'
import type { Row } from '../../data/batch.ts'
import type { FoldColumn } from './columns.ts'
import { longer } from './groups.ts'
import { KeyIndex } from './key-index.ts'

const SMALLEST = 16
/** No position, no group. */
export const NONE = -1
/** The part of the entries that must be gone before the others are moved. */
const MOSTLY_GONE = 0.7
/** In place of a row that has left. */
export const GONE: Row = []

/** The rows of a window by position, from the oldest to the youngest, with what is known of each. Their accumulators are in columns. */
export class Entries {
  readonly #columns: readonly FoldColumn[]
  rows: Row[] = []
  /** NONE: in none. */
  groupOf = new Int32Array(0)
  /** The next entry of the group in the front. */
  next = new Int32Array(0)
  readonly errors = new Map<number, PlutinoError>()
  /** By group: its oldest entry in the front. */
  heads: number[] = []
  /** The oldest entry of each group in the back, in their order. */
  starting: number[] = []
  /** Up to here there are rows whose values do not go with those of earlier ones: while they last, the rows are folded anew. */
  mixedUntil = NONE
  /** The front begins, the back begins, the back ends. */
  head = 0
  middle = 0
  tail = 0

  constructor(columns: readonly FoldColumn[]) {
    this.#columns = columns
  }

  get mixed(): boolean {
    return this.mixedUntil >= this.head
  }

  /** Gives the position of the first; the others follow. */
  enter(rows: readonly Row[], from: number, to: number): number {
    const first = this.#room(to - from)
    for (let i = from; i < to; i++) this.rows[first + i - from] = rows[i] ?? GONE
    this.tail = first + to - from
    this.groupOf.fill(NONE, first, this.tail)
    for (const column of this.#columns) for (let at = first; at < this.tail; at++) column.reset(at)
    return first
  }

  /** Makes the back the front, the front being empty. */
  flip(): void {
    this.heads = []
    for (let at = this.tail - 1; at >= this.head; at--) {
      const group = this.groupOf[at] ?? NONE
      if (group === NONE) continue
      const next = this.heads[group] ?? NONE
      if (next !== NONE) for (const column of this.#columns) column.merge(at, column, next)
      this.next[at] = next
      this.#setHead(group, at)
    }
    this.middle = this.tail
    this.starting = []
  }

  /** The oldest entry of each group, in their order; `keys`: how many groups there may be. */
  starts(keys: number): readonly number[] {
    const { heads, starting, groupOf } = this
    if (heads.length < 2 && keys < 2) {
      const only = heads[0] ?? NONE
      return only === NONE ? starting : [only]
    }
    const starts = heads.filter((at) => at !== NONE)
    if (starts.length > 1) starts.sort((a, b) => a - b)
    for (const at of starting) if ((heads[groupOf[at] ?? NONE] ?? NONE) === NONE) starts.push(at)
    return starts
  }

  /** When all entries are in the front: an index without keys that are in no row any more, by which groups are numbered from now on, or the same. */
  usedKeys(index: KeyIndex): KeyIndex {
    const used = this.heads.filter((at) => at !== NONE).length
    if (index.size < 2 * used) return index
    const fewer = new KeyIndex()
    const heads: number[] = []
    for (let at = this.head; at < this.tail; at++) {
      const group = this.groupOf[at] ?? NONE
      if (group === NONE) continue
      const moved = fewer.slotOf(index.keyOf(group))
      this.groupOf[at] = moved
      heads[moved] ??= at
    }
    this.heads = heads
    return fewer
  }

  clear(): void {
    this.head = this.middle = this.tail = 0
    this.mixedUntil = NONE
    this.rows = []
    this.heads = []
    this.starting = []
    this.errors.clear()
  }

  #setHead(group: number, at: number): void {
    while (this.heads.length < group) this.heads.push(NONE)
    this.heads[group] = at
  }

  /** The end, behind which there is room for so many. */
  #room(count: number): number {
    if (this.tail + count > this.groupOf.length && this.head > this.tail * MOSTLY_GONE) this.#moveDown()
    if (this.tail + count > this.groupOf.length) {
      const capacity = Math.max(SMALLEST, this.tail * 2, this.tail + count)
      this.groupOf = longer(this.groupOf, capacity)
      this.next = longer(this.next, capacity)
      for (const column of this.#columns) column.grow(capacity)
    }
    return this.tail
  }

  #moveDown(): void {
    const by = this.head
    for (const column of this.#columns) column.move(by, this.tail - by)
    this.groupOf.copyWithin(0, by, this.tail)
    this.next.copyWithin(0, by, this.tail)
    const { next } = this
    for (let at = 0; at < this.middle - by; at++) next[at] = lowered(next[at] ?? NONE, by)
    this.heads = this.heads.map((at) => lowered(at, by))
    this.starting = this.starting.map((at) => lowered(at, by))
    this.mixedUntil = lowered(this.mixedUntil, by)
    this.rows = this.rows.slice(by, this.tail)
    const errors = [...this.errors]
    this.errors.clear()
    for (const [at, error] of errors) this.errors.set(at - by, error)
    this.middle -= by
    this.tail -= by
    this.head = 0
  }
}

/** A position after the rows have moved down; NONE for those that are gone. */
function lowered(at: number, by: number): number {
  return at < by ? NONE : at - by
}
