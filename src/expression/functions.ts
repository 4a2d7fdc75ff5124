import type { SqlFunction } from '../api/function.ts'
import { PlutinoError } from '../base/errors.ts'

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
