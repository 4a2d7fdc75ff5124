import type { Row } from '../../data/batch.ts'
import { rowsOfState, stateOfRows } from '../../data/row-state.ts'
import type { Cell, Value } from '../../data/value.ts'
import { RowIndex } from './row-index.ts'
import type { CompiledStep } from './step.ts'

/** The rows that a scan table keeps, the youngest `retain`, ready to be joined: each stands at its place in a row of `width` slots. */
export class KeptTable {
  readonly #step: CompiledStep
  readonly #retain: number
  readonly #width: number
  #index: RowIndex

  constructor(step: CompiledStep, { retain, width }: { readonly retain: number; readonly width: number }) {
    this.#step = step
    this.#retain = retain
    this.#width = width
    this.#index = new RowIndex(step.rightKeys)
  }

  get index(): RowIndex {
    return this.#index
  }

  /** Takes rows as the source of the table gives them. One whose keys cannot be computed is not kept: it throws what they throw. */
  add(row: Row): void {
    const wide = Array.from<Cell>({ length: this.#width })
    for (let slot = this.#step.from; slot < this.#step.to; slot++) wide[slot] = row[slot - this.#step.from]
    this.#index.add(wide)
    if (this.#index.size > this.#retain) this.#index.removeOldest()
  }

  /** As they came, oldest first. */
  rows(): readonly Row[] {
    return this.#index.rows().map((row) => row.slice(this.#step.from, this.#step.to))
  }

  snapshot(): Value {
    return stateOfRows(this.rows())
  }

  restore(state: Value | undefined): void {
    this.#index = new RowIndex(this.#step.rightKeys)
    for (const row of rowsOfState(state)) this.add(row)
  }
}
