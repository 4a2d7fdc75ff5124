import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from '../../src/data/batch.ts'
import type { Cell, Value } from '../../src/data/value.ts'
import type { BoundExpr } from '../../src/expression/bound.ts'
import { Compiler } from '../../src/expression/compile.ts'
import { branch, literal } from '../../src/expression/make.ts'
import { commonType, typeOfBinary, type StaticType } from '../../src/expression/types.ts'
import type { BinaryOp } from '../../src/sql/ast.ts'
import { lookup, TEST_CONTEXT } from '../support/sql.ts'
import { interpret } from './expression-interpreter.ts'

const deps = { functions: lookup(), context: TEST_CONTEXT }
const OPERATORS: readonly BinaryOp[] = ['OR', 'AND', '=', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '&', '|', '^']

const texts = fc.oneof(fc.constantFrom('', 'a', 'abc', '7', 'é日😀', '\ufffd', '__proto__', '%', 'a%c'), fc.string({ maxLength: 4 }))
const floats = fc.oneof(fc.constantFrom(0, -0, 1, 2, 7, 0.5, -3, 2 ** 53, 1e308, Number.NaN, Number.POSITIVE_INFINITY), fc.double())
const integers = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 7n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
)
const scalars: fc.Arbitrary<Value> = fc.oneof(fc.constant(null), fc.boolean(), floats, integers, texts)
const jsonValues: fc.Arbitrary<Value> = fc.oneof(
  { weight: 6, arbitrary: scalars },
  { weight: 1, arbitrary: fc.array(scalars, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('x', 'toString', 'a'), scalars, { maxKeys: 3 }) },
)
const orMissing = <T extends Cell>(value: fc.Arbitrary<T>): fc.Arbitrary<Cell> =>
  fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom(null, undefined) })

const SLOTS: readonly { readonly type: StaticType; readonly values: fc.Arbitrary<Cell> }[] = [
  { type: 'json', values: orMissing(jsonValues) },
  { type: 'json', values: orMissing(floats) },
  { type: 'json', values: orMissing(texts) },
  { type: 'bigint', values: orMissing(integers) },
  { type: 'float', values: orMissing(floats) },
  { type: 'string', values: orMissing(texts) },
  { type: 'boolean', values: orMissing(fc.boolean()) },
]
const rows: fc.Arbitrary<Row> = fc.tuple(...SLOTS.map(({ values }) => values))

const leaves: fc.Arbitrary<BoundExpr> = fc.oneof(
  fc.nat(SLOTS.length - 1).map((slot): BoundExpr => ({ kind: 'slot', slot, name: `s${slot}`, type: SLOTS[slot]?.type ?? 'json', at: 0 })),
  integers.map((value) => literal(value, 'bigint', 0)),
  fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1.5)).map((value) => literal(value, 'float', 0)),
  texts.map((value) => literal(value, 'string', 0)),
  fc.boolean().map((value) => literal(value, 'boolean', 0)),
  fc.constant(literal(null, 'any', 0)),
)

const { expression } = fc.letrec<{ expression: BoundExpr; branches: BoundExpr }>((tie) => {
  const inner = tie('expression')
  const flag = fc.boolean()
  return {
    expression: fc.oneof({ maxDepth: 4, depthSize: 'medium' }, leaves, tie('branches')),
    branches: fc.oneof(
      fc
        .tuple(fc.constantFrom(...OPERATORS), inner, inner)
        .map(([op, left, right]): BoundExpr => ({ kind: 'binary', op, left, right, type: typeOfBinary(op, left.type, right.type), at: 0 })),
      fc.tuple(fc.constantFrom('-', 'NOT'), inner).map(([op, operand]): BoundExpr => ({
        kind: 'unary',
        op,
        operand,
        type: op === 'NOT' ? 'boolean' : operand.type === 'json' ? 'float' : operand.type,
        at: 0,
      })),
      fc.tuple(flag, inner).map(([negated, operand]): BoundExpr => ({ kind: 'isNull', negated, operand, type: 'boolean', at: 0 })),
      fc
        .tuple(flag, inner, inner)
        .map(([negated, operand, pattern]): BoundExpr => ({ kind: 'like', negated, operand, pattern, type: 'boolean', at: 0 })),
      fc
        .tuple(flag, inner, inner, inner)
        .map(([negated, operand, low, high]): BoundExpr => ({ kind: 'between', negated, operand, low, high, type: 'boolean', at: 0 })),
      fc
        .tuple(flag, inner, fc.array(inner, { minLength: 1, maxLength: 3 }))
        .map(([negated, operand, items]): BoundExpr => ({ kind: 'in', negated, operand, items, type: 'boolean', at: 0 })),
      fc
        .tuple(flag, inner, fc.array(floats.filter(Number.isFinite), { minLength: 1, maxLength: 12 }))
        .map(([negated, operand, items]): BoundExpr => ({
          kind: 'in',
          negated,
          operand,
          items: items.map((value) => literal(value, 'float', 0)),
          type: 'boolean',
          at: 0,
        })),
      fc
        .tuple(flag, inner, inner)
        .map(([negated, operand, array]): BoundExpr => ({ kind: 'in', negated, operand, array, type: 'boolean', at: 0 })),
      fc
        .tuple(
          fc.option(inner, { nil: undefined }),
          fc.array(fc.tuple(inner, inner), { minLength: 1, maxLength: 2 }),
          fc.option(inner, { nil: undefined }),
        )
        .map(([operand, whens, otherwise]): BoundExpr => ({
          kind: 'case',
          ...(operand === undefined ? {} : { operand }),
          whens: whens.map(([when, then]) => branch(when, then)),
          ...(otherwise === undefined ? {} : { otherwise }),
          type: commonType([...whens.map(([, then]) => then.type), ...(otherwise === undefined ? [] : [otherwise.type])]),
          at: 0,
        })),
      fc
        .tuple(inner, fc.constantFrom('x', 'toString', '__proto__'))
        .map(([object, name]): BoundExpr => ({ kind: 'member', object, name, type: 'json', at: 0 })),
      fc.tuple(inner, inner).map(([object, index]): BoundExpr => ({ kind: 'index', object, index, type: 'json', at: 0 })),
      fc.tuple(inner, fc.option(inner, { nil: undefined }), fc.option(inner, { nil: undefined })).map(([object, from, to]): BoundExpr => ({
        kind: 'slice',
        object,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        type: 'array',
        at: 0,
      })),
      fc.tuple(fc.constantFrom('length', 'known', 'isnull', 'echo', 'upper'), inner).map(([name, arg]): BoundExpr => ({
        kind: 'call',
        name,
        args: [arg],
        type: name === 'length' ? 'bigint' : name === 'echo' ? arg.type : name === 'upper' ? 'string' : 'boolean',
        at: 0,
      })),
      inner.map((shared): BoundExpr => ({ kind: 'binary', op: '=', left: shared, right: shared, type: 'boolean', at: 0 })),
    ),
  }
})

type Outcome = { readonly value: Cell } | { readonly error: string }

function outcome(compute: () => Cell): Outcome {
  try {
    return { value: compute() ?? null }
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'not an error' }
  }
}

test('compiled code gives what walking the tree gives, values and errors alike', () => {
  const compiler = new Compiler()
  fc.assert(
    fc.property(expression, fc.array(rows, { minLength: 1, maxLength: 5 }), (expr, batch) => {
      const compiled = compiler.expression(expr, deps)
      for (const row of batch) expect(outcome(() => compiled(row))).toEqual(outcome(() => interpret(expr, row)))
    }),
    { numRuns: 10_000 },
  )
})

test('a compiled filter passes exactly the rows for which the tree is true', () => {
  const compiler = new Compiler()
  fc.assert(
    fc.property(expression, fc.array(rows, { minLength: 1, maxLength: 5 }), (predicate, batch) => {
      const results = { rows: [] as Row[], errors: [] as { at: number; error: Error }[] }
      compiler.rows({ predicate }, deps)(batch, 0, batch.length, results as never)
      const passed = batch.filter((row) => {
        const found = outcome(() => interpret(predicate, row))
        return 'value' in found && found.value === true
      })
      expect(results.rows).toEqual(passed)
    }),
    { numRuns: 4_000 },
  )
})
