import { slotsOf } from '../../expression/walk.ts'
import type { PlanNode, WindowNode } from '../nodes.ts'
import type { PlanRule } from '../plan-rule.ts'
import { mapPlan } from '../rewrite.ts'

/** Windows that only see what WHERE passes, where time is that of the clock; the others count every row. */
const PUSHED = new Set<WindowNode['spec']['type']>(['tumbling', 'hopping', 'session', 'state'])

/**
 * WHERE moves below the window, as in eKuiper: a session then lasts from one matching row to the next, and windows without matching rows
 * are empty instead of absent. In event time, and above windows that count or slide, it stays where it is.
 */
export const pushPredicate: PlanRule = {
  name: 'push-predicate',
  apply: (plan, env) => (env.eventTime ? plan : mapPlan(plan, push)),
}

function push(node: PlanNode): PlanNode {
  if (node.op !== 'filter' || node.clause !== 'Where' || node.input.op !== 'window') return node
  const window = node.input
  const [input] = window.inputs
  if (input === undefined || window.inputs.length > 1 || !PUSHED.has(window.spec.type)) return node
  const bounds = new Set(window.bounds.map(({ slot }) => slot))
  if (slotsOf(node.predicate).some((slot) => bounds.has(slot))) return node
  return { ...window, inputs: [{ ...node, input }] }
}
