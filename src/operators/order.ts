import type { Batches, Operator } from '../api/operator.ts'
import { toPlutinoError } from '../base/errors.ts'
import type { Row, RowBatch } from '../data/batch.ts'
import { isNumeric, orderValues } from '../data/compare.ts'
import { describeValue, typeNameOf } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import type { RowResults } from '../expression/compile-rows.ts'
import { RowOperator } from './row-operator.ts'

export interface OrderTerm {
  readonly expr: BoundExpr
  readonly descending: boolean
}

/**
 * ORDER BY: sorts the rows of each result; equal ones keep their order. Nulls come last in both directions. Values of types that do
 * not compare fail the result.
 */
export function order(terms: readonly OrderTerm[], compiler: Compiler, deps: CompileDeps): Operator {
  const values = compiler.values(
    terms.map(({ expr }) => expr),
    deps,
  )
  const loop = (rows: readonly Row[], from: number, to: number, out: RowResults): void => {
    try {
      const keyed = rows.slice(from, to).map((row) => ({ row, keys: values(row) }))
      terms.forEach((_, place) => {
        checkTypes(keyed.map(({ keys }) => keys[place]))
      })
      keyed.sort((a, b) => compareKeys(a.keys, b.keys, terms))
      for (const { row } of keyed) out.rows.push(row)
    } catch (thrown) {
      const { message, hint } = toPlutinoError(thrown, 'row_failed')
      out.errors.push({ at: out.rows.length, error: rowFailed(`run Order By error: ${message}`, hint) })
    }
  }
  return new OrderOperator(new RowOperator('order', loop, { filters: false, apart: true }))
}

class OrderOperator implements Operator {
  readonly name = 'order'
  readonly #inResults: RowOperator

  constructor(inResults: RowOperator) {
    this.#inResults = inResults
  }

  /** Without a window each row is a result: there is nothing to sort. */
  process(batch: RowBatch): Batches {
    return batch.results === undefined ? [batch] : this.#inResults.process(batch)
  }
}

function compareKeys(a: readonly Cell[], b: readonly Cell[], terms: readonly OrderTerm[]): number {
  for (const [place, { descending }] of terms.entries()) {
    const [left = null, right = null] = [a[place], b[place]]
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1
      continue
    }
    // As eKuiper: truth values have no order, so that they stay as they came.
    const difference = typeof left === 'boolean' ? 0 : orderValues(left, right)
    if (difference !== 0) return descending ? -difference : difference
  }
  return 0
}

/** One type of values; numbers of both kinds are one. Arrays and objects have no order. */
function checkTypes(column: readonly Cell[]): void {
  let first: Cell
  for (const value of column) {
    if (value === null || value === undefined) continue
    if (typeof value === 'object' && !(value instanceof Date) && !(value instanceof Uint8Array))
      throw rowFailed(`${typeNameOf(value)} values have no order, found ${describeValue(value)}`)
    first ??= value
    if (kindOf(first) !== kindOf(value))
      throw rowFailed(`incompatible types for comparison: ${describeValue(first)} and ${describeValue(value)}`)
  }
}

function kindOf(value: Cell): string {
  return isNumeric(value) ? 'number' : typeNameOf(value)
}
