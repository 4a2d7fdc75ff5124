import type { Row } from '../../data/batch.ts'
import { rowsOfState, stateOfRows } from '../../data/row-state.ts'
import { isStruct, type Value } from '../../data/value.ts'
import type { WindowContent, WindowTimes } from '../windows/content.ts'
import type { WindowOutput } from '../windows/output.ts'
import { RowQueue } from '../windows/row-queue.ts'
import type { Fold } from './fold.ts'
import { giveGroups } from './give.ts'
import { Groups } from './groups.ts'
import { KeyIndex } from './key-index.ts'

/** Keeps the rows and groups them when the window fires: for aggregates that cannot be added up from parts. */
export class KeptContent implements WindowContent {
  readonly #fold: Fold
  readonly #rows = new RowQueue<Row>()
  /** Rows in each pane but the youngest, the oldest first. */
  #panes: number[] = []

  constructor(fold: Fold) {
    this.#fold = fold
  }

  get empty(): boolean {
    return this.#rows.size === 0
  }

  add(rows: readonly Row[], from: number, to: number): void {
    for (const row of from === 0 && to === rows.length ? rows : rows.slice(from, to)) this.#rows.push(row)
  }

  cut(): void {
    let before = 0
    for (const rows of this.#panes) before += rows
    this.#panes.push(this.#rows.size - before)
  }

  dropPane(): void {
    this.evict(this.#panes.shift() ?? 0)
  }

  evict(count: number): void {
    this.#rows.drop(count)
  }

  fire(times: WindowTimes, output: WindowOutput): void {
    const groups = new Groups(this.#fold, new KeyIndex())
    const rows = this.#rows.toArray()
    groups.add(rows, 0, rows.length)
    output.worked(rows.length)
    giveGroups(this.#fold, groups, output, times)
    groups.release()
  }

  clear(): void {
    this.#rows.clear()
    this.#panes = []
  }

  snapshot(): Value {
    return { rows: stateOfRows(this.#rows.toArray()), panes: [...this.#panes] }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    for (const row of rowsOfState(state['rows'])) this.#rows.push(row)
    const { panes } = state
    if (Array.isArray(panes)) this.#panes = panes.map(Number)
  }
}
