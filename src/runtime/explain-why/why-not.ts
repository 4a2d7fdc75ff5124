import { PlutinoError } from '../../base/errors.ts'
import type { Row } from '../../data/batch.ts'
import { jsonText } from '../../data/json-text.ts'
import type { Cell } from '../../data/value.ts'
import type { BoundExpr } from '../../expression/bound.ts'
import type { CompileDeps, Compiler } from '../../expression/compile.ts'
import { childrenOf } from '../../expression/walk.ts'
import { printExpr } from '../../plan/print-expr.ts'

/** The value of an expression for a row; throws `row_failed`. */
export type Evaluate = (expr: BoundExpr, row: Row) => Cell

/** Compiles each expression once. */
export function evaluator(compiler: Compiler, deps: CompileDeps): Evaluate {
  const known = new WeakMap<BoundExpr, (row: Row) => Cell>()
  return (expr, row) => {
    let evaluate = known.get(expr)
    if (evaluate === undefined) known.set(expr, (evaluate = compiler.expression(expr, deps)))
    return evaluate(row)
  }
}

/** Longer values are cut. */
const LONGEST = 200

/** Why a predicate is not true for a row: the parts that decided, each with the values of its operands. */
export function whyNot(predicate: BoundExpr, row: Row, evaluate: Evaluate): string {
  return decisive(predicate, row, evaluate)
    .map((part) => partText(part, row, evaluate))
    .join('; ')
}

/** `a is 5, b is null`: what is there of expressions; those that are absent are left out. */
export function presentValues(exprs: readonly BoundExpr[], row: Row, evaluate: Evaluate): string {
  const present = exprs.filter((expr) => valueOf(expr, row, evaluate) !== undefined)
  return present.map((expr) => operandText(expr, row, evaluate)).join(', ')
}

/** An expression as SQL without parentheses around it. */
export function bare(expr: BoundExpr): string {
  const text = printExpr(expr)
  return text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : text
}

/** Of AND the parts that are not true; of OR all, for none of them is. */
function decisive(expr: BoundExpr, row: Row, evaluate: Evaluate): readonly BoundExpr[] {
  if (expr.kind !== 'binary' || (expr.op !== 'AND' && expr.op !== 'OR')) return [expr]
  const sides = [expr.left, expr.right]
  const asked = expr.op === 'OR' ? sides : sides.filter((side) => valueOf(side, row, evaluate) !== true)
  return asked.flatMap((side) => decisive(side, row, evaluate))
}

function partText(part: BoundExpr, row: Row, evaluate: Evaluate): string {
  const operands = part.kind === 'slot' ? [part] : operandsOf(part)
  const values = operands.map((operand) => operandText(operand, row, evaluate))
  return values.length === 0 ? bare(part) : `${bare(part)}: ${[...new Set(values)].join(', ')}`
}

/** What a part compares, and the columns inside of what is computed. */
function operandsOf(part: BoundExpr): readonly BoundExpr[] {
  return childrenOf(part).flatMap((operand) => {
    if (operand.kind === 'literal') return []
    return operand.kind === 'slot' ? [operand] : [operand, ...operandsOf(operand)]
  })
}

function operandText(operand: BoundExpr, row: Row, evaluate: Evaluate): string {
  const value = valueOf(operand, row, evaluate)
  if (value instanceof PlutinoError) return `${bare(operand)} fails: ${value.message}`
  return `${bare(operand)} is ${value === undefined ? 'absent' : short(jsonText(value))}`
}

function valueOf(expr: BoundExpr, row: Row, evaluate: Evaluate): Cell | PlutinoError {
  try {
    return evaluate(expr, row)
  } catch (thrown) {
    if (thrown instanceof PlutinoError) return thrown
    throw thrown
  }
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
