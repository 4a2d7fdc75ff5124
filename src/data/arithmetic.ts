import { describeValue, typeNameOf } from './describe-value.ts'
import { isNumeric } from './compare.ts'
import { rowFailed } from './row-failed.ts'
import type { PlutinoError } from '../base/errors.ts'
import type { Cell, Value } from './value.ts'

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^'

/**
 * `a op b` in full: null when either is null; two bigint stay bigint (`/` cuts off, the sign of `%` is that of `a`), any float makes
 * a float; `&`, `|`, `^` take two bigint or two booleans. Throws `row_failed` for other types, for a division by zero, and for a
 * result outside of 64 bits.
 */
export function arithmetic(op: ArithmeticOp, a: Cell, b: Cell): Value {
  refuseCollection(op, a)
  if (a === null || a === undefined || b === null || b === undefined) return null
  if (op === '&' || op === '|' || op === '^') return bitwise(op, a, b)
  if (!isNumeric(a) || !isNumeric(b)) throw invalidOperation(op, a, b)
  if ((op === '/' || op === '%') && Number(b) === 0) throw rowFailed('divided by zero')
  return typeof a === 'bigint' && typeof b === 'bigint' ? inRange(integerResult(op, a, b)) : floatResult(op, Number(a), Number(b))
}

/** `-a`. */
export function negate(a: Cell): Value {
  refuseCollection('-', a)
  if (a === null || a === undefined) return null
  if (typeof a === 'bigint') return inRange(-a)
  if (typeof a === 'number') return -a
  throw rowFailed(`invalid operation -${describeValue(a)}`)
}

/** The same integer if it fits into 64 bits; throws `row_failed` otherwise. */
export function inRange(value: bigint): bigint {
  if (value !== BigInt.asIntN(64, value)) throw rowFailed('bigint out of range')
  return value
}

/** The error of an operator whose operands it cannot take; two numbers of different kinds show as they were compared, as floats. */
export function invalidOperation(op: string, a: Cell, b: Cell): PlutinoError {
  const floats = isNumeric(a) && isNumeric(b) && typeof a !== typeof b
  return rowFailed(`invalid operation ${describeValue(floats ? Number(a) : a)} ${op} ${describeValue(floats ? Number(b) : b)}`)
}

/** Arrays and objects support no operator but `[]` and `->`. */
export function refuseCollection(op: string, a: Cell): void {
  if (typeof a !== 'object' || a === null || a instanceof Date || a instanceof Uint8Array) return
  throw rowFailed(`${op} is an invalid operation for ${typeNameOf(a)}`)
}

function bitwise(op: '&' | '|' | '^', a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return op === '&' ? a & b : op === '|' ? a | b : a ^ b
  if (typeof a === 'boolean' && typeof b === 'boolean') return op === '&' ? a && b : op === '|' ? a || b : a !== b
  throw invalidOperation(op, a, b)
}

function integerResult(op: '+' | '-' | '*' | '/' | '%', a: bigint, b: bigint): bigint {
  switch (op) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
  }
}

function floatResult(op: '+' | '-' | '*' | '/' | '%', a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
  }
}
