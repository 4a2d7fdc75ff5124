import type { PlutinoError } from '../../base/errors.ts'
import type { Row } from '../../data/batch.ts'
import { rowsOfState, stateOfRows } from '../../data/row-state.ts'
import { type Cell, isStruct, type Value } from '../../data/value.ts'
import type { EntryTarget, FoldLoop } from '../../expression/compile-fold.ts'
import type { WindowContent, WindowTimes } from '../windows/content.ts'
import type { WindowOutput } from '../windows/output.ts'
import type { FoldColumn } from './columns.ts'
import { failure, type Fold } from './fold.ts'
import { giveGroups, giveNothing, rowWith } from './give.ts'
import { Groups, longer } from './groups.ts'
import { type Key, KeyIndex } from './key-index.ts'
import { PluginEntryColumn } from './plugin-column.ts'

const SMALLEST = 16

const NONE = -1
/** The part of the entries that must be gone before the others are moved. */
const MOSTLY_GONE = 0.7
/** Fewer keys than this are not worth looking for those that are gone. */
const FEW_KEYS = 1_024

/**
 * Groups of a window whose rows leave one by one, as two stacks: each row has an accumulator of its own. Those of the older rows (the
 * front) hold what their row and all later ones of its group in the front give; the younger rows are added up by group (the back). A
 * group is then the entry of its oldest row in the front and its part of the back. When the front is used up, the back becomes the
 * front, so that each row is added twice in all.
 */
export class EntryContent implements WindowContent, EntryTarget {
  readonly columns: readonly FoldColumn[]
  /** Those of `columns` whose groups are in plugins. */
  readonly #plugins: readonly PluginEntryColumn[]
  readonly #fold: Fold
  readonly #loop: FoldLoop<EntryTarget>
  readonly #scratch: readonly FoldColumn[]
  #index = new KeyIndex()
  #back: Groups
  /** By position: the row, its group (NONE: in none), the next entry of the group in the front. */
  #rows: Row[] = []
  #groupOf = new Int32Array(0)
  #next = new Int32Array(0)
  readonly #errors = new Map<number, PlutinoError>()
  /** By group: its oldest entry in the front. */
  #heads: number[] = []
  /** The oldest entry of each group in the back, in their order. */
  #starting: number[] = []
  /** Up to here there are rows whose values do not go with those of earlier ones: while they last, the rows are folded anew. */
  #mixedUntil = NONE
  /** The rows of the last result, when it can be given again. */
  #given: readonly Row[] | undefined
  /** The front begins, the back begins, the back ends. */
  #head = 0
  #middle = 0
  #tail = 0

  constructor(fold: Fold) {
    this.#fold = fold
    this.#loop = fold.entries()
    this.columns = fold.entryColumns()
    this.#plugins = this.columns.filter((column) => column instanceof PluginEntryColumn)
    this.#scratch = fold.columns()
    for (const column of this.#scratch) column.grow(1)
    this.#back = new Groups(fold, this.#index)
  }

  get empty(): boolean {
    return this.#head === this.#tail
  }

  add(rows: readonly Row[], from: number, to: number): void {
    this.#loop(rows, from, to, this)
    for (let at = this.#tail - (to - from); at < this.#tail; at++) this.#toBack(at)
  }

  enter(row: Row): number {
    if (this.#tail === this.#groupOf.length) this.#makeRoom()
    const at = this.#tail++
    this.#rows[at] = row
    this.#groupOf[at] = NONE
    this.#next[at] = NONE
    for (const column of this.columns) column.reset(at)
    return at
  }

  assign(slot: number, key: Key): void {
    this.#groupOf[slot] = this.#index.slotOf(key)
  }

  fail(error: PlutinoError, slot: number): void {
    this.#errors.set(slot, error)
    this.#groupOf[slot] = NONE
  }

  cut(): void {
    // There are no panes.
  }

  dropPane(): void {
    // There are no panes.
  }

  evict(count: number): void {
    for (let i = 0; i < count && this.#head < this.#tail; i++) {
      if (this.#head === this.#middle) this.#flip()
      const at = this.#head++
      const group = this.#groupOf[at] ?? NONE
      if (group === NONE) this.#errors.delete(at)
      else this.#leave(at, group)
      this.#rows[at] = GONE
    }
    if (this.#head === this.#tail) this.clear()
  }

  fire(times: WindowTimes, output: WindowOutput): void {
    this.#given = undefined
    const failed = this.#errors.size === 0 ? undefined : this.#errors.values().next().value
    if (failed !== undefined) return output.fail(failed)
    if (this.#mixedUntil >= this.#head) return this.#fireFolded(times, output)
    const starts = this.#starts()
    if (starts.length === 0) return giveNothing(this.#fold, this.columns, output, times)
    try {
      this.#given = starts.map((at) => this.#rowOf(at, times))
    } catch (thrown) {
      return output.fail(failure(thrown))
    }
    give(this.#given, output)
  }

  fireAgain(output: WindowOutput): boolean {
    if (this.#given === undefined || this.#plugins.length > 0) return false
    // What comes after the window may write into the rows of a result.
    give(
      this.#given.map((row) => row.slice()),
      output,
    )
    return true
  }

  clear(): void {
    this.#head = this.#middle = this.#tail = 0
    this.#mixedUntil = NONE
    this.#rows = []
    this.#heads = []
    this.#starting = []
    this.#errors.clear()
    this.#back.clear()
    for (const column of this.#plugins) column.release()
    if (this.#index.size > FEW_KEYS) this.#useIndex(new KeyIndex())
  }

  /** The rows are enough: their accumulators are made again, in the same two stacks. */
  snapshot(): Value {
    return { rows: stateOfRows(this.#rows.slice(this.#head, this.#tail)), front: this.#middle - this.#head }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const rows = rowsOfState(state['rows'])
    const front = Number(state['front'])
    this.add(rows, 0, front)
    this.#flip()
    this.add(rows, front, rows.length)
  }

  #toBack(at: number): void {
    const group = this.#groupOf[at] ?? NONE
    if (group === NONE) return
    const back = this.#back
    if (back.present[group] !== 1) {
      back.open(this.#index.keyOf(group), this.#rows[at] ?? GONE)
      this.#starting.push(at)
    }
    try {
      for (let c = 0; c < this.columns.length; c++) {
        const column = this.columns[c]
        if (column !== undefined) back.columns[c]?.merge(group, column, at)
      }
    } catch {
      this.#groupOf[at] = NONE
      this.#mixedUntil = at
      return
    }
    if (this.#plugins.length > 0) for (const column of this.#plugins) column.enter(at, this.#index.keyOf(group))
  }

  #leave(at: number, group: number): void {
    this.#heads[group] = this.#next[at] ?? NONE
    if (this.#plugins.length > 0) for (const column of this.#plugins) column.leave(at, this.#index.keyOf(group))
  }

  /** Makes the back the front, the front being empty. */
  #flip(): void {
    this.#heads = []
    for (let at = this.#tail - 1; at >= this.#head; at--) {
      const group = this.#groupOf[at] ?? NONE
      if (group === NONE) continue
      const next = this.#heads[group] ?? NONE
      if (next !== NONE) for (const column of this.columns) column.merge(at, column, next)
      this.#next[at] = next
      this.#setHead(group, at)
    }
    this.#middle = this.#tail
    this.#starting = []
    this.#back.clear()
    if (this.#index.size > FEW_KEYS) this.#dropKeys()
  }

  #setHead(group: number, at: number): void {
    while (this.#heads.length < group) this.#heads.push(NONE)
    this.#heads[group] = at
  }

  /** The oldest entry of each group, in their order. */
  #starts(): readonly number[] {
    if (this.#heads.length < 2 && this.#index.size < 2) {
      const only = this.#heads[0] ?? NONE
      return only === NONE ? this.#starting : [only]
    }
    const starts = this.#heads.filter((at) => at !== NONE)
    if (starts.length > 1) starts.sort((a, b) => a - b)
    for (const at of this.#starting) if ((this.#heads[this.#groupOf[at] ?? NONE] ?? NONE) === NONE) starts.push(at)
    return starts
  }

  #rowOf(at: number, times: WindowTimes): Row {
    const group = this.#groupOf[at] ?? NONE
    const first = this.#rows[at] ?? GONE
    const { grouping } = this.#fold
    const row = rowWith(this.#fold, times)
    for (const slot of grouping.firsts) if (slot < first.length) row[slot] = first[slot]
    const { columns } = this
    const last = row.length - columns.length
    const inBack = this.#back.present[group] === 1
    const inFront = at < this.#middle
    for (let c = 0; c < columns.length; c++) row[last + c] = this.#valueOf(c, inFront ? at : NONE, inBack ? group : NONE)
    if (this.#plugins.length > 0) this.#askPlugins(row, last, this.#index.keyOf(group))
    return row
  }

  #askPlugins(row: Cell[], last: number, key: Key): void {
    this.columns.forEach((column, c) => {
      if (column instanceof PluginEntryColumn) row[last + c] = column.resultOf(key)
    })
  }

  /** What one call gives: an entry of the front, a group of the back, or both; NONE: there is no such part. Plugins are asked later. */
  #valueOf(call: number, at: number, group: number): Cell {
    const front = this.columns[call]
    const back = this.#back.columns[call]
    const sum = this.#scratch[call]
    if (front === undefined || back === undefined || sum === undefined) return undefined
    if (this.#plugins.length > 0 && front instanceof PluginEntryColumn) return null
    if (group === NONE) return front.result(at)
    if (at === NONE) return back.result(group)
    const result = front.together?.(at, back, group)
    if (result !== undefined) return result
    sum.reset(0)
    sum.merge(0, front, at)
    sum.merge(0, back, group)
    return sum.result(0)
  }

  #fireFolded(times: WindowTimes, output: WindowOutput): void {
    const groups = new Groups(this.#fold, new KeyIndex())
    groups.add(this.#rows, this.#head, this.#tail)
    giveGroups(this.#fold, groups, output, times)
    groups.release()
  }

  #makeRoom(): void {
    if (this.#head > this.#tail * MOSTLY_GONE) return this.#moveDown()
    const capacity = Math.max(SMALLEST, this.#tail * 2)
    this.#groupOf = longer(this.#groupOf, capacity)
    this.#next = longer(this.#next, capacity)
    for (const column of this.columns) column.grow(capacity)
  }

  #moveDown(): void {
    const by = this.#head
    const count = this.#tail - by
    for (const column of this.columns) column.move(by, count)
    this.#groupOf.copyWithin(0, by, this.#tail)
    this.#next.copyWithin(0, by, this.#tail)
    const next = this.#next
    for (let at = 0; at < this.#middle - by; at++) next[at] = lowered(next[at] ?? NONE, by)
    this.#heads = this.#heads.map((at) => lowered(at, by))
    this.#starting = this.#starting.map((at) => lowered(at, by))
    this.#rows = this.#rows.slice(by, this.#tail)
    const errors = [...this.#errors]
    this.#errors.clear()
    for (const [at, error] of errors) this.#errors.set(at - by, error)
    this.#mixedUntil = lowered(this.#mixedUntil, by)
    this.#middle -= by
    this.#tail -= by
    this.#head = 0
  }

  /** After a flip: makes the index anew when most of its keys are in no row any more. */
  #dropKeys(): void {
    const used = this.#heads.filter((at) => at !== NONE).length
    if (this.#index.size < 2 * used) return
    const index = new KeyIndex()
    const heads: number[] = []
    for (let at = this.#head; at < this.#tail; at++) {
      const group = this.#groupOf[at] ?? NONE
      if (group === NONE) continue
      const moved = index.slotOf(this.#index.keyOf(group))
      this.#groupOf[at] = moved
      heads[moved] ??= at
    }
    this.#heads = heads
    this.#useIndex(index)
  }

  #useIndex(index: KeyIndex): void {
    this.#index = index
    this.#back = new Groups(this.#fold, index)
  }
}

function give(rows: readonly Row[], output: WindowOutput): void {
  for (const row of rows) output.row(row)
  output.end()
}

/** A position after the rows have moved down; NONE for those that are gone. */
function lowered(at: number, by: number): number {
  return at < by ? NONE : at - by
}

const GONE: Row = []
