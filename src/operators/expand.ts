import { type Batches, NOTHING, type Operator } from '../api/operator.ts'
import type { Row, RowBatch, Schema } from '../data/batch.ts'
import { put } from '../data/record.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell, type Struct, type Value } from '../data/value.ts'
import type { RowResults } from '../expression/compile-rows.ts'
import { RowOperator } from './row-operator.ts'

export interface Expansion {
  readonly function: 'unnest' | 'extract'
  /** Slot of the array or object; its column names what is no object. */
  readonly slot: number
  /** At most so many rows of each result; of each row where there is no window. */
  readonly limit?: number
  readonly schema: Schema
}

/** unnest: a row for each element of an array. extract: the members of an object become columns. Nothing to be made of is an error. */
export function expand(expansion: Expansion): Operator {
  return expansion.limit === 0 ? { name: 'expand', process: () => NOTHING } : new ExpandOperator(expansion)
}

class ExpandOperator implements Operator {
  readonly name = 'expand'
  readonly #inResults: RowOperator
  readonly #alone: RowOperator

  constructor({ function: name, slot, limit = Number.MAX_SAFE_INTEGER, schema }: Expansion) {
    const column = schema.columns[slot]?.name ?? name
    const partsOf = name === 'unnest' ? elementsOf : membersOf
    const append = (row: Row, most: number, { rows, errors }: RowResults): void => {
      const parts = partsOf(row[slot], column)
      if (typeof parts === 'string') errors.push({ at: rows.length, error: rowFailed(parts) })
      else for (const part of parts.slice(0, most)) rows.push(row.with(slot, part))
    }
    const each: Loop = (rows, from, to, out) => {
      for (let i = from; i < to; i++) append(rows[i] ?? [], limit, out)
    }
    const together: Loop = (rows, from, to, out) => {
      const before = out.rows.length
      for (let i = from; i < to; i++) append(rows[i] ?? [], limit - (out.rows.length - before), out)
    }
    this.#inResults = new RowOperator(this.name, together, { filters: false, apart: true, schema })
    this.#alone = new RowOperator(this.name, each, { filters: false, schema })
  }

  process(batch: RowBatch): Batches {
    return (batch.results === undefined ? this.#alone : this.#inResults).process(batch)
  }
}

type Loop = (rows: readonly Row[], from: number, to: number, out: RowResults) => void

/** What each element spreads, or what is wrong. */
function elementsOf(cell: Cell, column: string): readonly Struct[] | string {
  if (isEmpty(cell)) return `can't find the result from the ${column} function`
  if (!Array.isArray(cell)) return `the argument for the ${column} function should be array`
  return cell.map((element: Value) => (isStruct(element) ? element : named(column, element)))
}

function membersOf(cell: Cell, column: string): readonly Struct[] | string {
  if (isEmpty(cell)) return `can't find the result from the ${column} function`
  return isStruct(cell) ? [cell] : `the argument for the ${column} function should be an object`
}

function isEmpty(cell: Cell): boolean {
  if (cell === null || cell === undefined) return true
  return Array.isArray(cell) ? cell.length === 0 : isStruct(cell) && Object.keys(cell).length === 0
}

function named(column: string, value: Value): Struct {
  const made: Record<string, Value> = {}
  put(made, column, value)
  return made
}
