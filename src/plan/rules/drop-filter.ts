import type { PlanNode } from '../nodes.ts'
import type { PlanRule } from '../plan-rule.ts'

/** A filter that passes everything is left out. */
export const dropFilter: PlanRule = { name: 'drop-filter', apply: (plan) => withoutTrue(plan) }

function withoutTrue(plan: PlanNode): PlanNode {
  if (plan.op === 'source') return plan
  const input = withoutTrue(plan.input)
  const passes = plan.op === 'filter' && plan.predicate.kind === 'literal' && plan.predicate.value === true
  return passes ? input : { ...plan, input }
}
