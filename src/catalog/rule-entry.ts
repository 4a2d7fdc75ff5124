import type { PlutinoError } from '../base/errors.ts'
import { describe } from '../runtime/error-path.ts'
import type { Rule } from '../runtime/rule.ts'
import type { RuleState, RuleStatus } from '../runtime/spec.ts'
import type { RuleDefinition } from './rule-definition.ts'
import type { RuleUses } from './rule-spec.ts'

/** A rule of the catalog: its text, what the text says, and the rule that runs. */
export interface RuleEntry {
  readonly rule: Rule
  text: string
  definition: RuleDefinition
  uses: RuleUses
  /** It shall run: it is started again when the server starts. */
  triggered: boolean
  /** Why it could not be started the last time, although it shall run. */
  failure: PlutinoError | undefined
}

/** One element of `GET /rules`. */
export interface RuleSummary {
  readonly id: string
  readonly name: string
  readonly status: RuleState
  readonly version: string
  readonly trace: boolean
  readonly tags: readonly string[] | null
}

export interface RuleHealth {
  readonly status: RuleState
  readonly last_exception: string
  readonly exceptions_total: number
}

function stateOf({ rule, failure }: RuleEntry): RuleState {
  return failure === undefined ? rule.state : 'stopped by error'
}

export function summaryOf(entry: RuleEntry): RuleSummary {
  const { id, name, version, tags } = entry.definition
  return { id, name, status: stateOf(entry), version, trace: false, tags }
}

export function healthOf(entry: RuleEntry): RuleHealth {
  const { rule, failure } = entry
  return {
    status: stateOf(entry),
    last_exception: failure === undefined ? rule.lastError : describe(failure),
    exceptions_total: rule.errorCount,
  }
}

export function statusOf({ rule, failure }: RuleEntry): RuleStatus {
  const status = rule.status()
  return failure === undefined ? status : { ...status, status: 'stopped by error', message: describe(failure) }
}
