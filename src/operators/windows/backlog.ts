import type { Row, RowError } from '../../data/batch.ts'
import { rowsOfState, stateOfRows } from '../../data/row-state.ts'
import { isStruct, type Value } from '../../data/value.ts'

/** Rows of one input with the errors between them, and how far they have been taken. */
export interface Given {
  readonly rows: readonly Row[]
  readonly errors: readonly RowError[]
  readonly port: number
  /** The next row, and the next error. */
  from: number
  failed: number
}

/** What came to a window while others had their turn, the oldest first. */
export class Backlog {
  #given: Given[] = []

  get first(): Given | undefined {
    return this.#given[0]
  }

  add(given: Given): void {
    this.#given.push(given)
  }

  /** The first has been taken. */
  drop(): void {
    this.#given.shift()
  }

  /** The rows; errors have no place in a state. */
  snapshot(): Value {
    return this.#given.map(({ rows, from, port }) => ({ rows: stateOfRows(rows.slice(from)), port }))
  }

  restore(state: Value | undefined): void {
    if (!Array.isArray(state)) return
    this.#given = state
      .filter((item) => isStruct(item))
      .map(({ rows, port }) => ({ rows: rowsOfState(rows), errors: [], port: Number(port), from: 0, failed: 0 }))
  }
}
