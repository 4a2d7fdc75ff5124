import { inputsOf, type PlanNode, type RulePlan } from './nodes.ts'

/** How status and topology call a node. */
const KINDS: Readonly<Record<PlanNode['op'], string>> = {
  source: 'source',
  filter: 'filter',
  analytic: 'analytic',
  callBatch: 'call_batch',
  window: 'window',
  join: 'join',
  lookup: 'lookup',
  aggregate: 'aggregate',
  number: 'windowFunc',
  dedup: 'dedup_trigger',
  order: 'order',
  project: 'project',
  distinct: 'distinct',
  expand: 'expand',
  limit: 'limit',
}

/**
 * Names of the nodes of a plan as status and topology show them, inputs first: `op_2_filter`, `op_3_project`. `first` is their first
 * number: 3 behind a decoder, which is a node of its own.
 */
export function nodeNames(plan: RulePlan, first: number = 2): ReadonlyMap<PlanNode, string> {
  const names = new Map<PlanNode, string>()
  const visit = (node: PlanNode): void => {
    for (const input of inputsOf(node)) visit(input)
    if (node.op !== 'source')
      names.set(node, `op_${first + names.size}_${node.op === 'filter' && node.clause === 'Having' ? 'having' : KINDS[node.op]}`)
  }
  visit(plan.root)
  return names
}
