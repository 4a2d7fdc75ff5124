import type { Struct, Value } from './value.ts'
import { decodeFailed } from './decode-failed.ts'

/** Values nested deeper than this are refused: what walks a value later may then be recursive. */
export const MAX_DEPTH = 1000

const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n
const WHOLE = /^-?\d+$/

/**
 * `JSON.parse` that keeps every digit of 64-bit integers: a whole number that no double is sure to hold (beyond 2^53 - 1) and that
 * fits int64 is a bigint, every other number is a double. Throws what `JSON.parse` throws.
 */
export function parseExact(text: string): Value {
  const value: Value = JSON.parse(text)
  return holdsUnsafe(value, 0) ? parseSlowly(text) : value
}

/** The value of a number as it is written in JSON. */
export function exactNumber(source: string): number | bigint {
  const value = Number(source)
  if (Number.isSafeInteger(value) || !WHOLE.test(source)) return value
  const whole = BigInt(source)
  return whole >= MIN_INT64 && whole <= MAX_INT64 ? whole : value
}

function parseSlowly(text: string): Value {
  const revive = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined ? exactNumber(context.source) : value
  // `JSON.parse` defines its members as own properties, whatever their names, and its third argument is the text of the number.
  return JSON.parse(text, revive)
}

/** Whether a number in it may have lost digits. `for … in` is the cheapest walk; parsed objects inherit nothing enumerable. */
function holdsUnsafe(value: Value, depth: number): boolean {
  if (typeof value === 'number') return isUnsafe(value)
  if (typeof value !== 'object' || value === null) return false
  if (depth > MAX_DEPTH) throw decodeFailed(`the JSON value is nested deeper than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) return arrayHoldsUnsafe(value, depth)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON has no dates and no bytes
  const struct = value as Struct
  for (const name in struct) {
    const member = struct[name]
    if (typeof member === 'number' ? isUnsafe(member) : typeof member === 'object' && holdsUnsafe(member, depth + 1)) return true
  }
  return false
}

function arrayHoldsUnsafe(values: readonly Value[], depth: number): boolean {
  for (const member of values) {
    if (typeof member === 'number' ? isUnsafe(member) : typeof member === 'object' && holdsUnsafe(member, depth + 1)) return true
  }
  return false
}

function isUnsafe(value: number): boolean {
  return (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) && Number.isFinite(value)
}
