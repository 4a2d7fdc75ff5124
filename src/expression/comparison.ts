import { invalidOperation, refuseCollection } from '../data/arithmetic.ts'
import { isNumeric, orderNumbers, orderText } from '../data/compare.ts'
import { parseDatetime } from '../data/datetime-text.ts'
import { describeValue } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'

export type ComparisonOp = '=' | '!=' | '<' | '<=' | '>' | '>='

/** A truth value; null is unknown. */
export type Truth = boolean | null

/** `a op b`: unknown when either is null. Throws `row_failed` for values that cannot be compared. */
export function compare(op: ComparisonOp, a: Cell, b: Cell): Truth {
  refuseCollection(op, a)
  if (a === null || a === undefined || b === null || b === undefined) return null
  if (typeof a === 'boolean' && typeof b === 'boolean' && (op === '=' || op === '!=')) return (a === b) === (op === '=')
  const order = orderOf(a, b)
  if (order === undefined) throw invalidOperation(op, a, b)
  return holds(op, order)
}

/** `x BETWEEN low AND high`: unknown when any of the three is null; `x` is compared with both bounds in any case. */
export function between(x: Cell, low: Cell, high: Cell): Truth {
  refuseCollection('BETWEEN', x)
  if (x === null || x === undefined) return null
  const [fromLow, toHigh] = [boundedBy(x, low), boundedBy(x, high)]
  return fromLow === undefined || toHigh === undefined ? null : fromLow >= 0 && toHigh <= 0
}

/** `x IN (items…)`: unknown when `x` is null, or when nothing is equal and an item is null. */
export function isIn(x: Cell, items: readonly Cell[]): Truth {
  refuseCollection('IN', x)
  if (x === null || x === undefined) return null
  let result: Truth = false
  for (const item of items) {
    const same = compare('=', x, item)
    if (same === true) return true
    if (same === null) result = null
  }
  return result
}

/** `x IN array`: nothing is in an array that is missing, null neither. */
export function isInArray(x: Cell, array: Cell): Truth {
  refuseCollection('IN', x)
  if (array === null || array === undefined) return false
  if (x === null || x === undefined) return null
  if (!Array.isArray(array)) throw rowFailed(`IN expects a list or an array on its right, but found ${describeValue(array)}`)
  return isIn(x, array)
}

/** Undefined for a bound that is null. */
function boundedBy(x: Cell, bound: Cell): number | undefined {
  if (bound === null || bound === undefined) return undefined
  const order = orderOf(x, bound)
  if (order === undefined) throw rowFailed(`between operator cannot compare ${describeValue(x)} and ${describeValue(bound)}`)
  return order
}

/** Negative, zero, positive; NaN when a number is NaN; undefined when the types cannot be compared. */
function orderOf(a: Cell, b: Cell): number | undefined {
  if (isNumeric(a) && isNumeric(b)) return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : orderNumbers(a, b)
  if (typeof a === 'string' && typeof b === 'string') return orderText(a, b)
  if (!(a instanceof Date) && !(b instanceof Date)) return undefined
  const [left, right] = [millisecondsOf(a), millisecondsOf(b)]
  return left === undefined || right === undefined ? undefined : left - right
}

function millisecondsOf(value: Cell): number | undefined {
  if (value instanceof Date) return value.getTime()
  if (isNumeric(value)) return Number(value)
  return typeof value === 'string' ? parseDatetime(value)?.getTime() : undefined
}

function holds(op: ComparisonOp, order: number): boolean {
  switch (op) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}
