import type { BoundExpr } from '../expression/bound.ts'
import type { AggregateCall } from '../expression/calls.ts'
import { slotsOf } from '../expression/walk.ts'
import type { Select } from '../sql/ast.ts'
import type { BoundSelect, ComposeParts } from './bound-select.ts'
import { composeJoins } from './compose-joins.ts'
import type { PlanStream } from './environment.ts'
import type { PlanNode, ProjectNode, SourceNode } from './nodes.ts'
import { callStages, withCalls } from './call-stages.ts'

/** The plan of a statement in the order in which SQL reads, before any rewriting; slots are still those of the statement. */
export function compose(parts: ComposeParts): PlanNode {
  const { select, bound } = parts
  const stages = callStages(parts)
  const inputs = parts.streams.map((stream, place) => {
    const source = sourceNode(stream, place, parts.eventTime)
    return withCalls(source, stages.rows[place] ?? [])
  })
  const where = (input: PlanNode): PlanNode => filtered(withCalls(input, stages.where), bound.where, 'Where')
  const whereOnGroups = bound.where !== undefined && readsGroups(bound.where, bound)
  let node = withAggregates(withCalls(composeJoins(parts, inputs), stages.joined), whereOnGroups ? [] : callsOf(bound.where, bound))
  if (!whereOnGroups) node = where(node)
  const calls = whereOnGroups ? bound.calls.aggregate : bound.calls.aggregate.filter((call) => !bound.whereCalls.includes(call))
  if (bound.aggregates) node = bound.rowsStay ? withAggregates(node, calls) : aggregate(node, calls, parts)
  if (whereOnGroups) node = where(node)
  node = filtered(withCalls(node, stages.having), bound.having, 'Having')
  if (bound.calls.number.length > 0) node = { op: 'number', input: node, calls: bound.calls.number, width: 0 }
  node = withCalls(node, stages.last)
  if (bound.order.length > 0) node = { op: 'order', input: node, terms: bound.order, width: 0 }
  if (bound.calls.dedup.length > 0) node = { op: 'dedup', input: node, calls: bound.calls.dedup, width: 0 }
  return finish(project(node, bound), select, bound)
}

function filtered(input: PlanNode, predicate: BoundExpr | undefined, clause: 'Where' | 'Having'): PlanNode {
  return predicate === undefined ? input : { op: 'filter', input, predicate, clause, width: 0 }
}

function sourceNode(stream: PlanStream, place: number, eventTime: boolean): SourceNode {
  const timestamp = eventTime && stream.table === undefined && stream.timestamp !== undefined ? { timestamp: stream.timestamp } : {}
  const retain = stream.table === 'scan' ? { retain: stream.retain ?? Number.MAX_SAFE_INTEGER } : {}
  return { op: 'source', place, stream: stream.name, columns: [], record: false, meta: [], time: false, ...timestamp, ...retain, width: 0 }
}

/** A WHERE with what is asked once for a result: it chooses results. */
function readsGroups(where: BoundExpr, { calls }: BoundSelect): boolean {
  const groups = calls.analytic.filter(({ over }) => over === 'groups')
  const plugins = calls.aggregate.filter(({ plugin }) => plugin !== undefined)
  const once = new Set([...groups, ...plugins].map(({ slot }) => slot))
  return slotsOf(where).some((slot) => once.has(slot))
}

/** The aggregates in a WHERE, which are those of the whole window. */
function callsOf(where: BoundExpr | undefined, { calls }: BoundSelect): readonly AggregateCall[] {
  const read = new Set(where === undefined ? [] : slotsOf(where))
  return calls.aggregate.filter(({ slot }) => read.has(slot))
}

function withAggregates(input: PlanNode, calls: readonly AggregateCall[]): PlanNode {
  if (calls.length === 0) return input
  return { op: 'aggregate', input, groupBy: [], firsts: [], calls, each: false, incremental: false, rows: true, width: 0 }
}

function aggregate(input: PlanNode, calls: readonly AggregateCall[], { bound, streams }: ComposeParts): PlanNode {
  return {
    op: 'aggregate',
    input,
    groupBy: bound.window?.type === 'state' ? [] : bound.groupBy,
    firsts: [],
    calls,
    // What a row is joined with is one result with it.
    each: bound.window === undefined && streams.length === 1,
    incremental: false,
    width: 0,
  }
}

function project(input: PlanNode, { outputs }: BoundSelect): ProjectNode {
  return {
    op: 'project',
    input,
    exprs: outputs.columns.map(({ expr }) => expr),
    nulls: outputs.columns.map(({ nulls }) => nulls),
    schema: { columns: outputs.columns.map(({ column }) => column) },
    width: 0,
  }
}

function finish(projected: ProjectNode, select: Select, { outputs }: BoundSelect): PlanNode {
  let node: PlanNode = select.distinct === true ? { op: 'distinct', input: projected, width: 0 } : projected
  const { limit } = select
  if (outputs.expand !== undefined) {
    const slot = projected.exprs.length - 1
    const columns = projected.schema.columns.map((column, i) => (i === slot ? { ...column, spread: true } : column))
    const most = limit === undefined ? {} : { limit }
    return { op: 'expand', input: node, function: outputs.expand, slot, ...most, schema: { columns }, width: 0 }
  }
  // Without a window every row is a result of its own.
  if (limit !== undefined && (select.window !== undefined || select.joins.length > 0))
    node = { op: 'limit', input: node, count: limit, width: 0 }
  return node
}
