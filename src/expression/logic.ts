import { invalidOperation } from '../data/arithmetic.ts'
import { describeValue } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import type { BinaryOp } from '../sql/ast.ts'
import type { BoundExpr } from './bound.ts'
import type { Truth } from './comparison.ts'

/** `a AND b` of evaluated operands. Unknown operands decide before wrong types do. */
export function and(a: Cell, b: Cell): Truth {
  if (a === false || (b === false && isTruth(a))) return false
  return conjoin('AND', a, b)
}

/** `a OR b` of evaluated operands. */
export function or(a: Cell, b: Cell): Truth {
  if (a === true || (b === true && isTruth(a))) return true
  return conjoin('OR', a, b)
}

export function not(a: Cell): Truth {
  if (a === null || a === undefined) return null
  if (typeof a !== 'boolean') throw rowFailed(`NOT expects a boolean, but found ${describeValue(a)}`)
  return !a
}

/** What WHERE passes: true. Throws `row_failed` for a condition that is neither boolean nor null. */
export function passes(condition: Cell): boolean {
  if (condition === null || condition === undefined || typeof condition === 'boolean') return condition === true
  throw rowFailed(`invalid condition that returns non-bool value ${describeValue(condition)}`)
}

/**
 * True for expressions whose null means unknown. Where such a value leaves the logic (a column, an argument, a branch of CASE, an
 * operand of arithmetic) unknown becomes false.
 */
export function isLogical(expr: BoundExpr): boolean {
  if (expr.kind === 'unary') return expr.op === 'NOT'
  if (expr.kind === 'binary') return !isArithmetic(expr.op)
  return expr.kind === 'like' || expr.kind === 'between' || expr.kind === 'in'
}

/** True for expressions that give true, false or unknown and nothing else. */
export function isPredicate(expr: BoundExpr): boolean {
  if (expr.kind === 'literal') return expr.value === null || typeof expr.value === 'boolean'
  if (expr.kind === 'binary' && isBitwise(expr.op)) return false
  return expr.kind === 'isNull' || isLogical(expr)
}

export function isArithmetic(op: BinaryOp): op is '+' | '-' | '*' | '/' | '%' {
  return op === '+' || op === '-' || op === '*' || op === '/' || op === '%'
}

export function isBitwise(op: BinaryOp): op is '&' | '|' | '^' {
  return op === '&' || op === '|' || op === '^'
}

function isTruth(a: Cell): boolean {
  return a === null || a === undefined || typeof a === 'boolean'
}

/** The result when no operand decides it. */
function conjoin(op: 'AND' | 'OR', a: Cell, b: Cell): Truth {
  if (a === null || a === undefined || b === null || b === undefined) return null
  if (typeof a !== 'boolean' || typeof b !== 'boolean') throw invalidOperation(op, a, b)
  return a
}
