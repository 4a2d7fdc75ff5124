import type { Parameter, SqlFunction } from '../api/function.ts'
import { CAST_TYPES, isCastType } from '../data/cast.ts'
import { typeNameOf } from '../data/describe-value.ts'
import type { Call, Expr } from '../sql/ast.ts'
import { bindMeta } from './bind-meta.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { kindOfBuiltIn } from './built-in-names.ts'
import { didYouMean } from './problems.ts'
import { accepts, type StaticType } from './types.ts'

/** Names that the binder itself gives a meaning. */
const PSEUDO = ['meta', 'mqtt', 'event_time']

/** `name(args)`: finds the function, checks number and literal types of the arguments. */
export function bindCall(binder: Binding, call: Call): BoundExpr {
  const name = call.name.toLowerCase()
  if (call.over !== undefined) return unsupported(binder, call, 'OVER is')
  if (PSEUDO.includes(name)) return bindMeta(binder, call, name)
  const found = binder.functions.find(call.name)
  if (found === undefined) return unknown(binder, call)
  if (found.kind !== 'row')
    return unsupported(binder, call, found.kind === 'aggregate' ? `aggregates such as ${name} are` : `function ${name}, which waits, is`)
  if (call.distinct === true || call.filter !== undefined)
    return binder.refuse(call, `function ${name} is no aggregate: it takes neither DISTINCT nor FILTER`)
  checkCount(binder, call, found)
  const args = call.args.map((arg) => binder.bind(arg))
  args.forEach((arg, i) => checkLiteral(binder, call, { arg, place: i, parameter: parameterAt(found.params, i) }))
  const type = found.name === 'cast' ? castType(binder, call, args[1]) : resultType(found, args[0])
  return { kind: 'call', name: found.name, args, type, at: call.at }
}

function resultType(found: SqlFunction, first: BoundExpr | undefined): StaticType {
  return found.returns === 'first' ? (first?.type ?? 'any') : found.returns
}

function unknown(binder: Binding, call: Call): BoundExpr {
  const kind = kindOfBuiltIn(call.name)
  if (kind !== undefined)
    return unsupported(
      binder,
      call,
      kind === 'functions' ? `function ${call.name.toLowerCase()} is` : `${kind} such as ${call.name.toLowerCase()} are`,
    )
  return binder.refuse(call, `function ${call.name} not found`, () => didYouMean(call.name, [...binder.functions.names(), ...PSEUDO]))
}

function unsupported(binder: Binding, call: Call, what: string): BoundExpr {
  binder.problems.unsupported(call, what)
  return { kind: 'literal', value: null, type: 'any', at: call.at }
}

function checkCount(binder: Binding, call: Call, { name, params }: SqlFunction): void {
  const least = params.filter((parameter) => parameter.optional !== true).length
  const most = params.at(-1)?.repeats === true ? Number.POSITIVE_INFINITY : params.length
  const count = call.args.length
  if (count >= least && count <= most) return
  const expected = least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`
  binder.problems.add(call, `function ${name} expects ${expected} ${expected === '1' ? 'argument' : 'arguments'}, but found ${count}`)
}

function parameterAt(params: readonly Parameter[], i: number): Parameter | undefined {
  const last = params.at(-1)
  return params[i] ?? (last?.repeats === true ? last : undefined)
}

function checkLiteral(
  binder: Binding,
  call: Call,
  { arg, place, parameter }: { arg: BoundExpr; place: number; parameter: Parameter | undefined },
): void {
  if (arg.kind !== 'literal' || parameter === undefined || accepts(parameter.type, arg.value)) return
  const node: Expr = call.args[place] ?? call
  binder.problems.add(
    node,
    `function ${call.name} expects ${parameter.type} for parameter ${place + 1} (${parameter.name}), but found ${typeNameOf(arg.value)}`,
  )
}

/** The target of a cast is a literal, so that its type is known now. */
function castType(binder: Binding, call: Call, target: BoundExpr | undefined): StaticType {
  if (target?.kind !== 'literal' || typeof target.value !== 'string') return 'any'
  if (isCastType(target.value)) return target.value
  binder.problems.add(call.args[1] ?? call, `cast expects one of ${CAST_TYPES.join(', ')} as its type, but found ${target.value}`)
  return 'any'
}
