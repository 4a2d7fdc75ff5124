import { defineFunction, type FunctionDefinition } from '../api/definition.ts'
import type { CallContext, Example, FunctionState, Parameter, SqlFunction } from '../api/function.ts'
import { describeValue } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'

type Analytic = Extract<SqlFunction, { readonly kind: 'analytic' }>

/** What differs from function to function, over a state of the type S. */
interface AnalyticFunction<S extends FunctionState> {
  readonly name: string
  readonly doc: string
  readonly params: readonly Parameter[]
  readonly counts?: readonly number[]
  readonly returns: Analytic['returns']
  readonly over?: Analytic['over']
  readonly columns?: boolean
  readonly hits?: boolean
  readonly examples: readonly Example[]
  readonly init: () => S
  readonly next: (state: S, args: readonly Cell[], ctx: CallContext) => Cell
  readonly held: (state: S, args: readonly Cell[], ctx: CallContext) => Cell
}

/** A function that remembers rows. */
export function analyticFunction<S extends FunctionState>({ next, held, ...f }: AnalyticFunction<S>): FunctionDefinition {
  return defineFunction({
    kind: 'analytic',
    category: 'analytic',
    nulls: 'call',
    pure: false,
    over: 'rows',
    ...f,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a state is what init made, or a copy of it
    next: (state, args, ctx) => next(state as S, args, ctx),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    held: (state, args, ctx) => held(state as S, args, ctx),
  })
}

/** An argument that must be true or false; null is neither. */
export function truth(name: string, value: Cell): boolean {
  if (typeof value === 'boolean') return value
  throw rowFailed(`${name} should be a boolean, but found ${describeValue(value)}`)
}

/** A condition as an argument: unknown is false. */
export function condition(name: string, value: Cell): boolean {
  return value !== null && value !== undefined && truth(name, value)
}
