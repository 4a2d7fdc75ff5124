import type { Parameter, SqlFunction } from '../api/function.ts'
import { typeNameOf } from '../data/describe-value.ts'
import type { Call, Expr } from '../sql/ast.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { accepts, type StaticType } from './types.ts'

/** Reports a number of arguments that the function does not take. */
export function checkCount(binder: Binding, call: Call, { name, params, counts }: SqlFunction): void {
  const least = params.filter((parameter) => parameter.optional !== true).length
  const most = params.at(-1)?.repeats === true ? Number.POSITIVE_INFINITY : params.length
  const count = call.args.length
  if (counts === undefined ? count >= least && count <= most : counts.includes(count)) return
  const range = least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`
  const expected = counts?.join(' or ') ?? range
  binder.problems.add(call, `function ${name} expects ${expected} ${expected === '1' ? 'argument' : 'arguments'}, but found ${count}`)
}

/** Reports literal arguments of types that the parameters do not take, and others where it must be a literal. */
export function checkLiterals(binder: Binding, call: Call, { params }: SqlFunction, args: readonly BoundExpr[]): void {
  args.forEach((arg, place) => {
    const parameter = parameterAt(params, place)
    if (parameter === undefined) return
    if (arg.kind === 'literal' ? accepts(parameter.type, arg.value) : parameter.literal !== true) return
    const node: Expr = call.args[place] ?? call
    const expected = parameter.literal === true ? `a literal of type ${parameter.type}` : parameter.type
    const found = arg.kind === 'literal' ? typeNameOf(arg.value) : 'an expression'
    binder.problems.add(
      node,
      `function ${call.name} expects ${expected} for parameter ${place + 1} (${parameter.name}), but found ${found}`,
    )
  })
}

/** The static type of a call. */
export function resultType(found: SqlFunction, first: BoundExpr | undefined): StaticType {
  return found.returns === 'first' ? (first?.type ?? 'any') : found.returns
}

function parameterAt(params: readonly Parameter[], i: number): Parameter | undefined {
  const last = params.at(-1)
  return params[i] ?? (last?.repeats === true ? last : undefined)
}
