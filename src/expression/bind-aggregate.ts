import type { SqlFunction } from '../api/function.ts'
import type { Call, Expr } from '../sql/ast.ts'
import { checkCount, checkLiterals, resultType } from './arguments.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import type { AggregateCall } from './calls.ts'
import { literal } from './make.ts'
import { starObject } from './star.ts'
import { slotsOf } from './walk.ts'

/** A call of an aggregate: its arguments belong to rows, its value to the group. */
export function bindAggregate(binder: Binding, call: Call, found: SqlFunction): BoundExpr {
  checkCount(binder, call, found)
  const args = call.args.map((arg) => argument(binder, found.name, arg))
  checkLiterals(binder, call, found, args)
  const filter = call.filter === undefined ? undefined : binder.bindRow(call.filter)
  const made: AggregateCall = {
    slot: binder.slots.computed(),
    function: found.name,
    args,
    distinct: call.distinct === true,
    ...(filter === undefined ? {} : { filter }),
  }
  const known = new Set(binder.calls.aggregate.map(({ slot }) => slot))
  if ([...args, ...(filter === undefined ? [] : [filter])].some((expr) => slotsOf(expr).some((slot) => known.has(slot))))
    return binder.refuse(call, `an aggregate inside of ${found.name}()`, 'aggregate in one rule and feed its result to another')
  binder.calls.aggregate.push(made)
  return { kind: 'slot', slot: made.slot, name: `${found.name}()`, type: typeOf(found, args), at: call.at }
}

function argument(binder: Binding, name: string, arg: Expr): BoundExpr {
  if (arg.kind !== 'star') return binder.bindRow(arg)
  return name === 'count' || name === 'inc_count' ? literal(true, 'boolean', arg.at) : starObject(binder, arg)
}

function typeOf(found: SqlFunction, args: readonly BoundExpr[]): BoundExpr['type'] {
  const type = resultType(found, args[0])
  return type === 'json' ? 'json' : type
}
