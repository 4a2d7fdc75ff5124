import type { PlanNode, RulePlan } from './nodes.ts'

/**
 * Names of the nodes of a plan as status and topology show them, from the source on: `op_2_filter`, `op_3_project`. `first` is their
 * first number: 3 behind a decoder, which is a node of its own.
 */
export function nodeNames(plan: RulePlan, first: number = 2): readonly string[] {
  return kindsOf(plan.root).map((kind, i) => `op_${i + first}_${kind}`)
}

function kindsOf(node: PlanNode): readonly string[] {
  return node.op === 'source' ? [] : [...kindsOf(node.input), node.op]
}
