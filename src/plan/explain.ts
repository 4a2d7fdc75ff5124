import type { BoundExpr } from '../expression/bound.ts'
import { keptState } from './kept-state.ts'
import { inputsOf, type PlanNode, type RulePlan } from './nodes.ts'
import { parallelismOf, type ParallelismWorld } from './parallelism.ts'
import type { PlannedSelect } from './planned-select.ts'
import { printExpr } from './print-expr.ts'

/**
 * The plan as text: one `{"op":"ProjectPlan_0","info":"…"}` a line, the last step first, what feeds it below and one tab further in.
 * A source says which columns it decodes, a step with state what it keeps.
 */
export function explain(plan: RulePlan): string {
  return textOf(plan.root)
}

/** As `explain`, and a last line: how the rule could be shared between tasks, what was pushed down, and which rules changed the plan. */
export function explainSelect({ plan, steps }: PlannedSelect, world: ParallelismWorld): string {
  const { class: parallelism, because } = parallelismOf(plan, world)
  const rules = steps.filter(({ before, after }) => textOf(before) !== textOf(after)).map(({ rule }) => rule)
  const summary = { parallelism, because, pushedDown: pushedDown(plan.root, undefined), rules }
  return `${explain(plan)}\n${JSON.stringify(summary)}`
}

function textOf(node: PlanNode): string {
  return linesOf(node, 0).join('\n')
}

function linesOf(node: PlanNode, depth: number, above?: PlanNode): readonly string[] {
  const state = keptState(node, above)
  const line = { op: `${titleOf(node)}_${depth}`, info: infoOf(node), ...(state === undefined ? {} : { state }) }
  return [`${'\t'.repeat(depth)}${JSON.stringify(line)}`, ...inputsOf(node).flatMap((input) => linesOf(input, depth + 1, node))]
}

/** Conditions of WHERE that stand below a window or a join, where no statement puts them. */
function pushedDown(node: PlanNode, above: 'window' | 'join' | undefined): readonly string[] {
  const own =
    node.op === 'filter' && node.clause === 'Where' && above !== undefined ? [`WHERE ${printExpr(node.predicate)} below the ${above}`] : []
  const next = node.op === 'window' || node.op === 'join' ? (above ?? node.op) : above
  return [...own, ...inputsOf(node).flatMap((input) => pushedDown(input, next))]
}

/** The names that clients of eKuiper know, where it has the step. */
const TITLES: Readonly<Record<PlanNode['op'], string>> = {
  source: 'DataSourcePlan',
  filter: 'FilterPlan',
  analytic: 'AnalyticFuncsPlan',
  callBatch: 'CallBatchPlan',
  window: 'WindowPlan',
  join: 'JoinPlan',
  lookup: 'LookupPlan',
  aggregate: 'AggregatePlan',
  number: 'WindowFuncPlan',
  dedup: 'DedupTriggerPlan',
  order: 'OrderPlan',
  project: 'ProjectPlan',
  distinct: 'DistinctPlan',
  expand: 'ProjectSetPlan',
  limit: 'LimitPlan',
}

function titleOf(node: PlanNode): string {
  return node.op === 'filter' && node.clause === 'Having' ? 'HavingPlan' : TITLES[node.op]
}

type Of<Op extends PlanNode['op']> = Extract<PlanNode, { readonly op: Op }>

function infoOf(node: PlanNode): string {
  switch (node.op) {
    case 'source':
      return sourceInfo(node)
    case 'filter':
      return `Condition:{ ${printExpr(node.predicate)} }`
    case 'project':
      return `Fields:[ ${fieldsOf(node).join(', ')} ]`
    case 'order':
      return `SortFields:[ ${node.terms.map(({ expr, descending }) => `${printExpr(expr)} ${descending ? 'DESC' : 'ASC'}`).join(', ')} ]`
    case 'expand':
      return `${node.function}:${node.schema.columns[node.slot]?.name ?? ''}${node.limit === undefined ? '' : `, limit:${node.limit}`}`
    case 'limit':
      return `limit:${node.count}`
    case 'distinct':
      return ''
    case 'window':
      return windowInfo(node)
    case 'join':
    case 'lookup':
      return joinInfo(node)
    case 'analytic':
    case 'callBatch':
    case 'aggregate':
    case 'number':
      return callInfo(node)
    case 'dedup':
      return node.calls.map(({ start, end, now, expire }) => `dedup_trigger(${listOf([start, end, now])}, ${expire / 1000})`).join(', ')
  }
}

function fieldsOf(node: Of<'project'>): readonly string[] {
  return node.exprs.map((expr, i) => {
    const name = node.schema.columns[i]?.name ?? ''
    const text = printExpr(expr)
    return text === name || node.schema.columns[i]?.spread === true ? text : `${text} AS ${name}`
  })
}

function sourceInfo({ stream, columns, record, meta, time, timestamp, retain }: Of<'source'>): string {
  const decoded = columns.map(({ name, type }) => (type === undefined ? name : `${name} ${type.kind}`))
  const fields = record ? [...decoded, '*'] : decoded
  const parts = [`StreamName: ${stream}`, `StreamFields:[ ${fields.join(', ')} ]`]
  if (meta.length > 0) parts.push(`Meta:[ ${meta.join(', ')} ]`)
  if (timestamp !== undefined) parts.push(`Timestamp: ${timestamp}`)
  else if (time) parts.push('ReceivedAt')
  if (retain !== undefined) parts.push(`Retain: ${retain === Number.MAX_SAFE_INTEGER ? 'all' : retain}`)
  return parts.join(', ')
}

function windowInfo({ spec, omitEmpty }: Of<'window'>): string {
  const parts = [`windowType:${spec.type.toUpperCase()}_WINDOW`]
  for (const [name, value] of Object.entries(spec)) if (typeof value === 'number') parts.push(`${name}:${value}`)
  if (spec.type === 'sliding' && spec.when !== undefined) parts.push(`when:{ ${printExpr(spec.when)} }`)
  if (spec.type === 'state') {
    parts.push(`begin:{ ${printExpr(spec.begin)} }`)
    if (spec.emit !== undefined) parts.push(`emit:{ ${printExpr(spec.emit)} }`)
    if (spec.partition.length > 0) parts.push(`partition:[ ${listOf(spec.partition)} ]`)
  }
  if (omitEmpty) parts.push('omitEmpty')
  return `{ ${parts.join(', ')} }`
}

function joinInfo(node: Of<'join' | 'lookup'>): string {
  const on = (equal: readonly string[], rest: BoundExpr | undefined): string =>
    [...equal, ...(rest === undefined ? [] : [printExpr(rest)])].join(' AND ')
  if (node.op === 'lookup') {
    const keys = node.keys.map(({ column, value }) => `${column} = ${printExpr(value)}`)
    return `${node.type} ${node.table} ON { ${on(keys, node.on)} }, fields:[ ${[...node.columns.map(({ name }) => name), ...(node.record ? ['*'] : [])].join(', ')} ]`
  }
  const steps = node.steps.map(({ type, equal, on: rest }) => {
    const pairs = equal.map(({ left, right }) => `${printExpr(left)} = ${printExpr(right)}`)
    return `${type} ON { ${on(pairs, rest)} }`
  })
  return `Joins:[ ${steps.join(', ')} ]`
}

function callInfo(node: Of<'analytic' | 'callBatch' | 'aggregate' | 'number'>): string {
  switch (node.op) {
    case 'callBatch':
      return `Calls:[ ${node.calls.map(({ function: name, args }) => `${name}(${listOf(args)})`).join(', ')} ]`
    case 'number':
      return `Calls:[ ${node.calls.map(({ partition }) => `row_number()${partition.length === 0 ? '' : ` by ${listOf(partition)}`}`).join(', ')} ]`
    case 'analytic':
      return `Calls:[ ${node.calls.map((call) => `${call.function}(${listOf(call.args)})${overOf(call)}`).join(', ')} ]`
    case 'aggregate': {
      const calls = node.calls.map(({ function: name, args, distinct, filter }) => {
        const only = filter === undefined ? '' : ` filter ${printExpr(filter)}`
        return `${name}(${distinct ? 'distinct ' : ''}${listOf(args)})${only}`
      })
      const mode = node.rows === true ? ', beside the rows' : node.each ? ', each row' : node.incremental ? ', incremental' : ''
      return `Dimension:{ ${listOf(node.groupBy)} }, Calls:[ ${calls.join(', ')} ]${mode}`
    }
  }
}

function overOf({ partition, when }: { readonly partition: readonly BoundExpr[]; readonly when?: BoundExpr }): string {
  const by = partition.length === 0 ? '' : ` by ${listOf(partition)}`
  return when === undefined ? by : `${by} when ${printExpr(when)}`
}

function listOf(exprs: readonly BoundExpr[]): string {
  return exprs.map(printExpr).join(', ')
}
