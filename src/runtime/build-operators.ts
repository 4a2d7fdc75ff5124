import type { SchemaColumn } from '../data/batch.ts'
import type { CallContext } from '../api/function.ts'
import type { Operator } from '../api/operator.ts'
import { PlutinoError } from '../base/errors.ts'
import { Compiler } from '../expression/compile.ts'
import type { FunctionLookup } from '../expression/functions.ts'
import { aggregate } from '../operators/aggregate/aggregate.ts'
import { aggregateContent } from '../operators/aggregate/content.ts'
import { Fold } from '../operators/aggregate/fold.ts'
import { withPlugins } from '../operators/aggregate/plugin-aggregates.ts'
import { analytic } from '../operators/analytic.ts'
import { callBatch } from '../operators/call-batch.ts'
import { dedup } from '../operators/dedup.ts'
import { DistinctOperator } from '../operators/distinct.ts'
import { expand } from '../operators/expand.ts'
import { filterProject } from '../operators/filter-project.ts'
import { filter } from '../operators/filter.ts'
import { joiner } from '../operators/join/joiner.ts'
import { tableJoin } from '../operators/join/table-join.ts'
import { limit } from '../operators/limit.ts'
import { number } from '../operators/number.ts'
import { order } from '../operators/order.ts'
import { type LookupTable, lookupJoin } from '../operators/lookup/lookup-join.ts'
import { project } from '../operators/project.ts'
import { rowsWithAggregates } from '../operators/rows-with-aggregates.ts'
import type { ContentFactory } from '../operators/windows/content.ts'
import type { WindowParts } from '../operators/windows/spec.ts'
import { rowsOf, windowOperator } from '../operators/windows/window.ts'
import type { FiredBy } from './explain-why/traced-content.ts'
import { inputsOf, type LookupNode, type PlanNode, type RulePlan } from '../plan/nodes.ts'

export interface OperatorDeps {
  readonly functions: FunctionLookup
  readonly context: CallContext
  /** Shared by all rules of a thread, so that equal statements share their code. */
  readonly compiler?: Compiler
  /** Opens the lookup table of a node. */
  readonly lookup?: (node: LookupNode) => LookupTable
  /** Watches the contents of windows. */
  readonly watch?: (factory: ContentFactory, by: FiredBy) => ContentFactory
}

/** Where batches go next: a step of the graph and its port. */
export interface Next {
  readonly step: number
  readonly port: number
}

/** An operator and its place in the graph. */
interface BuiltOperator {
  readonly operator: Operator
  /** The nodes of the plan that it does, nearest to the source first: a fused one counts rows for several nodes of the status. */
  readonly nodes: readonly PlanNode[]
  /** Absent: the sinks. */
  readonly next: Next | undefined
}

/** The operators of a plan: a tree that ends in the sinks. */
export interface OperatorGraph {
  /** Inputs first: batches pass from a step to a later one. */
  readonly steps: readonly BuiltOperator[]
  /** Where the rows of each source go, by its place in FROM; undefined: to the sinks. */
  readonly entries: ReadonlyMap<number, Next | undefined>
}

/** The operators of a plan in the order in which batches pass through them. */
export function buildOperators(plan: RulePlan, deps: OperatorDeps): readonly Operator[] {
  return buildGraph(plan, deps).steps.map(({ operator }) => operator)
}

/** Throws when a function of the plan is not there any more. */
export function buildGraph(plan: RulePlan, deps: OperatorDeps): OperatorGraph {
  const graph = new GraphBuilder({ eventTime: plan.eventTime, compiler: new Compiler(), lookup: refuse, watch: unwatched, ...deps })
  graph.add(plan.root)
  return graph
}

/** What factories of operators are given. */
interface BuildDeps extends Required<OperatorDeps> {
  readonly eventTime: boolean
}

/** One operator: the nodes that it does and what feeds its ports. */
interface Stage {
  readonly operator: Operator
  readonly nodes: readonly PlanNode[]
  readonly inputs: readonly PlanNode[]
}

class GraphBuilder implements OperatorGraph {
  readonly steps: BuiltOperator[] = []
  readonly entries = new Map<number, Next | undefined>()
  readonly #deps: BuildDeps

  constructor(deps: BuildDeps) {
    this.#deps = deps
  }

  add(root: PlanNode): void {
    this.#connect(this.#place(root), undefined)
  }

  /** Builds what gives the rows of `node`, its inputs first. */
  #place(node: PlanNode): number | PlanNode {
    if (node.op === 'source') return node
    const { operator, nodes, inputs } = stageOf(node, this.#deps)
    const placed = inputs.map((input) => this.#place(input))
    const step = this.steps.length
    this.steps.push({ operator, nodes, next: undefined })
    placed.forEach((input, port) => this.#connect(input, { step, port }))
    return step
  }

  #connect(from: number | PlanNode, next: Next | undefined): void {
    if (typeof from === 'number') {
      const step = this.steps[from]
      if (step !== undefined) this.steps[from] = { ...step, next }
    } else if (from.op === 'source') this.entries.set(from.place, next)
  }
}

/** Nodes that one operator does together; else each node is an operator of its own. */
function stageOf(node: PlanNode, deps: BuildDeps): Stage {
  const { compiler } = deps
  if (node.op === 'project' && node.input.op === 'filter' && node.input.clause === 'Where') {
    const { input } = node
    return { operator: filterProject(input.predicate, node, compiler, deps), nodes: [input, node], inputs: [input.input] }
  }
  if (node.op === 'join' && node.input.op === 'window' && node.input.inputs.length > 1) {
    const { input: window } = node
    return { operator: joinedWindow(window, node, deps), nodes: [window, node], inputs: window.inputs }
  }
  return (node.op === 'aggregate' ? groupedWindow(node, deps) : undefined) ?? single(node, deps)
}

function single(node: PlanNode, deps: BuildDeps): Stage {
  return { operator: operatorOf(node, deps), nodes: [node], inputs: inputsOf(node) }
}

type Of<Op extends PlanNode['op']> = Extract<PlanNode, { readonly op: Op }>

/** Ports: the inputs of the window. */
function joinedWindow(window: Of<'window'>, join: Of<'join'>, deps: BuildDeps): Operator {
  const parts = windowParts(window)
  return windowOperator(parts, deps.watch(rowsOf(parts, joiner(join.steps, deps.compiler, deps)), { join }), deps)
}

function rowWindow(window: Of<'window'>, deps: BuildDeps): Operator {
  const parts = windowParts(window)
  return windowOperator(parts, deps.watch(rowsOf(parts), {}), deps)
}

function windowParts({ spec, inputs, times, bounds, omitEmpty }: Of<'window'>): WindowParts {
  return { spec, inputs: inputs.map(({ width }, i) => ({ width, time: times[i] ?? 0 })), bounds, omitEmpty }
}

/** Groups directly over a window, or over its WHERE, are what the window holds. */
function groupedWindow(node: Of<'aggregate'>, deps: BuildDeps): Stage | undefined {
  if (node.rows === true) return undefined
  const where = node.input.op === 'filter' && node.input.clause === 'Where' ? node.input : undefined
  const window = where?.input ?? node.input
  if (window.op !== 'window' || window.inputs.length > 1) return undefined
  const parts = windowParts(window)
  const { bounds, omitEmpty } = parts
  const by = where === undefined ? {} : { where: where.predicate }
  const grouping = { ...node, bounds, omitEmpty, ...by }
  const fold = new Fold(grouping, deps.compiler, deps)
  const content = deps.watch(aggregateContent(fold, node.incremental), by)
  const nodes = where === undefined ? [window, node] : [window, where, node]
  return { operator: withPlugins(windowOperator(parts, content, deps), fold.plugins), nodes, inputs: window.inputs }
}

/** Ports: what is joined, then the tables. */
function joinWithTables({ steps, tables, width }: Of<'join'>, deps: BuildDeps): Operator {
  return tableJoin({ steps, width, tables: tables.map(joinedTable) }, deps.compiler, deps)
}

/** A table is its source, with what is computed of its rows. */
function joinedTable(table: PlanNode): Parameters<typeof tableJoin>[0]['tables'][number] {
  if (table.op === 'source') {
    const columns: SchemaColumn[] = table.columns.map(({ name }) => ({ name }))
    if (table.record) columns.push({ name: '*', spread: true })
    return { name: table.stream, retain: table.retain ?? 1, schema: { columns } }
  }
  const [input] = inputsOf(table)
  if (input === undefined) throw new Error('a table has a source')
  return joinedTable(input)
}

function operatorOf(node: PlanNode, deps: BuildDeps): Operator {
  const { compiler } = deps
  // oxfmt-ignore
  switch (node.op) {
    case 'source': throw new Error('a source is no operator')
    case 'filter': return filter(node.predicate, node.clause, compiler, deps)
    case 'project': return project(node, compiler, deps)
    case 'analytic': return analytic(node.calls, compiler, deps)
    case 'callBatch': return callBatch(node.calls, compiler, deps)
    case 'window': return rowWindow(node, deps)
    case 'join': return joinWithTables(node, deps)
    case 'lookup': return lookupJoin(node, deps.lookup(node), compiler, deps)
    case 'aggregate': return (node.rows === true ? rowsWithAggregates : aggregate)(node, compiler, deps)
    case 'number': return number(node.calls, compiler, deps)
    case 'dedup': return dedup(node.calls, compiler, deps)
    case 'order': return order(node.terms, compiler, deps)
    case 'distinct': return new DistinctOperator()
    case 'expand': return expand(node)
    case 'limit': return limit(node.count)
  }
}

function unwatched(factory: ContentFactory): ContentFactory {
  return factory
}

function refuse(node: PlanNode): never {
  throw new PlutinoError('sql_unsupported', `a step "${node.op}" of the plan is not supported yet`)
}
