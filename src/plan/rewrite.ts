import type { BoundExpr } from '../expression/bound.ts'
import { mapExpr } from '../expression/walk.ts'
import { inputsOf, type PlanNode } from './nodes.ts'

type Change = (expr: BoundExpr) => BoundExpr

/** The plan with `change` applied to every expression, innermost first; shared parts stay shared. */
export function rewriteExprs(plan: PlanNode, change: Change): PlanNode {
  const seen = new Map<BoundExpr, BoundExpr>()
  return mapPlan(plan, (node) => withExprs(node, (expr) => mapExpr(expr, change, seen)))
}

/** The plan with `change` applied to every node, inputs first. */
export function mapPlan(plan: PlanNode, change: (node: PlanNode) => PlanNode): PlanNode {
  const inputs = inputsOf(plan)
  const changed = inputs.map((input) => mapPlan(input, change))
  return change(changed.every((input, i) => input === inputs[i]) ? plan : withInputs(plan, changed))
}

/** The node with other inputs, in the order of `inputsOf`. */
function withInputs(node: PlanNode, inputs: readonly PlanNode[]): PlanNode {
  const [first] = inputs
  if (node.op === 'source' || first === undefined) return node
  if (node.op === 'window') return { ...node, inputs }
  if (node.op === 'join') return { ...node, input: first, tables: inputs.slice(1) }
  return { ...node, input: first }
}

/** Every expression of the node itself. */
export function exprsOf(node: PlanNode): readonly BoundExpr[] {
  const found: BoundExpr[] = []
  withExprs(node, (expr) => {
    found.push(expr)
    return expr
  })
  return found
}

/** The node with every expression of its own replaced. */
export function withExprs(node: PlanNode, change: Change): PlanNode {
  switch (node.op) {
    case 'source':
    case 'distinct':
    case 'expand':
    case 'limit':
      return node
    case 'filter':
      return { ...node, predicate: change(node.predicate) }
    case 'project':
      return { ...node, exprs: node.exprs.map(change) }
    case 'order':
      return { ...node, terms: node.terms.map((term) => ({ ...term, expr: change(term.expr) })) }
    case 'window':
      return withSpec(node, change)
    case 'join':
    case 'lookup':
      return withCondition(node, change)
    case 'analytic':
    case 'callBatch':
    case 'number':
    case 'dedup':
    case 'aggregate':
      return withCalls(node, change)
  }
}

type Of<Op extends PlanNode['op']> = Extract<PlanNode, { readonly op: Op }>

function withSpec(node: Of<'window'>, change: Change): PlanNode {
  const { spec } = node
  if (spec.type === 'sliding') return { ...node, spec: { ...spec, ...maybe('when', spec.when, change) } }
  if (spec.type !== 'state') return node
  const [begin, emit] = [change(spec.begin), maybe('emit', spec.emit, change)]
  return { ...node, spec: { ...spec, begin, ...emit, partition: spec.partition.map(change) } }
}

function withCondition(node: Of<'join' | 'lookup'>, change: Change): PlanNode {
  if (node.op === 'lookup') {
    const keys = node.keys.map((key) => ({ ...key, value: change(key.value) }))
    return { ...node, keys, ...maybe('on', node.on, change) }
  }
  const steps = node.steps.map((step) => ({
    ...step,
    equal: step.equal.map(({ left, right }) => ({ left: change(left), right: change(right) })),
    ...maybe('on', step.on, change),
  }))
  return { ...node, steps }
}

function withCalls(node: Of<'analytic' | 'callBatch' | 'number' | 'dedup' | 'aggregate'>, change: Change): PlanNode {
  switch (node.op) {
    case 'callBatch':
      return { ...node, calls: node.calls.map((call) => ({ ...call, args: call.args.map(change) })) }
    case 'number':
      return {
        ...node,
        calls: node.calls.map((call) => ({ ...call, partition: call.partition.map(change), ...maybe('when', call.when, change) })),
      }
    case 'dedup': {
      const calls = node.calls.map((call) => ({ ...call, start: change(call.start), end: change(call.end), now: change(call.now) }))
      return { ...node, calls }
    }
    case 'aggregate': {
      const calls = node.calls.map((call) => ({ ...call, args: call.args.map(change), ...maybe('filter', call.filter, change) }))
      return { ...node, groupBy: node.groupBy.map(change), calls }
    }
    case 'analytic': {
      const calls = node.calls.map((call) => ({
        ...call,
        args: call.args.map(change),
        partition: call.partition.map(change),
        ...maybe('when', call.when, change),
      }))
      return { ...node, calls }
    }
  }
}

function maybe<K extends string>(key: K, expr: BoundExpr | undefined, change: Change): { readonly [key in K]?: BoundExpr } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object with the one key K
  return expr === undefined ? {} : ({ [key]: change(expr) } as { [key in K]: BoundExpr })
}
