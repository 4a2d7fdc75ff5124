import type { BoundExpr } from '../expression/bound.ts'
import { mapExpr } from '../expression/walk.ts'
import type { PlanNode, SourceNode } from './nodes.ts'

/** The plan with `change` applied to every expression, innermost first; shared parts stay shared. */
export function rewriteExprs(plan: PlanNode, change: (expr: BoundExpr) => BoundExpr): PlanNode {
  const seen = new Map<BoundExpr, BoundExpr>()
  const rewrite = (expr: BoundExpr): BoundExpr => mapExpr(expr, change, seen)
  const visit = (node: PlanNode): PlanNode => {
    switch (node.op) {
      case 'source':
        return node
      case 'filter':
        return { ...node, input: visit(node.input), predicate: rewrite(node.predicate) }
      case 'project':
        return { ...node, input: visit(node.input), exprs: node.exprs.map(rewrite) }
    }
  }
  return visit(plan)
}

/** The plan with every source replaced. */
export function rewriteSource(plan: PlanNode, change: (source: SourceNode) => SourceNode): PlanNode {
  return plan.op === 'source' ? change(plan) : { ...plan, input: rewriteSource(plan.input, change) }
}
