import { printExpr } from './print-expr.ts'
import type { PlanNode, ProjectNode, RulePlan, SourceNode } from './nodes.ts'

/**
 * The plan as text: one `{"op":"ProjectPlan_0","info":"…"}` a line, the last step first, what feeds it below and one tab further in.
 * A source says which columns it decodes.
 */
export function explain(plan: RulePlan): string {
  return linesOf(plan.root, 0).join('\n')
}

function linesOf(node: PlanNode, depth: number): readonly string[] {
  const line = `${'\t'.repeat(depth)}${JSON.stringify({ op: `${titleOf(node)}_${depth}`, info: infoOf(node) })}`
  return node.op === 'source' ? [line] : [line, ...linesOf(node.input, depth + 1)]
}

function titleOf(node: PlanNode): string {
  return node.op === 'source' ? 'DataSourcePlan' : node.op === 'filter' ? 'FilterPlan' : 'ProjectPlan'
}

function infoOf(node: PlanNode): string {
  switch (node.op) {
    case 'source':
      return sourceInfo(node)
    case 'filter':
      return `Condition:{ ${printExpr(node.predicate)} }`
    case 'project':
      return `Fields:[ ${fieldsOf(node).join(', ')} ]`
  }
}

function fieldsOf(node: ProjectNode): readonly string[] {
  return node.exprs.map((expr, i) => {
    const name = node.schema.columns[i]?.name ?? ''
    const text = printExpr(expr)
    return text === name || node.schema.columns[i]?.spread === true ? text : `${text} AS ${name}`
  })
}

function sourceInfo({ stream, columns, record, meta, time }: SourceNode): string {
  const decoded = columns.map(({ name, type }) => (type === undefined ? name : `${name} ${type.kind}`))
  const fields = record ? [...decoded, '*'] : decoded
  const parts = [`StreamName: ${stream}`, `StreamFields:[ ${fields.join(', ')} ]`]
  if (meta.length > 0) parts.push(`Meta:[ ${meta.join(', ')} ]`)
  if (time) parts.push('EventTime')
  return parts.join(', ')
}
