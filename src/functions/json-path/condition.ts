import { orderText, sameValue } from '../../data/compare.ts'
import { describeValue } from '../../data/describe-value.ts'
import { goText } from '../../data/go-text.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { isStruct, type Value } from '../../data/value.ts'
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

/** Throws `row_failed`. */
export function evaluate(expr: Expression, scope: Scope): Value {
  switch (expr.kind) {
    case 'literal':
      return expr.value
    case 'path':
      return valueAt(expr.path, scope)
    case 'member':
      return expr.names.reduce(memberOf, scope.root)
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

function memberOf(value: Value, name: string): Value {
  if (isStruct(value)) return Object.hasOwn(value, name) ? (value[name] ?? null) : null
  throw rowFailed(`unknown parameter ${name}: ${describeValue(value)} has no members`)
}

function binary(op: Operator, leftExpr: Expression, { right: rightExpr, scope }: { right: Expression; scope: Scope }): Value {
  const left = evaluate(leftExpr, scope)
  if (op === '??') return left === false || left === null ? evaluate(rightExpr, scope) : left
  if (op === '||' && left === true) return true
  if (op === '&&' && left === false) return false
  const right = evaluate(rightExpr, scope)
  switch (op) {
    case '||':
    case '&&': {
      const [a, b] = [truth(left), truth(right)]
      return op === '||' ? a || b : a && b
    }
    case '==':
      return same(left, right)
    case '!=':
      return !same(left, right)
    case 'in':
      if (!Array.isArray(right)) throw rowFailed(`expected an array behind in, got ${describeValue(right)}`)
      return right.some((item: Value) => sameValue(left, item))
    case '=~':
    case '!~':
      return matches(goText(left), goText(right)) === (op === '=~')
    case '<':
    case '<=':
    case '>':
    case '>=':
      return ordered(op, left, right)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
      return arithmetic(op, left, right)
  }
}

/** Texts that read as numbers are numbers, but two texts that are added are joined. */
function arithmetic(op: '+' | '-' | '*' | '/' | '%' | '**', left: Value, right: Value): Value {
  const texts = typeof left === 'string' && typeof right === 'string'
  if (op === '+' && (texts || asNumber(left) === undefined || asNumber(right) === undefined)) return `${textOf(left)}${textOf(right)}`
  const [a, b] = [numberOf(left), numberOf(right)]
  if (op === '+') return a + b
  if (op === '-') return a - b
  if (op === '**') return a ** b
  return op === '*' ? a * b : op === '/' ? a / b : a % b
}

function ordered(op: '<' | '<=' | '>' | '>=', left: Value, right: Value): boolean {
  const [a, b] = [asNumber(left), asNumber(right)]
  const numbers = a !== undefined && b !== undefined && (typeof left !== 'string' || typeof right !== 'string')
  const order = numbers ? a - b : orderText(textOf(left), textOf(right))
  if (op === '<') return order < 0
  if (op === '<=') return order <= 0
  return op === '>' ? order > 0 : order >= 0
}

/** Values that read as numbers are compared as such, then those that read as true or false. */
function same(left: Value, right: Value): boolean {
  const [a, b] = [asNumber(left), asNumber(right)]
  if (a !== undefined && b !== undefined) return a === b
  const [p, q] = [asBoolean(left), asBoolean(right)]
  return p !== undefined && q !== undefined ? p === q : sameValue(left, right)
}

function truth(value: Value): boolean {
  const known = asBoolean(value)
  if (known === undefined) throw rowFailed(`expected true or false, got ${describeValue(value)}`)
  return known
}

function asBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === null || value === 'false' || value === 'FALSE') return false
  if (value === 'true' || value === 'TRUE') return true
  const number = asNumber(value)
  return number === undefined ? undefined : number !== 0
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

/** Null is no operand of what compares or joins texts. */
function textOf(value: Value): string {
  if (value === null) throw rowFailed('expected a value, got null')
  return goText(value)
}
