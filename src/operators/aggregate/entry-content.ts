import type { PlutinoError } from '../../base/errors.ts'
import type { Row } from '../../data/batch.ts'
import { rowsOfState, stateOfRows } from '../../data/row-state.ts'
import { isStruct, type Value } from '../../data/value.ts'
import type { EntryTarget, FoldLoop } from '../../expression/compile-fold.ts'
import type { WindowContent, WindowTimes } from '../windows/content.ts'
import type { WindowOutput } from '../windows/output.ts'
import type { FoldColumn } from './columns.ts'
import { Entries, GONE, NONE } from './entries.ts'
import { EntryResults, type GroupPlace } from './entry-results.ts'
import { failure, type Fold } from './fold.ts'
import { giveGroups, giveNothing, giveRows } from './give.ts'
import { Groups } from './groups.ts'
import { type Key, KeyIndex } from './key-index.ts'
import { PluginEntryColumn } from './plugin-column.ts'

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
  readonly #results: EntryResults
  #index = new KeyIndex()
  #back: Groups
  readonly #entries: Entries
  /** The rows of the last result, when it can be given again. */
  #given: readonly Row[] | undefined

  constructor(fold: Fold) {
    this.#fold = fold
    this.#loop = fold.entries()
    this.columns = fold.entryColumns()
    this.#plugins = this.columns.filter((column) => column instanceof PluginEntryColumn)
    this.#entries = new Entries(this.columns)
    this.#results = new EntryResults(fold, this.columns)
    this.#back = new Groups(fold, this.#index)
  }

  get empty(): boolean {
    return this.#entries.head === this.#entries.tail
  }

  add(rows: readonly Row[], from: number, to: number): void {
    this.#loop(rows, from, to, this)
    for (let at = this.#entries.tail - (to - from); at < this.#entries.tail; at++) this.#toBack(at)
  }

  enter(rows: readonly Row[], from: number, to: number): number {
    return this.#entries.enter(rows, from, to)
  }

  assign(slot: number, key: Key): void {
    this.#entries.groupOf[slot] = this.#index.slotOf(key)
  }

  fail(error: PlutinoError, slot: number): void {
    this.#entries.errors.set(slot, error)
    this.#entries.groupOf[slot] = NONE
  }

  cut(): void {
    // There are no panes.
  }

  dropPane(): void {
    // There are no panes.
  }

  evict(count: number): void {
    for (let i = 0; i < count && this.#entries.head < this.#entries.tail; i++) {
      if (this.#entries.head === this.#entries.middle) this.#flip()
      const at = this.#entries.head++
      const group = this.#entries.groupOf[at] ?? NONE
      if (group === NONE) this.#entries.errors.delete(at)
      else this.#leave(at, group)
      this.#entries.rows[at] = GONE
    }
    if (this.#entries.head === this.#entries.tail) this.clear()
  }

  fire(times: WindowTimes, output: WindowOutput): void {
    this.#given = undefined
    const failed = this.#entries.errors.size === 0 ? undefined : this.#entries.errors.values().next().value
    if (failed !== undefined) return output.fail(failed)
    if (this.#entries.mixed) return this.#fireFolded(times, output)
    const starts = this.#entries.starts(this.#index.size)
    if (starts.length === 0) return giveNothing(this.#fold, this.columns, output, times)
    try {
      this.#given = starts.map((at) => this.#results.rowOf(this.#placeOf(at), times))
    } catch (thrown) {
      return output.fail(failure(thrown))
    }
    giveRows(this.#given, output)
  }

  fireAgain(output: WindowOutput, most: number): number {
    return this.#given === undefined || this.#plugins.length > 0 ? 0 : output.again(this.#given, most)
  }

  clear(): void {
    this.#entries.clear()
    this.#back.clear()
    for (const column of this.#plugins) column.release()
    if (this.#index.size > FEW_KEYS) this.#useIndex(new KeyIndex())
  }

  /** The rows are enough: their accumulators are made again, in the same two stacks. */
  snapshot(): Value {
    return {
      rows: stateOfRows(this.#entries.rows.slice(this.#entries.head, this.#entries.tail)),
      front: this.#entries.middle - this.#entries.head,
    }
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
    const group = this.#entries.groupOf[at] ?? NONE
    if (group === NONE) return
    const back = this.#back
    if (back.present[group] !== 1) {
      back.open(this.#index.keyOf(group), this.#entries.rows[at] ?? GONE)
      this.#entries.starting.push(at)
    }
    try {
      for (let c = 0; c < this.columns.length; c++) {
        const column = this.columns[c]
        if (column !== undefined) back.columns[c]?.merge(group, column, at)
      }
    } catch {
      this.#entries.groupOf[at] = NONE
      this.#entries.mixedUntil = at
      return
    }
    if (this.#plugins.length > 0) for (const column of this.#plugins) column.enter(at, this.#index.keyOf(group))
  }

  #leave(at: number, group: number): void {
    this.#entries.heads[group] = this.#entries.next[at] ?? NONE
    if (this.#plugins.length > 0) for (const column of this.#plugins) column.leave(at, this.#index.keyOf(group))
  }

  /** Makes the back the front, the front being empty. */
  #flip(): void {
    this.#entries.flip()
    this.#back.clear()
    if (this.#index.size > FEW_KEYS) this.#useIndex(this.#entries.usedKeys(this.#index))
  }

  #placeOf(at: number): GroupPlace {
    const group = this.#entries.groupOf[at] ?? NONE
    const back = this.#back.present[group] === 1 ? this.#back : undefined
    return {
      first: this.#entries.rows[at] ?? GONE,
      at: at < this.#entries.middle ? at : undefined,
      back,
      group,
      key: this.#index.keyOf(group),
    }
  }

  #fireFolded(times: WindowTimes, output: WindowOutput): void {
    const groups = new Groups(this.#fold, new KeyIndex())
    groups.add(this.#entries.rows, this.#entries.head, this.#entries.tail)
    giveGroups(this.#fold, groups, output, times)
    groups.release()
  }

  #useIndex(index: KeyIndex): void {
    if (index === this.#index) return
    this.#index = index
    this.#back = new Groups(this.#fold, index)
  }
}
