import type { SqlFunction } from '../api/function.ts'
import { CAST_TYPES, isCastType } from '../data/cast.ts'
import type { Call } from '../sql/ast.ts'
import { checkCount, checkLiterals, resultType } from './arguments.ts'
import { bindAggregate } from './bind-aggregate.ts'
import { bindAnalytic } from './bind-analytic.ts'
import { bindMeta } from './bind-meta.ts'
import { bindWindowCall } from './bind-window-call.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { kindOfBuiltIn } from './built-in-names.ts'
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
  const found = binder.functions.find(call.name)
  if (found === undefined) return unknown(binder, call)
  if (call.over !== undefined && (found.kind !== 'analytic' || found.columns === true))
    return binder.refuse(call, `OVER after ${name}(), expected an analytic function before it`)
  if (found.kind !== 'aggregate' && found.kind !== 'groups' && (call.distinct === true || call.filter !== undefined))
    return binder.refuse(call, `function ${name} is no aggregate: it takes neither DISTINCT nor FILTER`)
  switch (found.kind) {
    case 'aggregate':
    case 'groups':
      return bindAggregate(binder, call, found)
    case 'analytic':
      return bindAnalytic(binder, call, found)
    case 'rows':
      return binder.refuse(call, `${name}() makes rows and can only be a field of SELECT of its own`)
    case 'window':
    case 'meta':
      return unsupported(binder, call, `function ${name} is`)
    case 'row':
    case 'batch':
      return bindRowCall(binder, call, found)
  }
}

function bindRowCall(binder: Binding, call: Call, found: SqlFunction): BoundExpr {
  checkCount(binder, call, found)
  const args = call.args.map((arg) => binder.bind(arg))
  checkLiterals(binder, call, found, args)
  const type = found.name === 'cast' ? castType(binder, call, args[1]) : resultType(found, args[0])
  if (found.kind === 'row') return { kind: 'call', name: found.name, args, type, at: call.at }
  const slot = binder.slots.computed()
  binder.calls.batch.push({ slot, function: found.name, args })
  return { kind: 'slot', slot, name: `${found.name}()`, type, at: call.at }
}

function unknown(binder: Binding, call: Call): BoundExpr {
  const kind = kindOfBuiltIn(call.name)
  if (kind !== undefined)
    return unsupported(
      binder,
      call,
      kind === 'functions' ? `function ${call.name.toLowerCase()} is` : `${kind} such as ${call.name.toLowerCase()} are`,
    )
  return binder.refuse(call, `function ${call.name} not found`, () =>
    didYouMean(call.name, [...binder.functions.names(), ...META, ...WINDOW]),
  )
}

function unsupported(binder: Binding, call: Call, what: string): BoundExpr {
  binder.problems.unsupported(call, what)
  return { kind: 'literal', value: null, type: 'any', at: call.at }
}

/** The target of a cast is a literal, so that its type is known now. */
function castType(binder: Binding, call: Call, target: BoundExpr | undefined): StaticType {
  if (target?.kind !== 'literal' || typeof target.value !== 'string') return 'any'
  if (isCastType(target.value)) return target.value
  binder.problems.add(call.args[1] ?? call, `cast expects one of ${CAST_TYPES.join(', ')} as its type, but found ${target.value}`)
  return 'any'
}
