import type { Row } from '../../data/batch.ts'
import type { PlanNode } from '../../plan/nodes.ts'
import type { Fate } from './fates.ts'
import { bare, type Evaluate, presentValues, whyNot } from './why-not.ts'

type Of<Op extends PlanNode['op']> = Extract<PlanNode, { readonly op: Op }>

/** Why the step that does these nodes, nearest to the source first, gave nothing for a row. */
export function leftOut(nodes: readonly PlanNode[], row: Row, evaluate: Evaluate): Fate {
  const [node] = nodes
  const dropped = (by: string, why: string): Fate => ({ what: 'dropped', by, why })
  if (node === undefined) return dropped('RULE', 'a step has given nothing for it')
  if (node.op === 'filter') return dropped(node.clause.toUpperCase(), whyNot(node.predicate, row, evaluate))
  if (node.op === 'join') return dropped('ON', unpaired(node, row, evaluate))
  if (node.op === 'lookup') return dropped('ON', notFound(node, row, evaluate))
  if (node.op === 'distinct') return dropped('DISTINCT', 'the result has an equal row already')
  if (node.op === 'limit') return dropped('LIMIT', limited(node.count))
  if (node.op === 'expand') return dropped('LIMIT', limited(node.limit ?? 0))
  if (node.op === 'dedup')
    return { what: 'waiting', by: 'DEDUP_TRIGGER', why: 'until its interval has ended, if something of it is new then' }
  return dropped('RULE', 'a step has given nothing for it')
}

/** No row of the other side pairs with it. */
export function unpaired({ steps }: Of<'join'>, row: Row, evaluate: Evaluate): string {
  const conditions = steps.flatMap(({ equal, on }) => [
    ...equal.map(({ left, right }) => ({ text: `${bare(left)} = ${bare(right)}`, operands: [left, right] })),
    ...(on === undefined ? [] : [{ text: bare(on), operands: [] }]),
  ])
  const texts = conditions.map(({ text, operands }) => withValues(text, presentValues(operands, row, evaluate)))
  return ['no row pairs with it', ...texts].join('; ')
}

function notFound({ table, keys, on }: Of<'lookup'>, row: Row, evaluate: Evaluate): string {
  const texts = keys.map(({ column, value }) => withValues(`${table}.${column} = ${bare(value)}`, presentValues([value], row, evaluate)))
  return [`${table} has no row for it`, ...texts, ...(on === undefined ? [] : [bare(on)])].join('; ')
}

function withValues(text: string, values: string): string {
  return values === '' ? text : `${text}: ${values}`
}

function limited(count: number): string {
  return count === 1 ? 'the result has its row already' : `the result has its ${count} rows already`
}
