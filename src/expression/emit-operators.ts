import type { BinaryOp } from '../sql/ast.ts'
import type { BoundExpr } from './bound.ts'
import type { ComparisonOp } from './comparison.ts'
import { literalFloat } from './literal.ts'
import { isBitwise } from './logic.ts'

/** An operand whose value has a name in the generated code. */
export interface Operand {
  readonly expr: BoundExpr
  readonly code: string
  /** Of a literal that is exactly a float: the name of that. */
  readonly float?: string
}

const JS_OPERATORS: Readonly<Record<ComparisonOp, string>> = { '=': '===', '!=': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' }

type Kind = 'number' | 'string' | 'bigint' | 'boolean'

/** `a op b` for `+ - * / % & | ^`: machine arithmetic when both turn out to be floats, the full semantics otherwise. */
export function arithmeticCode(op: Exclude<BinaryOp, ComparisonOp | 'AND' | 'OR'>, a: Operand, b: Operand): string {
  const slow = `arithmetic(${JSON.stringify(op)}, ${asNumber(a)}, ${asNumber(b)})`
  if (isBitwise(op)) return slow
  if (isBigint(a) && isBigint(b))
    return op === '/' || op === '%' ? slow : guarded('bigint', [a, b], `inRange(${a.code} ${op} ${b.code})`, slow)
  const [left, right] = [floatOperand(a), floatOperand(b)]
  if (left === undefined || right === undefined) return slow
  const fast = `${left} ${op} ${right}`
  if (op !== '/' && op !== '%') return guarded('number', [a, b], fast, slow)
  if (b.expr.kind === 'literal') return literalFloat(b.expr) === 0 ? slow : guarded('number', [a, b], fast, slow)
  return `${guard('number', [a, b])} && ${right} !== 0 ? ${fast} : ${slow}`
}

/** `a op b` for comparisons: true, false or null. */
export function comparisonCode(op: ComparisonOp, a: Operand, b: Operand): string {
  const slow = `compare(${JSON.stringify(op)}, ${a.code}, ${b.code})`
  const kind = commonKind(a, b)
  if (kind === undefined || (kind === 'boolean' && op !== '=' && op !== '!=')) return slow
  if (kind === 'string' && op !== '=' && op !== '!=') return guarded(kind, [a, b], `orderText(${a.code}, ${b.code}) ${op} 0`, slow)
  const [left, right] = kind === 'number' ? [floatOperand(a) ?? a.code, floatOperand(b) ?? b.code] : [a.code, b.code]
  const fast = `${left} ${JS_OPERATORS[op]} ${right}`
  return guarded(kind, [a, b], fast, op === '=' && isDynamic(a, b) ? `(${guarded('string', [a, b], fast, slow)})` : slow)
}

/** Two values of which nothing is known: numbers or texts, most often. */
function isDynamic(a: Operand, b: Operand): boolean {
  return isOpen(a) && isOpen(b)
}

/** `x BETWEEN low AND high`. */
export function betweenCode(x: Operand, low: Operand, high: Operand, negated: boolean): string {
  const slow = negated ? `not(between(${x.code}, ${low.code}, ${high.code}))` : `between(${x.code}, ${low.code}, ${high.code})`
  const [value, from, to] = [floatOperand(x), floatOperand(low), floatOperand(high)]
  if (value === undefined || from === undefined || to === undefined) return slow
  const fast = `${value} >= ${from} && ${value} <= ${to}`
  return guarded('number', [x, low, high], negated ? `!(${fast})` : fast, slow)
}

/** The code when every operand that is no literal has this type at run time, else `slow`. */
export function guarded(kind: Kind, operands: readonly Operand[], fast: string, slow: string): string {
  const test = guard(kind, operands)
  return test === '' ? fast : `${test} ? ${fast} : ${slow}`
}

function guard(kind: Kind, operands: readonly Operand[]): string {
  const tested = operands.filter((operand) => operand.expr.kind !== 'literal').map((operand) => `typeof ${operand.code} === "${kind}"`)
  return tested.join(' && ')
}

/** The code of an operand that may be a float: a literal as one, anything but a known other type as it is. */
function floatOperand({ expr, code, float }: Operand): string | undefined {
  if (expr.kind === 'literal') return float
  return expr.type === 'json' || expr.type === 'any' || expr.type === 'float' || expr.type === 'number' ? code : undefined
}

function isBigint({ expr }: Operand): boolean {
  return expr.type === 'bigint' && (expr.kind !== 'literal' || typeof expr.value === 'bigint')
}

/** The run-time type for which a comparison of the two has a fast path. */
function commonKind(a: Operand, b: Operand): Kind | undefined {
  if (isBigint(a) && isBigint(b)) return 'bigint'
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const kind = textOrTruth(one)
    if (kind !== undefined) return textOrTruth(other) === kind || isOpen(other) ? kind : undefined
  }
  return floatOperand(a) !== undefined && floatOperand(b) !== undefined ? 'number' : undefined
}

function textOrTruth({ expr }: Operand): 'string' | 'boolean' | undefined {
  if (expr.kind === 'literal') return typeof expr.value === 'string' ? 'string' : typeof expr.value === 'boolean' ? 'boolean' : undefined
  return expr.type === 'string' || expr.type === 'boolean' ? expr.type : undefined
}

function isOpen({ expr }: Operand): boolean {
  return expr.kind !== 'literal' && (expr.type === 'json' || expr.type === 'any')
}

function asNumber({ expr, code }: Operand): string {
  return expr.type === 'json' && expr.kind !== 'literal' ? `jsonNumber(${code})` : code
}
