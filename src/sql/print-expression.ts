import type { Call, Expr, OrderTerm, Over } from './ast.ts'
import { quoteName } from './keywords.ts'
import { BINARY, POWER } from './operators.ts'

const PATH = POWER.unary + 1
const PREDICATES: ReadonlySet<Expr['kind']> = new Set(['isNull', 'like', 'between', 'in'] as const)

/** The text of an expression with as few parentheses as it needs where operators of at least `power` are expected. */
export function printExpression(expr: Expr, power: number = POWER.or): string {
  const own = powerOf(expr)
  const text = printBare(expr, own)
  return own < power ? `(${text})` : text
}

/** What is no operator never needs parentheses. */
function powerOf(expr: Expr): number {
  if (expr.kind === 'binary') return BINARY.get(expr.op)?.power ?? POWER.or
  if (expr.kind === 'unary') return expr.op === 'NOT' ? POWER.not : POWER.unary
  return PREDICATES.has(expr.kind) ? POWER.comparison : PATH
}

function printBare(expr: Expr, own: number): string {
  switch (expr.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return expr.value ? 'TRUE' : 'FALSE'
    case 'integer':
      return String(expr.value)
    case 'number':
      return printNumber(expr.value)
    case 'string':
      return printText(expr.value)
    case 'column':
      return expr.stream === undefined ? quoteName(expr.name) : `${quoteName(expr.stream)}.${quoteName(expr.name)}`
    case 'star':
      return printStar(expr)
    case 'unary':
      return expr.op === 'NOT' ? `NOT ${printExpression(expr.operand, own)}` : `-${printNegated(expr.operand)}`
    case 'binary':
      return `${printExpression(expr.left, own)} ${expr.op} ${printExpression(expr.right, own + 1)}`
    case 'isNull':
      return `${printExpression(expr.operand, own)} IS ${not(expr)}NULL`
    case 'like':
      return `${printExpression(expr.operand, own)} ${not(expr)}LIKE ${printExpression(expr.pattern, POWER.sum)}`
    case 'between':
      return `${printExpression(expr.operand, own)} ${not(expr)}BETWEEN ${printExpression(expr.low, POWER.sum)} AND ${printExpression(expr.high, POWER.sum)}`
    case 'in':
      return `${printExpression(expr.operand, own)} ${not(expr)}IN ${printSet(expr)}`
    case 'case':
      return printCase(expr)
    case 'member':
      return `${printExpression(expr.object, PATH)}->${expr.wildcard === true ? '*' : quoteName(expr.name)}`
    case 'index':
      return `${printExpression(expr.object, PATH)}[${printExpression(expr.index)}]`
    case 'slice':
      return `${printExpression(expr.object, PATH)}[${printEnd(expr.from)}:${printEnd(expr.to)}]`
    case 'call':
      return printCall(expr)
  }
}

/** An expression after DISTINCT: one that began with a minus would be read as a subtraction from a column `distinct`. */
export function printAfterDistinct(expr: Expr): string {
  const text = printExpression(expr)
  if (!text.startsWith('-')) return text
  const first = printExpression(leftmost(expr))
  return `(${first})${text.slice(first.length)}`
}

function leftmost(expr: Expr): Expr {
  if (expr.kind === 'binary') return leftmost(expr.left)
  if (expr.kind === 'member' || expr.kind === 'index' || expr.kind === 'slice') return leftmost(expr.object)
  if (expr.kind === 'isNull' || expr.kind === 'like' || expr.kind === 'between' || expr.kind === 'in') return leftmost(expr.operand)
  return expr
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? 'NOT ' : ''
}

/** After a minus a number would become a negative literal, and a second minus a comment. */
function printNegated(operand: Expr): string {
  let first = operand
  while (first.kind === 'member' || first.kind === 'index' || first.kind === 'slice') first = first.object
  const bare = first.kind !== 'integer' && first.kind !== 'number' && first.kind !== 'unary'
  return bare ? printExpression(operand, PATH) : `(${printExpression(operand)})`
}

/** An array never begins with a parenthesis: that would be a list. */
function printSet({ items, array }: Extract<Expr, { kind: 'in' }>): string {
  if (array === undefined) return `(${(items ?? []).map((item) => printExpression(item)).join(', ')})`
  return printExpression(array, POWER.sum)
}

function printEnd(expr: Expr | undefined): string {
  return expr === undefined ? '' : printExpression(expr)
}

/** With a point or an exponent, so that it does not become an integer. */
function printNumber(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** In double quotes, with the escapes that CREATE STREAM takes too. */
export function printText(value: string): string {
  const escaped = value.replaceAll(/["\\\p{Cc}\u2028\u2029]/gu, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
  return `"${escaped}"`
}

function printStar({ stream, except, replace }: Extract<Expr, { kind: 'star' }>): string {
  const columns = except.length === 0 ? '' : ` EXCEPT(${except.map(quoteName).join(', ')})`
  const fields = replace.map(({ expr, alias, parenthesized }) => {
    const text = printExpression(expr)
    return `${parenthesized === true ? `(${text})` : text} AS ${quoteName(alias ?? '')}`
  })
  return `${stream === undefined ? '' : `${quoteName(stream)}.`}*${columns}${fields.length === 0 ? '' : ` REPLACE(${fields.join(', ')})`}`
}

function printCase({ operand, whens, otherwise }: Extract<Expr, { kind: 'case' }>): string {
  const head = operand === undefined ? 'CASE' : `CASE ${printExpression(operand)}`
  const branches = whens.map(({ when, then }) => `WHEN ${printExpression(when)} THEN ${printExpression(then)}`)
  return [head, ...branches, ...(otherwise === undefined ? [] : [`ELSE ${printExpression(otherwise)}`]), 'END'].join(' ')
}

function printCall({ name, args, distinct, filter, over }: Call): string {
  const texts = args.map((arg, index) => (distinct === true && index === 0 ? `DISTINCT ${printAfterDistinct(arg)}` : printExpression(arg)))
  const list = texts.join(', ')
  const condition = filter === undefined ? '' : ` FILTER (WHERE ${printExpression(filter)})`
  return `${quoteName(name)}(${list})${condition}${over === undefined ? '' : ` ${printOver(over)}`}`
}

export function printOver({ partition, order, when }: Over): string {
  const parts = [
    partition.length === 0 ? '' : `PARTITION BY ${partition.map((expr) => printExpression(expr)).join(', ')}`,
    order.length === 0 ? '' : `ORDER BY ${order.map(printOrder).join(', ')}`,
    when === undefined ? '' : `WHEN ${printExpression(when)}`,
  ]
  return `OVER (${parts.filter((part) => part !== '').join(' ')})`
}

export function printOrder({ expr, descending }: OrderTerm): string {
  return `${printExpression(expr)}${descending ? ' DESC' : ''}`
}
