import type { DecodeColumn } from '../api/codec.ts'
import { PlutinoError } from '../base/errors.ts'
import { Binder, DEEPEST } from '../expression/bind.ts'
import type { BoundExpr } from '../expression/bound.ts'
import { literal } from '../expression/make.ts'
import { didYouMean, Problems } from '../expression/problems.ts'
import type { SlotLayout } from '../expression/slots.ts'
import { depthOf } from '../expression/walk.ts'
import type { Select } from '../sql/ast.ts'
import type { PlanEnv, PlanStream } from './environment.ts'
import type { PlanNode, ProjectNode, RulePlan, SourceNode } from './nodes.ts'
import { RULES } from './rules.ts'
import { type Output, SelectList } from './select-list.ts'
import { checkClauses } from './unsupported.ts'

/**
 * The plan of a SELECT. Throws `sql_invalid` or `sql_unsupported` for the first error of the text, with all independent others in
 * it; each has its position in `text` and, where a name is nearly right, a suggestion.
 */
export function planSelect(select: Select, env: PlanEnv, text: string): RulePlan {
  const problems = new Problems(text)
  checkClauses(select, problems)
  const stream = findStream(select, env, problems)
  if (stream === undefined || select.joins.length > 0) problems.throwIfAny()
  const project = bindSelect(select, { env, problems, stream: stream ?? { name: select.from.name } })
  const root = RULES.reduce<PlanNode>((plan, rule) => rule.apply(plan, env), project)
  return { root, sources: sourcesOf(root), output: project.schema }
}

/** Every source in the tree, in the order of FROM. */
function sourcesOf(plan: PlanNode): readonly SourceNode[] {
  return plan.op === 'source' ? [plan] : sourcesOf(plan.input)
}

function findStream({ from }: Select, env: PlanEnv, problems: Problems): PlanStream | undefined {
  const stream = env.stream(from.name)
  if (stream === undefined) {
    const hint = (): string | undefined => didYouMean(from.name, env.streamNames())
    problems.add(from, `fail to get stream ${from.name}, please check if stream is created`, hint)
  } else if (stream.table === true) problems.unsupported(from, 'reading from a table is')
  return stream
}

interface Binding {
  readonly env: PlanEnv
  readonly problems: Problems
  readonly stream: PlanStream
}

function bindSelect(select: Select, { env, problems, stream }: Binding): ProjectNode {
  const { alias } = select.from
  const scope = {
    name: stream.name,
    ...(alias === undefined ? {} : { alias }),
    ...(stream.columns === undefined ? {} : { columns: stream.columns }),
  }
  const binder = new Binder({ stream: scope, functions: env.functions, fields: select.fields }, problems)
  const outputs = new SelectList(binder, stream, env.options.sendNilField === true).bind(select.fields)
  const where = select.where === undefined ? undefined : binder.bind(select.where)
  problems.throwIfAny()
  const predicate = select.limit === 0 ? literal(false, 'boolean', select.at) : where
  const all = [...outputs.map(({ expr }) => expr), ...(predicate === undefined ? [] : [predicate])]
  if (depthOf(all) > DEEPEST)
    throw new PlutinoError('sql_invalid', `an expression may be at most ${DEEPEST} levels deep, with the aliases in it`)
  const { layout, exprs } = binder.slots.settle(all)
  return nodesOf({ stream, layout, outputs, exprs })
}

/** `exprs`: those of the outputs, then the predicate when there is one. */
function nodesOf(parts: {
  readonly stream: PlanStream
  readonly layout: SlotLayout
  readonly outputs: readonly Output[]
  readonly exprs: readonly BoundExpr[]
}): ProjectNode {
  const { outputs, exprs } = parts
  const source = sourceNode(parts.stream, parts.layout)
  const predicate = exprs[outputs.length]
  return {
    op: 'project',
    input: predicate === undefined ? source : { op: 'filter', input: source, predicate },
    exprs: exprs.slice(0, outputs.length),
    nulls: outputs.map(({ nulls }) => nulls),
    schema: { columns: outputs.map(({ column }) => column) },
  }
}

function sourceNode(stream: PlanStream, layout: SlotLayout): SourceNode {
  const columns = layout.columns.map((name): DecodeColumn => stream.columns?.find((column) => column.name === name) ?? { name })
  const { record, meta, time, width } = layout
  return { op: 'source', stream: stream.name, columns, record, meta, time, width }
}
