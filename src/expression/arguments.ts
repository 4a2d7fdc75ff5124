import type { Parameter, SqlFunction } from '../api/function.ts'
import { typeNameOf } from '../data/describe-value.ts'
import type { Call, Expr } from '../sql/ast.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { accepts, type StaticType } from './types.ts'

/** Reports a number of arguments that the function does not take. */
export function checkCount(binder: Binding, call: Call, { name, params }: SqlFunction): void {
  const least = params.filter((parameter) => parameter.optional !== true).length
  const most = params.at(-1)?.repeats === true ? Number.POSITIVE_INFINITY : params.length
  const count = call.args.length
  if (count >= least && count <= most) return
  const expected = least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`
  binder.problems.add(call, `function ${name} expects ${expected} ${expected === '1' ? 'argument' : 'arguments'}, but found ${count}`)
}

/** Reports literal arguments of types that the parameters do not take. */
export function checkLiterals(binder: Binding, call: Call, { params }: SqlFunction, args: readonly BoundExpr[]): void {
  args.forEach((arg, place) => {
    const parameter = parameterAt(params, place)
    if (arg.kind !== 'literal' || parameter === undefined || accepts(parameter.type, arg.value)) return
    const node: Expr = call.args[place] ?? call
    binder.problems.add(
      node,
      `function ${call.name} expects ${parameter.type} for parameter ${place + 1} (${parameter.name}), but found ${typeNameOf(arg.value)}`,
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
