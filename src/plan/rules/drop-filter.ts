import { mapPlan } from '../rewrite.ts'
import type { PlanRule } from '../plan-rule.ts'

/** A filter that passes everything is left out. */
export const dropFilter: PlanRule = {
  name: 'drop-filter',
  apply: (plan) =>
    mapPlan(plan, (node) =>
      node.op === 'filter' && node.predicate.kind === 'literal' && node.predicate.value === true ? node.input : node,
    ),
}
