import type { Value } from '../data/value.ts'
import type { BoundExpr } from './bound.ts'

/** A scalar literal as JavaScript; undefined for values that have no literal and must be passed in. */
export function literalCode(value: Value): string | undefined {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return value < 0n ? `(${value}n)` : `${value}n`
  return typeof value === 'number' && Number.isFinite(value) ? numberCode(value) : undefined
}

/** The literal as a float that is exactly the same number; undefined when there is none. */
export function floatCode(expr: BoundExpr): string | undefined {
  if (expr.kind !== 'literal') return undefined
  if (typeof expr.value === 'number' && Number.isFinite(expr.value)) return numberCode(expr.value)
  return typeof expr.value === 'bigint' && Number.isSafeInteger(Number(expr.value)) ? numberCode(Number(expr.value)) : undefined
}

function numberCode(value: number): string {
  if (Object.is(value, -0)) return '(-0)'
  return value < 0 ? `(${value})` : `${value}`
}
