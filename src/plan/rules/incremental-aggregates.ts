import type { AggregateNode, PlanNode, WindowNode, WindowSpec } from '../nodes.ts'
import type { PlanRule } from '../plan-rule.ts'
import { mapPlan } from '../rewrite.ts'
import type { FunctionLookup } from '../../expression/functions.ts'

/**
 * Aggregates over a window are folded into it row by row, so that it keeps accumulators and no rows: always where all rows leave the
 * window at once, else when accumulators of parts can be added.
 */
export const incrementalAggregates: PlanRule = {
  name: 'incremental-aggregates',
  apply: (plan, { functions }) =>
    mapPlan(plan, (node) => (node.op === 'aggregate' && canFold(node, functions) ? { ...node, incremental: true } : node)),
}

function canFold(node: AggregateNode, functions: FunctionLookup): boolean {
  const window = windowBelow(node.input)
  if (window === undefined || window.inputs.length > 1) return false
  // Those of plugins wait, and a window does not.
  if (!node.calls.every((call) => functions.find(call.function)?.kind === 'aggregate')) return false
  return leavesWhole(window.spec) || node.calls.every((call) => !call.distinct && merges(call.function, functions))
}

/** The window directly below, or below its WHERE. */
function windowBelow(node: PlanNode): WindowNode | undefined {
  if (node.op === 'window') return node
  return node.op === 'filter' && node.clause === 'Where' && node.input.op === 'window' ? node.input : undefined
}

function leavesWhole(spec: WindowSpec): boolean {
  if (spec.type === 'count') return spec.step === spec.length
  return spec.type !== 'hopping' && spec.type !== 'sliding'
}

function merges(name: string, functions: FunctionLookup): boolean {
  const found = functions.find(name)
  return found?.kind === 'aggregate' && found.merge !== undefined
}
