import type { Parameter, SqlFunction, TypeName } from '../api/function.ts'
import { typeNameOf } from '../data/describe-value.ts'
import type { Call, Expr } from '../sql/ast.ts'
import { printExpression } from '../sql/print-expression.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { accepts, type StaticType, takes } from './types.ts'

/** Reports a number of arguments that the function does not take. */
export function checkCount(binder: Binding, call: Call, { name, params, counts }: SqlFunction): void {
  const least = params.filter((parameter) => parameter.optional !== true).length
  const together = repeating(params)
  const most = together > 0 ? Number.POSITIVE_INFINITY : params.length
  const count = call.args.length
  const whole = count < params.length || together < 2 || (count - params.length) % together === 0
  if (counts === undefined ? count >= least && count <= most && whole : counts.includes(count)) return
  const range = least === most ? `${least}` : most === Number.POSITIVE_INFINITY ? `at least ${least}` : `${least} to ${most}`
  const expected = counts?.join(' or ') ?? range
  const groups = whole ? '' : `, in groups of ${together}`
  const noun = expected === '1' ? 'argument' : 'arguments'
  binder.problems.add(call, `function ${name} expects ${expected} ${noun}${groups}, but found ${count}`)
}

/** Reports literal arguments of types that the parameters do not take, and literals where there must be none or others where there must be one. */
export function checkLiterals(binder: Binding, call: Call, found: SqlFunction, args: readonly BoundExpr[]): void {
  const literals = args.map((arg) => (arg.kind === 'literal' ? arg.value : undefined))
  const wrong = found.kind === 'row' ? found.check?.(literals) : undefined
  if (wrong !== undefined) binder.problems.add(call, `function ${call.name}: ${wrong}`)
  args.forEach((arg, place) => checkLiteral(binder, call, found, { arg, place }))
}

function checkLiteral(binder: Binding, call: Call, { params }: SqlFunction, { arg, place }: { arg: BoundExpr; place: number }): void {
  const parameter = parameterAt(params, place)
  const wanted = parameter === undefined ? undefined : wantedIn(parameter, arg)
  const node: Expr = call.args[place] ?? call
  if (parameter === undefined || wanted === undefined) return
  if (arg.kind !== 'literal' && parameter.literal !== true) {
    if (node.kind !== 'star' && !isCollection(binder, arg)) refuseType(binder, call, { arg, place, parameter, node })
    return
  }
  const got = arg.kind === 'literal' ? (parameter.literal === false ? 'a literal' : typeNameOf(arg.value)) : 'an expression'
  binder.problems.add(node, `function ${call.name} expects ${wanted} for parameter ${place + 1} (${parameter.name}), but found ${got}`)
}

/** What an aggregate gives is no error to a function: it finds it empty, as in eKuiper. */
function isCollection(binder: Binding, arg: BoundExpr): boolean {
  return arg.kind === 'slot' && binder.calls.aggregate.some(({ slot }) => slot === arg.slot)
}

/** What is declared of a column, or what a function gives, is of a type that the function never takes. */
function refuseType(
  binder: Binding,
  call: Call,
  { arg, place, parameter, node }: { arg: BoundExpr; place: number; parameter: Parameter; node: Expr },
): void {
  const expected = `${parameter.type} for parameter ${place + 1} (${parameter.name})`
  const text = printExpression(node)
  const cast = castTo(parameter.type)
  const hint = cast === undefined ? undefined : `write cast(${text}, "${cast}") if its values are such`
  binder.problems.add(node, `function ${call.name} expects ${expected}, but ${text} is of type ${arg.type}`, hint)
}

function castTo(type: TypeName): string | undefined {
  if (type === 'number') return 'float'
  return type === 'array' || type === 'struct' || type === 'any' ? undefined : type
}

/** The arguments as the function gets them: where only results of functions are integers, everything else becomes a float. */
export function passedArguments({ params }: SqlFunction, args: readonly BoundExpr[], nodes: readonly Expr[]): readonly BoundExpr[] {
  return args.map((arg, place) => {
    const computed = arg.kind === 'call' || nodes[place]?.kind === 'call'
    if (parameterAt(params, place)?.computed !== true || computed) return arg
    const { at } = arg
    return { kind: 'call', name: 'cast', args: [arg, { kind: 'literal', value: 'float', type: 'string', at }], type: 'float', at }
  })
}

/** The static type of a call. */
export function resultType(found: SqlFunction, first: BoundExpr | undefined): StaticType {
  return found.returns === 'first' ? (first?.type ?? 'any') : found.returns
}

function wantedIn(parameter: Parameter, arg: BoundExpr): string | undefined {
  if (arg.kind !== 'literal') {
    if (parameter.literal === true) return `a literal of type ${parameter.type}`
    return [parameter.type, ...(parameter.also ?? [])].some((type) => takes(type, arg.type)) ? undefined : parameter.type
  }
  if (parameter.literal === false) return 'a column or the result of a function'
  if (accepts(parameter.type, arg.value)) return undefined
  return parameter.literal === true ? `a literal of type ${parameter.type}` : parameter.type
}

/** How many parameters at the end repeat together. */
function repeating(params: readonly Parameter[]): number {
  return params.length - 1 - params.findLastIndex((parameter) => parameter.repeats !== true)
}

function parameterAt(params: readonly Parameter[], place: number): Parameter | undefined {
  const together = repeating(params)
  if (place < params.length || together === 0) return params[place]
  const first = params.length - together
  return params[first + ((place - first) % together)]
}
