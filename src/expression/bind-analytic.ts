import type { SqlFunction } from '../api/function.ts'
import type { Call, Expr } from '../sql/ast.ts'
import { checkCount, checkLiterals, resultType } from './arguments.ts'
import type { Binding } from './binding.ts'
import type { BoundExpr } from './bound.ts'
import { starParts, type StarPart } from './star.ts'

/** A call of a function that remembers rows: made once for each row, whoever reads its value. */
export function bindAnalytic(binder: Binding, call: Call, found: SqlFunction): BoundExpr {
  checkCount(binder, call, found)
  const parts = call.args.flatMap((arg) => partsOf(binder, arg))
  const args = parts.map(({ value }) => value)
  checkLiterals(binder, call, found, args)
  const over = call.over
  const [order] = over?.order ?? []
  if (order !== undefined) binder.problems.add(order, `ORDER BY in OVER of ${call.name}()`)
  const when = over?.when === undefined ? {} : { when: binder.bind(over.when) }
  const slot = binder.slots.computed()
  binder.calls.analytic.push({
    slot,
    function: found.name,
    args,
    names: parts.map(({ name }) => name),
    partition: (over?.partition ?? []).map((expr) => binder.bind(expr)),
    ...when,
  })
  return { kind: 'slot', slot, name: `${found.name}()`, type: resultType(found, args[0]), at: call.at }
}

function partsOf(binder: Binding, arg: Expr): readonly StarPart[] {
  if (arg.kind === 'star') return starParts(binder, arg)
  return [{ name: arg.kind === 'column' ? arg.name : '', value: binder.bind(arg) }]
}
