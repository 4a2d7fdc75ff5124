import type { Binder } from '../expression/bind.ts'
import type { BoundExpr } from '../expression/bound.ts'
import { childrenOf, slotsOf } from '../expression/walk.ts'
import type { Select } from '../sql/ast.ts'
import { descendants } from '../sql/walk.ts'

interface Clauses {
  readonly where?: BoundExpr
  readonly on: readonly (BoundExpr | undefined)[]
  readonly groupBy: readonly BoundExpr[]
  readonly having?: BoundExpr
}

/** Reports aggregates where there are no groups yet, and rows where there are only groups. */
export function checkAggregates(select: Select, bound: Clauses, binder: Binder): void {
  const { calls, problems } = binder
  const known = new Set([...calls.aggregate, ...calls.analytic.filter(({ over }) => over === 'groups')].map(({ slot }) => slot))
  const aggregates = (expr: BoundExpr | undefined): boolean => expr !== undefined && slotsOf(expr).some((slot) => known.has(slot))
  if (select.where !== undefined && aggregates(bound.where)) checkWhere(select, select.where, binder)
  select.groupBy.forEach((expr, i) => {
    if (aggregates(bound.groupBy[i]) && !binder.hasAggregate([expr]))
      problems.add(expr, 'Not allowed to call aggregate functions in GROUP BY clause')
  })
  select.joins.forEach((join, i) => {
    if (join.on !== undefined && aggregates(bound.on[i])) problems.add(join.on, 'an aggregate in the condition of a join')
  })
  if (select.having !== undefined && bound.having !== undefined) checkHaving(select.having, bound.having, binder)
}

function checkWhere({ window }: Select, where: NonNullable<Select['where']>, { problems }: Binder): void {
  if (window === undefined) {
    const hint = 'add a window such as TUMBLINGWINDOW(ss, 10) to GROUP BY and write HAVING'
    problems.add(where, 'aggregates in WHERE without a window', hint)
  } else if (window.type !== 'count') problems.add(where, 'aggregates in WHERE', 'did you mean "HAVING"?')
}

/** As eKuiper: conditions on groups are made of aggregates, constants and what the window knows about itself. */
function checkHaving(having: NonNullable<Select['having']>, bound: BoundExpr, { calls, problems }: Binder): void {
  const ofGroups = [...calls.aggregate, ...calls.bounds, ...calls.analytic.filter(({ over }) => over === 'groups')]
  const allowed = new Set(ofGroups.map(({ slot }) => slot))
  const open = [bound]
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    const { at } = expr
    if (expr.kind === 'slot' && !allowed.has(expr.slot)) {
      const node = [...descendants([having])].find((part) => part.at === at && part.kind !== 'binary') ?? having
      problems.add(
        node,
        `Not allowed to call non-aggregate functions in HAVING clause: ${expr.name}`,
        'write conditions on rows into WHERE',
      )
    }
    open.push(...childrenOf(expr))
  }
}
