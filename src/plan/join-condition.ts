import type { BoundExpr } from '../expression/bound.ts'
import type { Slots } from '../expression/slots.ts'
import { slotsOf } from '../expression/walk.ts'

/** A condition of ON: equalities that a hash can answer, and the rest. */
export interface JoinCondition {
  readonly equal: readonly { readonly left: BoundExpr; readonly right: BoundExpr }[]
  readonly on?: BoundExpr
}

export interface LookupCondition {
  readonly keys: readonly { readonly column: string; readonly value: BoundExpr }[]
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
  return { equal, ...all(rest) }
}

/** A condition of a lookup table: columns that it is asked by, each once, and what is asked of each pair. */
export function lookupCondition(on: BoundExpr | undefined, place: number, slots: Slots): LookupCondition {
  const { equal, on: others } = joinCondition(on, (slot) => slots.readOf(slot)?.stream === place)
  const keys = new Map<string, BoundExpr>()
  const rest: BoundExpr[] = []
  for (const { left, right } of equal) {
    const read = right.kind === 'slot' ? slots.readOf(right.slot) : undefined
    if (read?.kind === 'column' && !keys.has(read.name)) keys.set(read.name, left)
    else rest.push({ kind: 'binary', op: '=', left, right, type: 'boolean', at: left.at })
  }
  if (others !== undefined) rest.push(others)
  return { keys: [...keys].map(([column, value]) => ({ column, value })), ...all(rest) }
}

/** True when all of these are. */
export function all([first, ...others]: readonly BoundExpr[]): { readonly on?: BoundExpr } {
  if (first === undefined) return {}
  return {
    on: others.reduce<BoundExpr>((left, right) => ({ kind: 'binary', op: 'AND', left, right, type: 'boolean', at: left.at }), first),
  }
}

/** The parts of a condition that all must be true. */
export function conjuncts(expr: BoundExpr): readonly BoundExpr[] {
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
