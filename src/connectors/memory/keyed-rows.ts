import { valueKey } from '../../data/compare.ts'
import type { Cell, Struct } from '../../data/value.ts'

/** What becomes of the row with the same key. */
export type RowChange = 'insert' | 'update' | 'upsert' | 'delete'

/** The rows of a memory table: one for each value of its key. */
export class KeyedRows {
  readonly key: string
  readonly #rows = new Map<string, Struct>()

  constructor(key: string) {
    this.key = key
  }

  /** A record without the key is no row of the table. `keyValue`: the value of the key where the record need not have it. */
  apply(change: RowChange, record: Struct, keyValue?: Cell): void {
    const value = cellOf(record, this.key) ?? keyValue
    if (value === null || value === undefined) return
    const key = valueKey(value)
    if (change === 'delete') this.#rows.delete(key)
    else this.#rows.set(key, record)
  }

  /** The rows whose columns have these values, in the order in which their keys came first. */
  find(columns: readonly string[], values: readonly Cell[]): readonly Struct[] {
    const wanted = values.map(valueKey)
    const matches = (row: Struct): boolean => columns.every((column, i) => valueKey(cellOf(row, column)) === wanted[i])
    const at = columns.indexOf(this.key)
    if (at < 0) return [...this.#rows.values()].filter(matches)
    const row = this.#rows.get(wanted[at] ?? '')
    return row !== undefined && matches(row) ? [row] : []
  }
}

function cellOf(record: Struct, name: string): Cell {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
