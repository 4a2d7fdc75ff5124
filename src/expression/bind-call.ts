import type { Parameter, SqlFunction } from '../api/function.ts'
import { CAST_TYPES, isCastType } from '../data/cast.ts'
import type { Call } from '../sql/ast.ts'
import { printExpression } from '../sql/print-expression.ts'
import { checkCount, checkLiterals, passedArguments, resultType } from './arguments.ts'
import { bindAggregate } from './bind-aggregate.ts'
import { bindAnalytic } from './bind-analytic.ts'
import { bindDedup } from './bind-dedup.ts'
import { bindMeta } from './bind-meta.ts'
import { bindWindowCall } from './bind-window-call.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { literal } from './make.ts'
import { didYouMean } from './problems.ts'
import type { StaticType } from './types.ts'

/** Names that the binder itself gives a meaning. */
const META = ['meta', 'mqtt', 'event_time']
const WINDOW = ['row_number', 'window_start', 'window_end', 'window_trigger']

/** `name(args)`: finds the function, checks number and literal types of the arguments. */
export function bindCall(binder: Binding, call: Call): BoundExpr {
  const name = call.name.toLowerCase()
  if (META.includes(name)) return bindMeta(binder, call, name)
  if (WINDOW.includes(name)) return bindWindowCall(binder, call, name)
  if (name === 'dedup_trigger') return bindDedup(binder, call)
  const found = binder.functions.find(call.name)
  if (found === undefined) return unknown(binder, call)
  if (call.distinct === true && found.kind !== 'aggregate' && found.kind !== 'groups')
    return binder.refuse(call, `DISTINCT in ${name}(), which is no aggregate`)
  switch (found.kind) {
    case 'aggregate':
    case 'groups':
      return bindAggregate(binder, call, found)
    case 'analytic':
      return bindAnalytic(binder, call, found)
    case 'rows':
    case 'window':
    case 'meta':
      // Refused by validateSelect, or bound before.
      return literal(null, 'any', call.at)
    case 'row':
    case 'batch':
      return bindRowCall(binder, call, found)
  }
}

function bindRowCall(binder: Binding, call: Call, found: SqlFunction): BoundExpr {
  checkCount(binder, call, found)
  const bound = call.args.map((arg) => binder.bind(arg))
  checkLiterals(binder, call, found, bound)
  const args = passedArguments(found, bound, call.args).map((arg, place) => numberOrNull(binder, arg, found.params[place]))
  const type = found.name === 'cast' ? castType(binder, call, args[1]) : resultType(found, args[0])
  if (found.kind === 'row') return { kind: 'call', name: found.name, args, type, at: call.at }
  const slot = binder.slots.computed()
  const texts = call.args.map((arg) => printExpression(arg))
  binder.calls.batch.push({ slot, function: found.name, place: binder.calls.nextPlace, args, texts })
  return { kind: 'slot', slot, name: `${found.name}()`, type, at: call.at }
}

/** As eKuiper: to a function of numbers the array or object of an aggregate is null, while that of a column is an error. */
function numberOrNull(binder: Binding, arg: BoundExpr, parameter: Parameter | undefined): BoundExpr {
  const isCollection = arg.kind === 'slot' && (arg.type === 'array' || arg.type === 'struct')
  if (parameter?.type !== 'number' || !isCollection || !binder.calls.aggregate.some(({ slot }) => slot === arg.slot)) return arg
  return literal(null, 'any', arg.at)
}

function unknown(binder: Binding, call: Call): BoundExpr {
  // What is wrong in its arguments is an error of its own.
  for (const arg of call.args) if (arg.kind !== 'star') binder.bind(arg)
  binder.problems.add(call, `function ${call.name} not found`, () => didYouMean(call.name, binder.functions.names()))
  return literal(null, 'any', call.at)
}

/** The target of a cast is a literal, so that its type is known now. */
function castType(binder: Binding, call: Call, target: BoundExpr | undefined): StaticType {
  if (target?.kind !== 'literal' || typeof target.value !== 'string') return 'any'
  if (isCastType(target.value)) return target.value
  binder.problems.add(call.args[1] ?? call, `cast expects one of ${CAST_TYPES.join(', ')} as its type, but found ${target.value}`)
  return 'any'
}
