import type { SqlFunction } from '../../src/api/function.ts'
import { arithmetic, negate } from '../../src/data/arithmetic.ts'
import type { Row } from '../../src/data/batch.ts'
import type { Cell } from '../../src/data/value.ts'
import type { BoundExpr } from '../../src/expression/bound.ts'
import { between, compare, isIn, isInArray } from '../../src/expression/comparison.ts'
import { like } from '../../src/expression/like.ts'
import { and, isLogical, not, or } from '../../src/expression/logic.ts'
import { index, member, slice } from '../../src/expression/path.ts'
import { changedRecord, objectOf } from '../../src/expression/record.ts'
import { lookup, TEST_CONTEXT } from '../support/sql.ts'

/** Walks the tree for every row: no fast path, no shared value, nothing generated. What compiled code must agree with. */
export function interpret(expr: BoundExpr, row: Row): Cell {
  switch (expr.kind) {
    case 'literal':
      return expr.value
    case 'slot':
      return row[expr.slot]
    case 'unary':
      return expr.op === 'NOT' ? not(interpret(expr.operand, row)) : negate(asOperand(expr.operand, row))
    case 'binary':
      return binary(expr, row)
    case 'isNull':
      return (interpret(expr.operand, row) ?? null) === null ? !expr.negated : expr.negated
    case 'like':
      return perhapsNot(expr.negated, like(interpret(expr.operand, row), interpret(expr.pattern, row)))
    case 'between':
      return perhapsNot(expr.negated, between(interpret(expr.operand, row), interpret(expr.low, row), interpret(expr.high, row)))
    case 'in':
      return perhapsNot(expr.negated, membership(expr, row))
    case 'case':
      return choose(expr, row)
    case 'firstPresent':
      return expr.options.map((option) => interpret(option, row)).find((value) => value !== undefined)
    case 'object':
      return objectOf(
        expr.names,
        expr.values.map((value) => settled(value, row)),
      )
    case 'member':
      return member(settled(expr.object, row), expr.name)
    case 'index':
      return index(settled(expr.object, row), settled(expr.index, row))
    case 'slice':
      return slice(
        settled(expr.object, row),
        expr.from === undefined ? 0n : settled(expr.from, row),
        expr.to === undefined ? undefined : (settled(expr.to, row) ?? null),
      )
    case 'call':
      return call(expr, row)
    case 'record': {
      const values = expr.replace.map(({ value }) => settled(value, row))
      return changedRecord(
        interpret(expr.record, row),
        expr.except,
        expr.replace.map(({ name }) => name),
        values,
      )
    }
  }
}

function settled(expr: BoundExpr, row: Row): Cell {
  const value = interpret(expr, row)
  return isLogical(expr) ? (value ?? false) : value
}

function asOperand(expr: BoundExpr, row: Row): Cell {
  return floatOfJson(expr, settled(expr, row))
}

function floatOfJson(expr: BoundExpr, value: Cell): Cell {
  return expr.type === 'json' && typeof value === 'bigint' ? Number(value) : value
}

function binary(expr: Extract<BoundExpr, { kind: 'binary' }>, row: Row): Cell {
  const { op } = expr
  switch (op) {
    case 'AND': {
      const left = interpret(expr.left, row)
      if (left === false) return false
      try {
        return and(left, interpret(expr.right, row))
      } catch (error) {
        if (left === null || left === undefined) return null
        throw error
      }
    }
    case 'OR': {
      const left = interpret(expr.left, row)
      return left === true ? true : or(left, interpret(expr.right, row))
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return arithmetic(op, asOperand(expr.left, row), asOperand(expr.right, row))
    case '&':
    case '|':
    case '^':
      return arithmetic(op, floatOfJson(expr.left, interpret(expr.left, row)), floatOfJson(expr.right, interpret(expr.right, row)))
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(op, interpret(expr.left, row), interpret(expr.right, row))
  }
}

function perhapsNot(negated: boolean, truth: Cell): Cell {
  return negated ? not(truth) : truth
}

function membership(expr: Extract<BoundExpr, { kind: 'in' }>, row: Row): Cell {
  const operand = interpret(expr.operand, row)
  if (expr.array !== undefined) return isInArray(operand, interpret(expr.array, row))
  return isIn(
    operand,
    (expr.items ?? []).map((item) => interpret(item, row)),
  )
}

function choose(expr: Extract<BoundExpr, { kind: 'case' }>, row: Row): Cell {
  const operand = expr.operand === undefined ? undefined : { value: interpret(expr.operand, row) }
  for (const { when, then } of expr.whens) {
    const value = interpret(when, row)
    if ((operand === undefined ? value : compare('=', operand.value, value)) === true) return settled(then, row)
  }
  return expr.otherwise === undefined ? undefined : settled(expr.otherwise, row)
}

function call(expr: Extract<BoundExpr, { kind: 'call' }>, row: Row): Cell {
  const found = lookup().find(expr.name) as Extract<SqlFunction, { kind: 'row' }>
  const args = expr.args.map((arg) => settled(arg, row))
  const missing = args.some((arg) => arg === null || arg === undefined)
  if (!missing || found.nulls === 'call') return found.call(TEST_CONTEXT, ...args)
  return found.nulls === 'null' ? null : found.nulls === 'false' ? false : found.returns === 'bigint' ? 0n : 0
}
