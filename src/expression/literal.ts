import type { Value } from '../data/value.ts'
import type { BoundExpr } from './bound.ts'

/** Null and truth values as JavaScript; undefined for all others, which are passed in: statements that differ in them share their code. */
export function shortLiteral(value: Value): string | undefined {
  return value === null || typeof value === 'boolean' ? String(value) : undefined
}

/** The literal as a float that is exactly the same number; undefined when there is none. */
export function literalFloat(expr: BoundExpr): number | undefined {
  if (expr.kind !== 'literal') return undefined
  if (typeof expr.value === 'number' && Number.isFinite(expr.value)) return expr.value
  return typeof expr.value === 'bigint' && Number.isSafeInteger(Number(expr.value)) ? Number(expr.value) : undefined
}
