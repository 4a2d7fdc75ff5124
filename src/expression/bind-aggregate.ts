import type { SqlFunction } from '../api/function.ts'
import type { Call, Expr } from '../sql/ast.ts'
import { checkCount, checkLiterals, resultType } from './arguments.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import type { AggregateCall } from './calls.ts'
import { printExpression } from '../sql/print-expression.ts'
import { literal } from './make.ts'
import { starObject } from './star.ts'
import { slotsOf } from './walk.ts'

type Aggregate = Extract<SqlFunction, { readonly kind: 'aggregate' | 'groups' }>

/** A call of an aggregate: its arguments belong to rows, its value to the group. */
export function bindAggregate(binder: Binding, call: Call, found: Aggregate): BoundExpr {
  checkCount(binder, call, found)
  const given = call.args.map((arg) => argument(binder, call, arg))
  checkLiterals(binder, call, found, given)
  const args = found.kind === 'aggregate' && found.wholeRow === true ? [...given, wholeRow(binder, call)] : given
  const filter = call.filter === undefined ? undefined : binder.bindRow(call.filter)
  const made: AggregateCall = {
    slot: binder.slots.computed(),
    function: found.name,
    args,
    distinct: call.distinct === true,
    ...(filter === undefined ? {} : { filter }),
    ...(found.kind === 'groups' ? { plugin: { place: binder.calls.nextPlace, texts: call.args.map((arg) => printExpression(arg)) } } : {}),
  }
  const known = new Set(binder.calls.aggregate.map(({ slot }) => slot))
  if ([...args, ...(filter === undefined ? [] : [filter])].some((expr) => slotsOf(expr).some((slot) => known.has(slot))))
    return binder.refuse(call, `an aggregate inside of ${found.name}()`, 'aggregate in one rule and feed its result to another')
  binder.calls.aggregate.push(made)
  return { kind: 'slot', slot: made.slot, name: `${found.name}()`, type: typeOf(found, args), at: call.at }
}

/** `count(*)` needs nothing of the row, unless it counts different rows. */
function argument(binder: Binding, { name, distinct }: Call, arg: Expr): BoundExpr {
  if (arg.kind !== 'star') return binder.bindRow(arg)
  return name.toLowerCase() === 'count' && distinct !== true ? literal(true, 'boolean', arg.at) : starObject(binder, arg)
}

function wholeRow(binder: Binding, { at, end }: Call): BoundExpr {
  return starObject(binder, { kind: 'star', except: [], replace: [], at, end })
}

/** What gives rows gives all of them or one, as its literal says. */
function typeOf(found: Aggregate, args: readonly BoundExpr[]): BoundExpr['type'] {
  const [, all] = args
  if (found.kind === 'aggregate' && found.wholeRow === true && all?.kind === 'literal') return all.value === true ? 'array' : 'struct'
  return resultType(found, args[0])
}
