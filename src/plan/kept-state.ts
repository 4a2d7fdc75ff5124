import type { PlanNode } from './nodes.ts'
import { printExpr } from './print-expr.ts'

/** What a step keeps from batch to batch, for a person; undefined when it keeps nothing. `above`: the step that it feeds. */
export function keptState(node: PlanNode, above?: PlanNode): string | undefined {
  switch (node.op) {
    case 'analytic':
      return node.calls
        .map(({ function: name, partition }) => (partition.length === 0 ? name : `${name} for each ${partition.map(printExpr).join(', ')}`))
        .join('; ')
    case 'window':
      return above?.op === 'aggregate' && above.incremental ? undefined : ofWindow(node)
    case 'aggregate':
      return node.incremental ? aggregatesOf(node) : undefined
    case 'join':
      return node.tables.length === 0 ? undefined : node.tables.map(ofTable).join('; ')
    case 'lookup':
      return `answers of ${node.table}, as long as its cache keeps them`
    case 'dedup':
      return 'rows whose interval has not ended, and the intervals covered'
    case 'source':
    case 'filter':
    case 'callBatch':
    case 'number':
    case 'order':
    case 'project':
    case 'distinct':
    case 'expand':
    case 'limit':
      return undefined
  }
}

/** Folded inside the window: sliding and count windows keep an entry for each row, hopping ones for each hop. */
function aggregatesOf({ input }: Extract<PlanNode, { readonly op: 'aggregate' }>): string {
  const of = 'the aggregates of each open group'
  if (input.op !== 'window') return of
  const { spec } = input
  if (spec.type === 'hopping' && spec.hop < spec.length) return `${of}, for each ${spec.hop} ms of ${spec.length} ms`
  if (spec.type === 'sliding') return `${of}, with an entry for each row of ${spec.length + spec.delay} ms`
  if (spec.type === 'count' && spec.step < spec.length) return `${of}, with an entry for each of the last ${spec.length} rows`
  return of
}

type Spec = Extract<PlanNode, { readonly op: 'window' }>['spec']

function ofWindow({ spec, inputs }: Extract<PlanNode, { readonly op: 'window' }>): string {
  const of = inputs.length > 1 ? ` of ${inputs.length} inputs` : ''
  return `${rowsOf(spec)}${of}`
}

function rowsOf(spec: Spec): string {
  switch (spec.type) {
    case 'tumbling':
    case 'hopping':
      return `the rows of ${spec.length} ms`
    case 'sliding':
      return `the rows of ${spec.length + spec.delay} ms`
    case 'session':
      return `the rows of the session, at most ${spec.length} ms`
    case 'count':
      return `the last ${spec.length} rows`
    case 'state':
      return spec.partition.length === 0
        ? 'the rows since the window opened'
        : `the rows since the window opened, for each ${spec.partition.map(printExpr).join(', ')}`
  }
}

function ofTable(table: PlanNode): string {
  if (table.op !== 'source') return 'the rows of a table'
  return table.retain === undefined || table.retain === Number.MAX_SAFE_INTEGER
    ? `all rows of ${table.stream}`
    : `the last ${table.retain} rows of ${table.stream}`
}
