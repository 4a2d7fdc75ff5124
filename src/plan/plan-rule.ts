import type { PlanEnv } from './environment.ts'
import type { PlanNode } from './nodes.ts'

/** One way to make a plan cheaper without changing what it answers. */
export interface PlanRule {
  readonly name: string
  apply(plan: PlanNode, env: PlanEnv): PlanNode
}
