import type { Binder } from '../expression/bind.ts'
import type { BoundExpr } from '../expression/bound.ts'
import { isOverGroups } from '../expression/functions.ts'
import type { AggregateCall, Calls } from '../expression/calls.ts'
import type { Slots } from '../expression/slots.ts'
import type { Expr, Join, Select } from '../sql/ast.ts'
import { descendants } from '../sql/walk.ts'
import { checkAggregates } from './check-aggregates.ts'
import type { PlanOptions, PlanStream } from './environment.ts'
import type { OrderNode, WindowSpec } from './nodes.ts'
import { SelectList, type Outputs } from './select-list.ts'
import { windowSpec } from './window-spec.ts'

/** A statement whose names have a meaning, clause by clause. */
export interface BoundSelect {
  readonly outputs: Outputs
  readonly where?: BoundExpr
  /** Aggregates that stand in WHERE itself. */
  readonly whereCalls: readonly AggregateCall[]
  /** Conditions of ON, by join. */
  readonly on: readonly (BoundExpr | undefined)[]
  readonly window?: WindowSpec
  /** FILTER of the window. */
  readonly filter?: BoundExpr
  readonly groupBy: readonly BoundExpr[]
  readonly having?: BoundExpr
  readonly order: OrderNode['terms']
  readonly calls: Calls
  /** Rows are gathered into groups. */
  readonly aggregates: boolean
  /** Only HAVING has aggregates, over all rows of a result: when it is true, the rows stay as they are. */
  readonly rowsStay: boolean
}

/** What a plan is made of. */
export interface ComposeParts {
  readonly select: Select
  readonly bound: BoundSelect
  readonly slots: Slots
  readonly streams: readonly PlanStream[]
  readonly eventTime: boolean
}

/** Binds the clauses of a statement; problems go to those of the binder. */
export function bindSelect(select: Select, binder: Binder, options: PlanOptions): BoundSelect {
  const grouped = isAggregate(select, binder)
  const rowsStay = grouped && onlyInHaving(select, binder)
  const level = <T>(step: () => T): T => (grouped && !rowsStay ? binder.forGroups(step) : step())
  const outputs = level(() => new SelectList(binder, options.sendNilField === true).bind(select.fields))
  const on = select.joins.map((join) => condition(join, binder))
  const before = binder.calls.aggregate.length
  const where = maybe('where', select.where, (expr) => binder.bindRow(expr))
  const whereCalls = binder.calls.aggregate.slice(before)
  const window = select.window === undefined ? {} : { window: windowSpec(select.window, binder, binder.problems) }
  const filter = maybe('filter', select.window?.filter, (expr) => binder.bindRow(expr))
  const groupBy = select.groupBy.map((expr) => binder.bindRow(expr))
  const having = maybe('having', select.having, (expr) => (grouped ? binder.forGroups(() => binder.bind(expr)) : binder.bind(expr)))
  const order = select.orderBy.map(({ expr, descending }) => ({ expr: level(() => binder.bind(expr)), descending }))
  const bound = {
    outputs,
    ...where,
    whereCalls,
    on,
    ...window,
    ...filter,
    groupBy,
    ...having,
    order,
    calls: binder.calls,
    aggregates: grouped,
    rowsStay,
  }
  checkAggregates(select, bound, binder)
  return bound
}

/** GROUP BY of something, or an aggregate anywhere. State windows ignore GROUP BY. */
function isAggregate(select: Select, binder: Binder): boolean {
  if (select.groupBy.length > 0 && select.window?.type !== 'state') return true
  const places = [
    ...select.fields.map(({ expr }) => expr),
    ...select.orderBy.map(({ expr }) => expr),
    ...(select.having === undefined ? [] : [select.having]),
  ]
  return binder.hasAggregate(places)
}

/** As eKuiper: `SELECT * … HAVING count(*) > 3` gives the rows of the windows that hold more than three. */
function onlyInHaving({ fields, groupBy, having, joins, orderBy, window }: Select, binder: Binder): boolean {
  if (having === undefined || (window === undefined && joins.length === 0)) return false
  if (groupBy.length > 0 && window?.type !== 'state') return false
  if (binder.hasAggregate([...fields, ...orderBy].map(({ expr }) => expr))) return false
  // What counts results, or is in a plugin, is asked once for a result.
  const calls = [...descendants([having])].flatMap((expr) => (expr.kind === 'call' ? [binder.functions.find(expr.name)] : []))
  return calls.every((found) => !isOverGroups(found) || found?.kind === 'aggregate')
}

function condition(join: Join, binder: Binder): BoundExpr | undefined {
  return join.on === undefined ? undefined : binder.bindRow(join.on)
}

function maybe<K extends string>(key: K, expr: Expr | undefined, bind: (expr: Expr) => BoundExpr): { readonly [key in K]?: BoundExpr } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object with the one key K
  return expr === undefined ? {} : ({ [key]: bind(expr) } as { [key in K]: BoundExpr })
}
