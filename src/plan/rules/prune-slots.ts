import type { BoundExpr } from '../../expression/bound.ts'
import { rewriteExprs, rewriteSource } from '../rewrite.ts'
import type { PlanNode, SourceNode } from '../nodes.ts'
import type { PlanRule } from '../plan-rule.ts'

/** Sources decode only what some expression still reads. */
export const pruneSlots: PlanRule = {
  name: 'prune-slots',
  apply(plan) {
    if (plan.op !== 'project') return plan
    const used = usedSlots(plan)
    const slots = [...used].toSorted((a, b) => a - b)
    const moved = new Map(slots.map((slot, i) => [slot, i]))
    const move = (expr: BoundExpr): BoundExpr => (expr.kind === 'slot' ? { ...expr, slot: moved.get(expr.slot) ?? expr.slot } : expr)
    return rewriteSource(rewriteExprs(plan, move), (source) => prune(source, used))
  },
}

function usedSlots(plan: PlanNode): ReadonlySet<number> {
  const used = new Set<number>()
  rewriteExprs(plan, (expr) => {
    if (expr.kind === 'slot') used.add(expr.slot)
    return expr
  })
  return used
}

/** The order of slots is: columns, the record, metadata, the time. */
function prune(source: SourceNode, used: ReadonlySet<number>): SourceNode {
  const recordAt = source.columns.length
  const metaAt = recordAt + (source.record ? 1 : 0)
  const timeAt = metaAt + source.meta.length
  return {
    ...source,
    columns: source.columns.filter((_, i) => used.has(i)),
    record: source.record && used.has(recordAt),
    meta: source.meta.filter((_, i) => used.has(metaAt + i)),
    time: source.time && used.has(timeAt),
    width: used.size,
  }
}
