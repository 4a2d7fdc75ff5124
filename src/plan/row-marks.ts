import type { BoundExpr } from '../expression/bound.ts'
import type { AggregateCall } from '../expression/calls.ts'
import type { Slots } from '../expression/slots.ts'
import { type AggregateNode, inputsOf, type PlanNode, type ProjectNode, type SourceNode } from './nodes.ts'
import { mapPlan } from './rewrite.ts'

/** The metadata, and the last columns of the projection, in which the marks of rows travel. */
export const ROW_MARK = '\u0000row'

/**
 * A plan in which each row of a source carries a mark through all steps, so that it can be told what became of it: groups collect those
 * of their rows, and the projection gives them in columns of their own behind its others. The runtime puts the marks in and takes
 * them out again. Before the slots are laid out.
 */
export function withRowMarks(root: PlanNode, slots: Slots): PlanNode {
  const marks = sourcesOf(root).map(({ place, stream }) => slotOf(slots.meta(place, ROW_MARK), stream))
  const calls = marks.map((mark): AggregateCall => ({ slot: slots.computed(), function: 'collect', args: [mark], distinct: false }))
  const isGrouped = hasGroups(root)
  const given = isGrouped ? calls.map(({ slot }) => slotOf(slot, ROW_MARK)) : marks
  return mapPlan(root, (node) => {
    if (node.op === 'aggregate' && node.rows !== true) return collecting(node, calls)
    return node.op === 'project' ? giving(node, given) : node
  })
}

function collecting(node: AggregateNode, calls: readonly AggregateCall[]): AggregateNode {
  return { ...node, calls: [...node.calls, ...calls], incremental: false }
}

function giving(node: ProjectNode, marks: readonly BoundExpr[]): ProjectNode {
  const { exprs, nulls, schema } = node
  return {
    ...node,
    exprs: [...exprs, ...marks],
    nulls: [...nulls, ...marks.map(() => 'keep' as const)],
    schema: { columns: [...schema.columns, ...marks.map(() => ({ name: ROW_MARK }))] },
  }
}

function slotOf(slot: number, name: string): BoundExpr {
  return { kind: 'slot', slot, name, type: 'any', at: 0 }
}

function hasGroups(node: PlanNode): boolean {
  return (node.op === 'aggregate' && node.rows !== true) || inputsOf(node).some(hasGroups)
}

function sourcesOf(node: PlanNode): readonly SourceNode[] {
  return node.op === 'source' ? [node] : inputsOf(node).flatMap(sourcesOf)
}
