import type { AggregateNode, PlanNode, WindowNode, WindowSpec } from '../nodes.ts'
import type { PlanRule } from '../plan-rule.ts'
import { mapPlan } from '../rewrite.ts'
import { folds } from '../../expression/folding.ts'
import type { FunctionLookup } from '../../expression/functions.ts'

/**
 * Aggregates over a window are folded into it row by row, so that it keeps accumulators and no rows: always where all rows leave the
 * window at once, else when accumulators of parts can be added, or rows taken out again.
 */
export const incrementalAggregates: PlanRule = {
  name: 'incremental-aggregates',
  apply: (plan, { functions }) =>
    mapPlan(plan, (node) => (node.op === 'aggregate' && canFold(node, functions) ? { ...node, incremental: true } : node)),
}

function canFold(node: AggregateNode, functions: FunctionLookup): boolean {
  const window = windowBelow(node.input)
  if (window === undefined || window.inputs.length > 1 || node.rows === true) return false
  const leaving = leavingOf(window.spec)
  return node.calls.every((call) => folds(call, functions.find(call.function), leaving))
}

/** The window directly below, or below its WHERE. */
function windowBelow(node: PlanNode): WindowNode | undefined {
  if (node.op === 'window') return node
  return node.op === 'filter' && node.clause === 'Where' && node.input.op === 'window' ? node.input : undefined
}

function leavingOf(spec: WindowSpec): 'whole' | 'panes' | 'rows' {
  if (spec.type === 'hopping') return 'panes'
  return spec.type === 'sliding' || (spec.type === 'count' && spec.step < spec.length) ? 'rows' : 'whole'
}
