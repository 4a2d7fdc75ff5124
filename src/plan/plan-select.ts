import { PlutinoError } from '../base/errors.ts'
import { Binder, DEEPEST } from '../expression/bind.ts'
import type { BoundExpr } from '../expression/bound.ts'
import { literal } from '../expression/make.ts'
import { didYouMean, Problems } from '../expression/problems.ts'
import { depthOf } from '../expression/walk.ts'
import { placeOf } from '../expression/functions.ts'
import type { Select, SourceRef } from '../sql/ast.ts'
import { type PlaceRules, validateSelect } from '../sql/validate-select.ts'
import { type BoundSelect, bindSelect } from './bound-select.ts'
import { checkClauses } from './check-clauses.ts'
import { checkJoins } from './check-joins.ts'
import { compose } from './compose.ts'
import type { PlanEnv, PlanStream } from './environment.ts'
import { layOut } from './layout.ts'
import type { PlannedSelect, RewriteStep } from './planned-select.ts'
import { withMeta } from './meta-output.ts'
import type { PlanRule } from './plan-rule.ts'
import { inputsOf, type PlanNode, type RulePlan, type SourceNode } from './nodes.ts'
import { exprsOf } from './rewrite.ts'
import { withRowMarks } from './row-marks.ts'
import { RULES } from './rules.ts'

/**
 * The plan of a SELECT. Throws `sql_invalid` or `sql_unsupported` for the first error of the text, with all independent others in
 * it; each has its position in `text` and, where a name is nearly right, a suggestion.
 */
export function planSelect(select: Select, env: PlanEnv, text: string): RulePlan {
  return planWithSteps(select, env, text).plan
}

/** As `planSelect`, with the plan as the statement reads and what changed it. */
export function planWithSteps(select: Select, env: PlanEnv, text: string): PlannedSelect {
  const problems = new Problems(text)
  const refs = [select.from, ...select.joins.map(({ source }) => source)]
  const streams = refs.map((ref) => findStream(ref, env, problems))
  validateSelect(select, placeRules(env, problems))
  checkClauses(select, streams, problems)
  if (refs.length > 1) problems.throwIfAny()
  const binder = binderOf({ select, refs, streams }, env, problems)
  const plain = bindSelect(select, binder, env.options)
  const bound = env.options.sendMeta === true ? withMeta(select, plain, binder.slots) : plain
  problems.throwIfAny()
  checkJoins({ select, bound, streams, slots: binder.slots }, problems)
  const eventTime = env.options.isEventTime === true
  if (eventTime) checkEventTime({ select, refs, streams }, problems)
  problems.throwIfAny()
  const composed = compose({ select, bound: withoutRows(select, bound), slots: binder.slots, streams, eventTime })
  refuseDeep(composed)
  const finish = (node: PlanNode): RulePlan => rulePlan(layOut(node, { slots: binder.slots, streams }), streams, eventTime)
  const steps = rewritten(composed, { ...env, eventTime })
  const last = steps.at(-1)?.after ?? composed
  return { composed: finish(composed), plan: finish(env.options.marked === true ? withRowMarks(last, binder.slots) : last), steps }
}

function rewritten(composed: PlanNode, env: Parameters<PlanRule['apply']>[1]): readonly RewriteStep[] {
  const steps: RewriteStep[] = []
  for (const rule of RULES) {
    const before = steps.at(-1)?.after ?? composed
    steps.push({ rule: rule.name, before, after: rule.apply(before, env) })
  }
  return steps
}

function placeRules({ functions }: PlanEnv, problems: Problems): PlaceRules {
  return {
    placeOf: (name) => placeOf(functions.find(name)),
    report: (node, message, hint) => {
      problems.add(node, message, hint)
    },
  }
}

function rulePlan(root: PlanNode, streams: readonly PlanStream[], eventTime: boolean): RulePlan {
  const lookups = streams.flatMap(({ name, table }) => (table === 'lookup' ? [name] : []))
  return { root, sources: sourcesOf(root).toSorted((a, b) => a.place - b.place), lookups, output: outputOf(root), eventTime }
}

function sourcesOf(plan: PlanNode): readonly SourceNode[] {
  return plan.op === 'source' ? [plan] : inputsOf(plan).flatMap(sourcesOf)
}

function outputOf(plan: PlanNode): RulePlan['output'] {
  if (plan.op === 'project' || plan.op === 'expand') return plan.schema
  if (plan.op === 'distinct' || plan.op === 'limit') return outputOf(plan.input)
  throw new Error(`a plan ends in a projection, not in ${plan.op}`)
}

function findStream(ref: SourceRef, env: PlanEnv, problems: Problems): PlanStream {
  const stream = env.stream(ref.name)
  if (stream !== undefined) return stream
  const hint = (): string | undefined => didYouMean(ref.name, env.streamNames())
  problems.add(ref, `fail to get stream ${ref.name}, please check if stream is created`, hint)
  return { name: ref.name }
}

interface Sources {
  readonly select: Select
  readonly refs: readonly SourceRef[]
  readonly streams: readonly PlanStream[]
}

function binderOf({ select, refs, streams }: Sources, env: PlanEnv, problems: Problems): Binder {
  const unread = unreadOf(select, streams)
  const scopes = streams.map((stream, i) => {
    const alias = refs[i]?.alias
    const columns = stream.columns === undefined ? {} : { columns: stream.columns }
    // As eKuiper: what is joined from the right stands before what it is joined to.
    const first = select.joins[i - 1]?.type === 'RIGHT'
    return { name: stream.name, first, ...(alias === undefined ? {} : { alias }), ...columns, unread }
  })
  return new Binder({ streams: scopes, functions: env.functions, fields: select.fields, windowed: select.window !== undefined }, problems)
}

/** As eKuiper: in a join of sources that all have a schema, columns that `* EXCEPT` names are not decoded and null also where ON or WHERE reads them. */
function unreadOf({ fields }: Select, streams: readonly PlanStream[]): readonly string[] {
  if (streams.length < 2 || streams.some(({ columns }) => columns === undefined)) return []
  return fields.flatMap(({ expr }) => (expr.kind === 'star' ? expr.except : []))
}

function checkEventTime({ select, refs, streams }: Sources, problems: Problems): void {
  if (select.window?.type === 'count') {
    const hint = 'in event time a window is one of time, or a STATEWINDOW'
    problems.add(select.window, 'unsupported window type: COUNTWINDOW in a rule with isEventTime', hint)
  }
  streams.forEach((stream, i) => {
    const ref = refs[i]
    if (ref === undefined || stream.table !== undefined || stream.timestamp !== undefined) return
    const message = `preprocessor is set to be event time but stream option TIMESTAMP not found for stream ${stream.name}`
    problems.add(ref, message, 'add TIMESTAMP="<column>" to the WITH of the stream')
  })
}

/** Without a window LIMIT 0 lets nothing pass, not even a row that would fail. */
function withoutRows(select: Select, bound: BoundSelect): BoundSelect {
  if (select.limit !== 0 || select.window !== undefined) return bound
  return { ...bound, where: literal(false, 'boolean', select.at) }
}

function refuseDeep(plan: PlanNode): void {
  if (depthOf(allExprs(plan)) <= DEEPEST) return
  throw new PlutinoError('sql_invalid', `an expression may be at most ${DEEPEST} levels deep, with the aliases in it`)
}

function allExprs(plan: PlanNode): readonly BoundExpr[] {
  return [...exprsOf(plan), ...inputsOf(plan).flatMap(allExprs)]
}
