import { rowFailed } from '../../data/row-failed.ts'
import type { Cell } from '../../data/value.ts'
import { goTypeName } from './print.ts'

/**
 * `eq`. Otherwise than in Go, ints and floats compare by size: whether a JSON number became the one or the other is no concern of the
 * template's author. Nothing and null are equal to themselves alone.
 */
export function isEqual(left: Cell, right: Cell): boolean {
  const [a, b] = [comparable(left), comparable(right)]
  if (a === null || b === null) return a === b
  if (isNumeric(a) && isNumeric(b)) return a == b // oxlint-disable-line eqeqeq -- int and float of one size
  if (typeof a !== typeof b) throw incompatible(left, right)
  return a === b
}

/** `lt`: numbers by size, texts by their bytes. */
export function isLess(left: Cell, right: Cell): boolean {
  const [a, b] = [comparable(left), comparable(right)]
  if (isNumeric(a) && isNumeric(b)) return a < b
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0
  if (a === null || b === null || typeof a === 'boolean' || typeof b === 'boolean') throw rowFailed('invalid type for comparison')
  throw incompatible(left, right)
}

type Comparable = null | boolean | number | bigint | string

function comparable(value: Cell): Comparable {
  if (value === undefined || value === null) return null
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'object') throw rowFailed(`a value of type ${goTypeName(value)} cannot be compared`)
  return value
}

function isNumeric(value: Comparable): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function incompatible(left: Cell, right: Cell): Error {
  return rowFailed(`incompatible types for comparison: ${goTypeName(left)} and ${goTypeName(right)}`)
}
