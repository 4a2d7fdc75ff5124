import type { PlanEnv } from './environment.ts'
import type { PlanNode } from './nodes.ts'

/** What a rule may ask about the world. */
type RuleEnv = PlanEnv & { readonly eventTime: boolean }

/** One way to make a plan cheaper without changing what it answers. */
export interface PlanRule {
  readonly name: string
  apply(plan: PlanNode, env: RuleEnv): PlanNode
}
