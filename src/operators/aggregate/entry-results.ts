import type { Row } from '../../data/batch.ts'
import type { Cell } from '../../data/value.ts'
import type { WindowTimes } from '../windows/content.ts'
import type { FoldColumn } from './columns.ts'
import type { Fold } from './fold.ts'
import { rowWith } from './give.ts'
import type { Groups } from './groups.ts'
import type { Key } from './key-index.ts'
import { PluginEntryColumn } from './plugin-column.ts'

/** Where a group stands in two stacks: its first row, its entry in the front, and its part of the back. At least one of the two is there. */
export interface GroupPlace {
  readonly first: Row
  readonly at: number | undefined
  readonly back: Groups | undefined
  readonly group: number
  readonly key: Key
}

/** What groups in two stacks give. */
export class EntryResults {
  readonly #fold: Fold
  readonly #columns: readonly FoldColumn[]
  readonly #scratch: readonly FoldColumn[]

  /** `columns`: of the front. */
  constructor(fold: Fold, columns: readonly FoldColumn[]) {
    this.#fold = fold
    this.#columns = columns
    this.#scratch = fold.columns()
    for (const column of this.#scratch) column.grow(1)
  }

  /** Throws what a result fails with. */
  rowOf(place: GroupPlace, times: WindowTimes): Row {
    const row = rowWith(this.#fold, times)
    const { first, key } = place
    for (const slot of this.#fold.grouping.firsts) if (slot < first.length) row[slot] = first[slot]
    const last = row.length - this.#columns.length
    for (let c = 0; c < this.#columns.length; c++) {
      const front = this.#columns[c]
      if (front instanceof PluginEntryColumn) row[last + c] = front.resultOf(key)
      else if (front !== undefined) row[last + c] = this.#valueOf(c, front, place)
    }
    return row
  }

  #valueOf(call: number, front: FoldColumn, { at, back: groups, group }: GroupPlace): Cell {
    const back = groups?.columns[call]
    if (at === undefined) return back?.result(group)
    if (back === undefined) return front.result(at)
    const result = front.together?.(at, back, group)
    if (result !== undefined) return result
    const sum = this.#scratch[call]
    sum?.reset(0)
    sum?.merge(0, front, at)
    sum?.merge(0, back, group)
    return sum?.result(0)
  }
}
