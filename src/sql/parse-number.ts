import type { Expr } from './ast.ts'
import type { Cursor } from './cursor.ts'

const LARGEST = 2n ** 63n - 1n
const SMALLEST = -(2n ** 63n)

/** A number, with its sign if it has one: `-9223372036854775808` is one literal. */
export function parseNumber(cursor: Cursor): Expr {
  const start = cursor.peek()
  const negative = cursor.symbol('-')
  const token = cursor.next()
  const place = { at: start.at, end: token.end }
  if (token.kind === 'number') {
    const value = Number(token.value)
    if (!Number.isFinite(value)) throw cursor.errorAt(place, 'number out of range, expected at most 1.7976931348623157e308')
    return { kind: 'number', value: negative ? -value : value, ...place }
  }
  const value = negative ? -BigInt(token.value) : BigInt(token.value)
  if (value >= SMALLEST && value <= LARGEST) return { kind: 'integer', value, ...place }
  throw cursor.errorAt(place, 'integer out of range, expected at most 64 bits', { hint: 'write it as a float, with a decimal point' })
}
