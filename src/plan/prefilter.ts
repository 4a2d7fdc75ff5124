import type { BoundExpr } from '../expression/bound.ts'
import { inputsOf, type PlanNode, type RulePlan, type SourceNode } from './nodes.ts'

/**
 * A comparison that every row must pass before anything else of the rule sees it: what many rules on one stream are looked up by. It may
 * say less than the filter that it comes from, which is still applied.
 */
export interface Prefilter {
  /** Slot of the source's row. */
  readonly slot: number
  readonly op: '=' | '<' | '<=' | '>' | '>='
  /** For `=` one or several, of which one must be equal; else one number. */
  readonly values: readonly (number | bigint | string | boolean)[]
}

/** The prefilter of a source; undefined when there is none. In event time there is none, because every row moves the watermark. */
export function prefilterOf(plan: RulePlan, source: SourceNode): Prefilter | undefined {
  const filter = plan.eventTime ? undefined : above(plan.root, source)
  if (filter?.op !== 'filter') return undefined
  const found = conjuncts(filter.predicate).flatMap((part) => prefilter(part) ?? [])
  return found.find(({ op }) => op === '=') ?? found[0]
}

function above(node: PlanNode, source: SourceNode): PlanNode | undefined {
  const inputs = inputsOf(node)
  if (inputs.includes(source)) return node
  for (const input of inputs) {
    const found = above(input, source)
    if (found !== undefined) return found
  }
  return undefined
}

function conjuncts(expr: BoundExpr): readonly BoundExpr[] {
  return expr.kind === 'binary' && expr.op === 'AND' ? [...conjuncts(expr.left), ...conjuncts(expr.right)] : [expr]
}

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

function prefilter(expr: BoundExpr): Prefilter | undefined {
  if (expr.kind === 'in' && !expr.negated && expr.operand.kind === 'slot' && expr.items !== undefined) {
    const values = expr.items.map(plainValue)
    return values.includes(undefined)
      ? undefined
      : { slot: expr.operand.slot, op: '=', values: values.filter((value) => value !== undefined) }
  }
  if (expr.kind !== 'binary') return undefined
  const { op, left, right } = expr
  if (op !== '=' && op !== '<' && op !== '<=' && op !== '>' && op !== '>=') return undefined
  if (left.kind === 'slot') return comparison(left.slot, op, right)
  return right.kind === 'slot' ? comparison(right.slot, MIRRORED[op], left) : undefined
}

function comparison(slot: number, op: Prefilter['op'], other: BoundExpr): Prefilter | undefined {
  const value = plainValue(other)
  if (value === undefined) return undefined
  const numeric = typeof value === 'number' || typeof value === 'bigint'
  return op === '=' || numeric ? { slot, op, values: [value] } : undefined
}

function plainValue(expr: BoundExpr): number | bigint | string | boolean | undefined {
  if (expr.kind !== 'literal') return undefined
  const { value } = expr
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value
  return typeof value === 'bigint' || typeof value === 'string' || typeof value === 'boolean' ? value : undefined
}
