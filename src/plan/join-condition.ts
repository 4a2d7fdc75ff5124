import type { BoundExpr } from '../expression/bound.ts'
import { slotsOf } from '../expression/walk.ts'

/** A condition of ON: equalities that a hash can answer, and the rest. */
export interface JoinCondition {
  readonly equal: readonly { readonly left: BoundExpr; readonly right: BoundExpr }[]
  readonly on?: BoundExpr
}

/** Splits a condition at its ANDs. `isRight`: the slot belongs to the source that is joined now. */
export function joinCondition(on: BoundExpr | undefined, isRight: (slot: number) => boolean): JoinCondition {
  const equal: { left: BoundExpr; right: BoundExpr }[] = []
  const rest: BoundExpr[] = []
  for (const part of on === undefined ? [] : conjuncts(on)) {
    const pair = part.kind === 'binary' && part.op === '=' ? equality(part.left, part.right, isRight) : undefined
    if (pair === undefined) rest.push(part)
    else equal.push(pair)
  }
  const [first, ...others] = rest
  if (first === undefined) return { equal }
  const all = others.reduce<BoundExpr>((left, right) => ({ kind: 'binary', op: 'AND', left, right, type: 'boolean', at: left.at }), first)
  return { equal, on: all }
}

function conjuncts(expr: BoundExpr): readonly BoundExpr[] {
  return expr.kind === 'binary' && expr.op === 'AND' ? [...conjuncts(expr.left), ...conjuncts(expr.right)] : [expr]
}

/** Both sides in their order, when one reads only the right source and the other only what is before it. */
function equality(
  a: BoundExpr,
  b: BoundExpr,
  isRight: (slot: number) => boolean,
): { readonly left: BoundExpr; readonly right: BoundExpr } | undefined {
  const [ofA, ofB] = [slotsOf(a), slotsOf(b)]
  if (ofA.length === 0 || ofB.length === 0) return undefined
  const noneRight = (slots: readonly number[]): boolean => !slots.some(isRight)
  if (noneRight(ofA) && ofB.every(isRight)) return { left: a, right: b }
  return noneRight(ofB) && ofA.every(isRight) ? { left: b, right: a } : undefined
}
