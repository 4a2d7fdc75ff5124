import type { PlanEnv } from './environment.ts'
import type { PlanNode } from './nodes.ts'
import { dropFilter } from './rules/drop-filter.ts'
import { foldConstants } from './rules/fold-constants.ts'
import { pruneSlots } from './rules/prune-slots.ts'

/** One way to make a plan cheaper without changing what it answers. */
export interface PlanRule {
  readonly name: string
  apply(plan: PlanNode, env: PlanEnv): PlanNode
}

/** Applied once each, in this order: folding leaves constant filters and unread columns for the next ones. */
export const RULES: readonly PlanRule[] = [foldConstants, dropFilter, pruneSlots]
