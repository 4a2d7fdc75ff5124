import type { Value } from '../data/value.ts'
import type { BoundExpr } from './bound.ts'
import type { StaticType } from './types.ts'

export function literal(value: Value, type: StaticType, at: number): BoundExpr {
  return { kind: 'literal', value, type, at }
}

/** One branch of a CASE. */
export function branch(when: BoundExpr, then: BoundExpr): { readonly when: BoundExpr; readonly then: BoundExpr } {
  // oxlint-disable-next-line unicorn/no-thenable -- never awaited; the member has the word that stands in the statement
  return { when, then }
}
