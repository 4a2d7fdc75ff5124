import { inRange } from '../data/arithmetic.ts'
import { describeValue } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell } from '../data/value.ts'

/** An empty array or object: a scalar function takes it as null. */
export function isEmptyCollection(value: Cell): boolean {
  if (Array.isArray(value)) return value.length === 0
  return isStruct(value) && Object.keys(value).length === 0
}

/** A number as a float; text and booleans are none. Throws `row_failed`. */
export function toNumber(value: Cell): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  throw rowFailed(`expected a number, got ${describeValue(value)}`)
}

/** A whole number of 64 bits: bigint, or a float without a fraction. Throws `row_failed`. */
export function toWhole(value: Cell): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isInteger(value)) return inRange(BigInt(value))
  throw rowFailed(`expected a whole number, got ${describeValue(value)}`)
}

/** A whole number that counts or points at something. Throws `row_failed`. */
export function toIndex(value: Cell): number {
  return Number(toWhole(value))
}
