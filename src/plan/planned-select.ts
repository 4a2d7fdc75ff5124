import type { PlanNode, RulePlan } from './nodes.ts'

/** The plan of a SELECT before and after the rules that make it cheaper. */
export interface PlannedSelect {
  /** As the statement reads. */
  readonly composed: RulePlan
  readonly plan: RulePlan
  /** What each rule was given and what it made of it, in their order; slots are those of the statement. */
  readonly steps: readonly RewriteStep[]
}

export interface RewriteStep {
  readonly rule: string
  readonly before: PlanNode
  readonly after: PlanNode
}
