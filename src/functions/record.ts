import { defineFunction, type FunctionDefinition } from '../api/definition.ts'
import type { CallContext, Example, FunctionDoc, Parameter, TypeName } from '../api/function.ts'
import { isStruct, type Cell, type Struct, type Value } from '../data/value.ts'
import { isEmptyCollection } from './arguments.ts'

/** What differs from function to function; the rest has defaults. */
export interface RowFunction {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly doc: string
  readonly params: readonly Parameter[]
  readonly returns: FunctionDoc['returns']
  readonly nulls?: FunctionDoc['nulls']
  readonly pure?: boolean
  readonly examples: readonly (readonly [sql: string, result: Value])[]
  readonly check?: (literals: readonly (Value | undefined)[]) => string | undefined
  readonly call: (ctx: CallContext, ...args: readonly Cell[]) => Cell
}

/** A function over one row. An argument that is an empty array or object counts as null where null does not reach the function. */
export function rowFunction(category: string, { examples, call, ...f }: RowFunction): FunctionDefinition {
  const nulls = f.nulls ?? 'null'
  return defineFunction({
    pure: true,
    ...f,
    kind: 'row',
    category,
    nulls,
    examples: examples.map(([sql, result]) => ({ sql, result })),
    call: nulls === 'null' && takesNoCollection(f.params) ? emptyAsNull(call) : call,
  })
}

/** An example over rows: `values` are those of the column `a` (absent where undefined) or whole rows. */
export function overRows(sql: string, values: readonly (Cell | Struct)[], results: readonly Value[]): Example {
  const rows = values.map((value): Struct => (isStruct(value) ? value : value === undefined ? {} : { a: value }))
  return { sql, rows, results }
}

export function parameter(name: string, type: TypeName, more: Partial<Parameter> = {}): Parameter {
  return { name, type, ...more }
}

function takesNoCollection(params: readonly Parameter[]): boolean {
  return params.every(({ type }) => type !== 'array' && type !== 'struct')
}

function emptyAsNull(call: RowFunction['call']): RowFunction['call'] {
  return (ctx, ...args) => {
    for (const arg of args) if (typeof arg === 'object' && isEmptyCollection(arg)) return null
    return call(ctx, ...args)
  }
}
