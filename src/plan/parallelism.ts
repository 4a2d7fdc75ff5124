import type { BoundExpr } from '../expression/bound.ts'
import type { FunctionLookup } from '../expression/functions.ts'
import { inputsOf, type PlanNode, type RulePlan } from './nodes.ts'

/**
 * How the work of a rule could be shared between tasks, from the cheapest to the dearest. `stateless`: any row anywhere. `lookup`: so, and
 * tables are asked. `keyed`: by the KEY of the stream, in place. `re-keyed`: rows go to the task of another key first. `global, two phases`:
 * partial results by task, put together in one. `global, one task`: everything in one.
 */
const CLASSES = ['stateless', 'lookup', 'keyed', 're-keyed', 'global, two phases', 'global, one task'] as const
type ParallelismClass = (typeof CLASSES)[number]

export interface Parallelism {
  readonly class: ParallelismClass
  /** The step that decides it; absent for stateless rules. */
  readonly because?: string
}

/** What is known of the streams and functions of a plan. */
export interface ParallelismWorld {
  /** The KEY column of a stream. */
  keyOf(stream: string): string | undefined
  readonly functions: FunctionLookup
}

/** The class of a plan: that of its dearest step. */
export function parallelismOf(plan: RulePlan, world: ParallelismWorld): Parallelism {
  const keys = new Set(plan.sources.flatMap(({ stream }) => world.keyOf(stream) ?? []))
  const found: Parallelism[] = []
  visit(plan.root, { keys, functions: world.functions, found })
  return found.reduce<Parallelism>((most, next) => (rank(next) > rank(most) ? next : most), { class: 'stateless' })
}

interface Visit {
  readonly keys: ReadonlySet<string>
  readonly functions: FunctionLookup
  readonly found: Parallelism[]
}

function rank({ class: name }: Parallelism): number {
  return CLASSES.indexOf(name)
}

function visit(node: PlanNode, visitor: Visit): void {
  if (node.op === 'aggregate' && node.rows !== true) return aggregate(node, visitor)
  visitor.found.push(...ownClasses(node, visitor))
  for (const input of inputsOf(node)) visit(input, visitor)
}

function ownClasses(node: PlanNode, visitor: Visit): readonly Parallelism[] {
  if (node.op === 'lookup') return [{ class: 'lookup', because: `table ${node.table}` }]
  if (node.op === 'join' && node.tables.length > 0) return [{ class: 'lookup', because: 'a table of kept rows' }]
  if (node.op === 'join') return [JOINED]
  if (node.op === 'window') return [ofWindow(node, visitor)]
  if (node.op === 'dedup') return [{ class: 'global, one task', because: 'dedup_trigger()' }]
  if (node.op !== 'analytic') return []
  return node.calls.map((call) => byKey(call.partition, visitor, `${call.function}()`, 'PARTITION BY'))
}

const JOINED: Parallelism = { class: 're-keyed', because: 'a join of streams' }

/** A window whose rows go into groups is as wide as the groups; any other window holds the rows of all. */
function aggregate(node: Extract<PlanNode, { readonly op: 'aggregate' }>, visitor: Visit): void {
  const window = windowBelow(node.input)
  if (window?.spec.type !== 'tumbling' && window?.spec.type !== 'hopping') return visit(node.input, visitor)
  visitor.found.push(node.groupBy.length > 0 ? byKey(node.groupBy, visitor, 'groups', 'GROUP BY') : ofWhole(node, visitor))
  for (let below = node.input; below !== window; below = firstOf(below)) visitor.found.push(...ownClasses(below, visitor))
  if (window.inputs.length > 1) visitor.found.push(JOINED)
  for (const input of window.inputs) visit(input, visitor)
}

function firstOf(node: PlanNode): PlanNode {
  return inputsOf(node)[0] ?? node
}

function windowBelow(node: PlanNode): Extract<PlanNode, { readonly op: 'window' }> | undefined {
  for (let below = node; ; below = firstOf(below)) {
    if (below.op === 'window') return below
    if (below.op === 'source') return undefined
  }
}

function ofWhole({ calls }: Extract<PlanNode, { readonly op: 'aggregate' }>, { functions }: Visit): Parallelism {
  const single = calls.find(({ function: name, distinct }) => {
    const found = functions.find(name)
    return distinct || found?.kind !== 'aggregate' || found.merge === undefined
  })
  if (single === undefined) return { class: 'global, two phases', because: 'a window over all rows' }
  return { class: 'global, one task', because: `${single.function}() over all rows` }
}

function ofWindow({ spec }: Extract<PlanNode, { readonly op: 'window' }>, visitor: Visit): Parallelism {
  if (spec.type === 'state' && spec.partition.length > 0) return byKey(spec.partition, visitor, 'a state window', 'PARTITION BY')
  return { class: 'global, one task', because: `a ${spec.type} window of all rows` }
}

function byKey(by: readonly BoundExpr[], { keys }: Visit, what: string, clause: string): Parallelism {
  if (by.length === 0) return { class: 'global, one task', because: `${what} without ${clause}` }
  const key = by.find((expr) => expr.kind === 'slot' && keys.has(expr.name))
  if (key?.kind === 'slot') return { class: 'keyed', because: `${clause} contains the key ${key.name}` }
  return { class: 're-keyed', because: `${what} by other columns than the KEY of the stream` }
}
