import type { Row } from '../../data/batch.ts'
import { isStruct, type Value } from '../../data/value.ts'
import type { WindowContent, WindowTimes } from '../windows/content.ts'
import type { WindowOutput } from '../windows/output.ts'
import type { Fold } from './fold.ts'
import { giveGroups } from './give.ts'
import { Groups } from './groups.ts'
import { KeyIndex } from './key-index.ts'

/** Groups of a window whose rows leave all at once: nothing of the rows is kept. */
export class WholeContent implements WindowContent {
  readonly #fold: Fold
  readonly #index = new KeyIndex()
  #groups: Groups

  constructor(fold: Fold) {
    this.#fold = fold
    this.#groups = new Groups(fold, this.#index)
  }

  get empty(): boolean {
    return this.#groups.rows === 0
  }

  add(rows: readonly Row[], from: number, to: number): void {
    this.#groups.add(rows, from, to)
  }

  cut(): void {
    // There are no panes.
  }

  dropPane(): void {
    // There are no panes.
  }

  evict(): void {
    this.clear()
  }

  fire(times: WindowTimes, output: WindowOutput): void {
    giveGroups(this.#fold, this.#groups, output, times)
  }

  clear(): void {
    this.#groups.release()
    this.#index.clear()
    this.#groups = new Groups(this.#fold, this.#index)
  }

  snapshot(): Value {
    return { keys: this.#index.snapshot(), groups: this.#groups.snapshot() }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    this.#index.restore(state['keys'])
    this.#groups.restore(state['groups'])
  }
}
