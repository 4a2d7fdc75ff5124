import type { Row } from '../../data/batch.ts'
import { isStruct, type Value } from '../../data/value.ts'
import type { WindowContent, WindowTimes } from '../windows/content.ts'
import type { WindowOutput } from '../windows/output.ts'
import { failure, type Fold } from './fold.ts'
import { giveGroups } from './give.ts'
import { Groups } from './groups.ts'
import { KeyIndex } from './key-index.ts'

/** Fewer keys than this are not worth looking for those that are gone. */
const FEW_KEYS = 1_024

/** Groups of a window whose rows leave in panes: those of each pane, added up when it fires. They share their slots, so that no key is looked up then. */
export class PaneContent implements WindowContent {
  readonly #fold: Fold
  #index = new KeyIndex()
  /** The youngest last. */
  #panes: Groups[]

  constructor(fold: Fold) {
    this.#fold = fold
    this.#panes = [new Groups(fold, this.#index)]
  }

  get empty(): boolean {
    return this.#panes.every(({ rows }) => rows === 0)
  }

  add(rows: readonly Row[], from: number, to: number): void {
    this.#panes.at(-1)?.add(rows, from, to)
  }

  cut(): void {
    this.#panes.push(new Groups(this.#fold, this.#index))
  }

  dropPane(): void {
    if (this.#panes.length < 2) return
    this.#panes.shift()?.release()
    this.#dropKeys()
  }

  evict(): void {
    this.clear()
  }

  fire(times: WindowTimes, output: WindowOutput): void {
    const [first, ...others] = this.#panes.filter(({ rows }) => rows > 0)
    if (first === undefined || others.length === 0) {
      const only = first ?? this.#panes[0]
      if (only !== undefined) giveGroups(this.#fold, only, output, times)
      return
    }
    const all = new Groups(this.#fold, this.#index)
    try {
      for (const pane of [first, ...others]) all.merge(pane)
      giveGroups(this.#fold, all, output, times)
    } catch (thrown) {
      output.fail(failure(thrown))
    }
    all.release()
  }

  clear(): void {
    for (const pane of this.#panes) pane.release()
    this.#index = new KeyIndex()
    this.#panes = [new Groups(this.#fold, this.#index)]
  }

  snapshot(): Value {
    return { keys: this.#index.snapshot(), panes: this.#panes.map((pane) => pane.snapshot()) }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { keys, panes } = state
    this.#index.restore(keys)
    if (!Array.isArray(panes)) return
    this.#panes = panes.map((pane: Value) => {
      const groups = new Groups(this.#fold, this.#index)
      groups.restore(pane)
      return groups
    })
  }

  /** Makes the index anew when most of its keys are in no pane any more. */
  #dropKeys(): void {
    let used = 0
    for (const { size } of this.#panes) used += size
    if (this.#index.size < FEW_KEYS || this.#index.size < 2 * used) return
    const index = new KeyIndex()
    this.#panes = this.#panes.map((pane) => pane.withIndex(index))
    this.#index = index
  }
}
