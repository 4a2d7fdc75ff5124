import { valueKey } from '../../data/compare.ts'
import type { BoundExpr } from '../../expression/bound.ts'
import type { AggregateCall } from '../../expression/calls.ts'
import type { FunctionLookup } from '../../expression/functions.ts'
import { childrenOf } from '../../expression/walk.ts'
import { mapPlan, rewriteExprs } from '../rewrite.ts'
import type { PlanNode } from '../nodes.ts'
import type { PlanRule } from '../plan-rule.ts'

/** What is written twice is computed once: equal expressions become one, of which generated code keeps the value; equal aggregates share a slot. */
export const commonSubexpressions: PlanRule = {
  name: 'common-subexpressions',
  apply: (plan, env) => shareAggregates(shareExpressions(plan, new Interned(env.functions))),
}

/** Equal expressions by what they compute; calls whose value may change from call to call are never equal. */
class Interned {
  readonly #functions: FunctionLookup
  readonly #known = new Map<string, BoundExpr>()
  readonly #numbers = new Map<BoundExpr, number>()

  constructor(functions: FunctionLookup) {
    this.#functions = functions
  }

  /** The one that stands for all that are equal to `expr`, whose parts have been looked up before. */
  of(expr: BoundExpr): BoundExpr {
    if (expr.kind === 'call' && this.#functions.find(expr.name)?.pure !== true) return expr
    const parts = childrenOf(expr).map((child) => this.#numberOf(child))
    const key = `${expr.kind} ${expr.type} ${ownKey(expr)} ${parts.join(' ')}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#known.set(key, expr)
    return expr
  }

  #numberOf(expr: BoundExpr): number {
    let number = this.#numbers.get(expr)
    if (number === undefined) this.#numbers.set(expr, (number = this.#numbers.size))
    return number
  }
}

function shareExpressions(plan: PlanNode, interned: Interned): PlanNode {
  return rewriteExprs(plan, (expr) => interned.of(expr))
}

/** What distinguishes an expression beside its parts. */
function ownKey(expr: BoundExpr): string {
  switch (expr.kind) {
    case 'literal':
      return `${typeof expr.value} ${valueKey(expr.value)}`
    case 'slot':
      return String(expr.slot)
    case 'unary':
    case 'binary':
      return expr.op
    case 'isNull':
    case 'like':
    case 'between':
      return String(expr.negated)
    case 'in':
      return `${expr.negated} ${expr.array === undefined}`
    case 'case':
      return `${expr.operand === undefined} ${expr.whens.length} ${expr.otherwise === undefined}`
    case 'member':
    case 'call':
      return JSON.stringify(expr.name)
    case 'slice':
      return `${expr.from === undefined} ${expr.to === undefined}`
    case 'record':
      return JSON.stringify([expr.except, expr.replace.map(({ name }) => name)])
    case 'object':
      return JSON.stringify(expr.names)
    case 'index':
    case 'firstPresent':
      return ''
  }
}

function shareAggregates(plan: PlanNode): PlanNode {
  const moved = new Map<number, number>()
  const shared = mapPlan(plan, (node) => {
    if (node.op !== 'aggregate') return node
    const kept: AggregateCall[] = []
    for (const call of node.calls) {
      const twin = kept.find((other) => isSame(call, other))
      if (twin === undefined) kept.push(call)
      else moved.set(call.slot, twin.slot)
    }
    return { ...node, calls: kept }
  })
  if (moved.size === 0) return plan
  return rewriteExprs(shared, (expr) => (expr.kind === 'slot' ? { ...expr, slot: moved.get(expr.slot) ?? expr.slot } : expr))
}

function isSame(a: AggregateCall, b: AggregateCall): boolean {
  return (
    a.function === b.function &&
    a.distinct === b.distinct &&
    a.filter === b.filter &&
    a.args.length === b.args.length &&
    a.args.every((arg, i) => arg === b.args[i])
  )
}
