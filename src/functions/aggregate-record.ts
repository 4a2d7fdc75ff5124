import { defineFunction, type FunctionDefinition } from '../api/definition.ts'
import type { FunctionDoc, FunctionState, Parameter, SqlFunction } from '../api/function.ts'
import type { Cell, Struct, Value } from '../data/value.ts'
import { overRows } from './record.ts'

type Aggregate = Extract<SqlFunction, { readonly kind: 'aggregate' }>

/** `sql` over `rows` gives `result`. */
type Example = readonly [sql: string, rows: readonly Struct[], result: Value]

/** What differs from aggregate to aggregate; the rest has defaults. */
export interface AggregateFunction extends Pick<Aggregate, 'empty' | 'wholeRow' | 'init' | 'add' | 'merge' | 'result'> {
  readonly name: string
  readonly doc: string
  readonly params: readonly Parameter[]
  readonly returns: FunctionDoc['returns']
  readonly examples: readonly Example[]
}

export function aggregateFunction({ examples, ...f }: AggregateFunction): FunctionDefinition {
  return defineFunction({
    ...f,
    kind: 'aggregate',
    category: 'aggregate',
    nulls: 'call',
    pure: true,
    examples: examples.map(([sql, rows, result]) => overRows(sql, rows, [result])),
  })
}

/** The rows of a column `a`, for examples. */
export function column(...values: readonly Value[]): readonly Struct[] {
  return values.map((a) => ({ a }))
}

/** A member of a state that is a list, to be appended to. */
export function listOf(state: FunctionState, name: string): Value[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by `init` of the same function
  return state[name] as Value[]
}

export function numberOf(state: FunctionState, name: string): number {
  const value = state[name]
  return typeof value === 'number' ? value : 0
}

export function isMissing(value: Cell): value is null | undefined {
  return value === null || value === undefined
}
