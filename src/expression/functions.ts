import type { SqlFunction } from '../api/function.ts'
import { PlutinoError } from '../base/errors.ts'
import type { FunctionPlace } from '../sql/validate-select.ts'

/** Where the names of functions are looked up, without regard to case. */
export interface FunctionLookup {
  find(name: string): SqlFunction | undefined
  names(): Iterable<string>
}

export type RowFunction = Extract<SqlFunction, { readonly kind: 'row' }>

/** The function of a bound call. The binder has found it before, so that a failure means that it was removed meanwhile. */
export function callable(functions: FunctionLookup, name: string): RowFunction {
  const found = functions.find(name)
  if (found?.kind !== 'row') throw new PlutinoError('sql_invalid', `function ${name} not found`)
  return found
}

/** Whether a call makes the statement one of aggregates. */
export function isOverGroups(found: SqlFunction | undefined): boolean {
  return found?.kind === 'aggregate' || found?.kind === 'groups' || (found?.kind === 'analytic' && found.over === 'groups')
}

/** Where in a statement a function may stand; undefined for one that is unknown. */
export function placeOf(found: SqlFunction | undefined): FunctionPlace | undefined {
  if (found === undefined) return undefined
  if (isOverGroups(found)) return 'aggregate'
  if (found.kind === 'analytic') return found.columns === true ? 'columns' : found.hits === true ? 'row' : 'analytic'
  if (found.kind === 'window') return found.name === 'row_number' ? 'window' : 'row'
  return found.kind === 'rows' ? 'rows' : 'row'
}
