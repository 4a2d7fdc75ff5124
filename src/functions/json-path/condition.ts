import { orderText, sameValue } from '../../data/compare.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Value } from '../../data/value.ts'
import { matches } from '../regular-expression.ts'
import { type Scope, valueAt } from './select.ts'
import type { Expression, Operator } from './tree.ts'

/** Whether the condition of a filter holds; one that fails, such as for a missing member, does not. */
export function isTrue(condition: Expression, scope: Scope): boolean {
  const { left } = scope.budget
  try {
    return truth(evaluate(condition, scope))
  } catch (error) {
    if (scope.budget.left < 0 || left < 0) throw error
    return false
  }
}

function evaluate(expr: Expression, scope: Scope): Value {
  switch (expr.kind) {
    case 'literal':
      return expr.value
    case 'path':
      return valueAt(expr.path, scope)
    case 'list':
      return expr.items.map((item) => evaluate(item, scope))
    case 'unary': {
      const operand = evaluate(expr.operand, scope)
      return expr.op === '!' ? !truth(operand) : -numberOf(operand)
    }
    case 'binary':
      return binary(expr.op, expr.left, { right: expr.right, scope })
  }
}

function binary(op: Operator, leftExpr: Expression, { right: rightExpr, scope }: { right: Expression; scope: Scope }): Value {
  const left = evaluate(leftExpr, scope)
  if (op === '||') return truth(left) || truth(evaluate(rightExpr, scope))
  if (op === '&&') return truth(left) && truth(evaluate(rightExpr, scope))
  const right = evaluate(rightExpr, scope)
  if (op === '==') return same(left, right)
  if (op === '!=') return !same(left, right)
  if (op === 'in') return Array.isArray(right) && right.some((item: Value) => same(left, item))
  if (op === '=~' || op === '!~') return matches(textOf(left), textOf(right)) === (op === '=~')
  if (op === '<' || op === '<=' || op === '>' || op === '>=') return ordered(op, left, right)
  return arithmetic(op, left, right)
}

function arithmetic(op: '+' | '-' | '*' | '/' | '%', left: Value, right: Value): Value {
  if (op === '+' && (typeof left === 'string' || typeof right === 'string')) return `${textOf(left)}${textOf(right)}`
  const [a, b] = [numberOf(left), numberOf(right)]
  if (op === '+') return a + b
  if (op === '-') return a - b
  return op === '*' ? a * b : op === '/' ? a / b : a % b
}

function ordered(op: '<' | '<=' | '>' | '>=', left: Value, right: Value): boolean {
  const [a, b] = [asNumber(left), asNumber(right)]
  const order = a !== undefined && b !== undefined ? a - b : orderText(textOf(left), textOf(right))
  if (op === '<') return order < 0
  if (op === '<=') return order <= 0
  return op === '>' ? order > 0 : order >= 0
}

/** A number and its text are the same, as eKuiper has it. */
function same(left: Value, right: Value): boolean {
  if (sameValue(left, right)) return true
  const [a, b] = [asNumber(left), asNumber(right)]
  return a !== undefined && a === b
}

function truth(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (value === null || value === 'false' || value === 'FALSE') return false
  return value === 'true' || value === 'TRUE' || numberOf(value) !== 0
}

function numberOf(value: Value): number {
  const number = asNumber(value)
  if (number === undefined) throw rowFailed('expected a number')
  return number
}

function asNumber(value: Value): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  return typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? Number(value) : undefined
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object') throw rowFailed('expected a text')
  return String(value)
}
