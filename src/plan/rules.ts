import type { PlanRule } from './plan-rule.ts'
import { commonSubexpressions } from './rules/common-subexpressions.ts'
import { dropFilter } from './rules/drop-filter.ts'
import { foldConstants } from './rules/fold-constants.ts'
import { incrementalAggregates } from './rules/incremental-aggregates.ts'
import { pushPredicate } from './rules/push-predicate.ts'

/** Applied once each, in this order: folding leaves constant filters and unread columns for the next ones. */
export const RULES: readonly PlanRule[] = [foldConstants, dropFilter, pushPredicate, commonSubexpressions, incrementalAggregates]
