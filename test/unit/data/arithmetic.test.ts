import { expect, test } from 'vitest'
import { arithmetic, type ArithmeticOp, negate } from '../../../src/data/arithmetic.ts'
import type { Cell, Value } from '../../../src/data/value.ts'

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

const RESULTS: readonly (readonly [Cell, ArithmeticOp, Cell, Value])[] = [
  [7n, '/', 2n, 3n],
  [7n, '/', -2n, -3n],
  [-7n, '%', 2n, -1n],
  [7n, '/', 2, 3.5],
  [10n, '%', 3.5, 3],
  [1n, '+', 2n, 3n],
  [1n, '+', 0.5, 1.5],
  [MAX, '-', 1n, MAX - 1n],
  [MAX, '*', 1, Number(MAX)],
  [6n, '&', 3n, 2n],
  [-7n, '|', 2n, -5n],
  [6n, '^', 3n, 5n],
  [true, '&', false, false],
  [true, '|', false, true],
  [true, '^', true, false],
  [null, '+', 1n, null],
  [1n, '*', undefined, null],
  [null, '+', 'x', null],
]

test.each(RESULTS)('%s %s %s is %s', (a, op, b, result) => {
  expect(arithmetic(op, a, b)).toEqual(result)
})

const FAILURES: readonly (readonly [Cell, ArithmeticOp, Cell, string])[] = [
  [7n, '/', 0n, 'divided by zero'],
  [7, '%', -0, 'divided by zero'],
  [MAX, '+', 1n, 'bigint out of range'],
  [MIN, '-', 1n, 'bigint out of range'],
  [MIN, '/', -1n, 'bigint out of range'],
  [MAX, '*', MAX, 'bigint out of range'],
  ['a', '+', 1n, 'invalid operation string(a) + int64(1)'],
  [true, '*', 1.5, 'invalid operation bool(true) * float64(1.5)'],
  [7n, '&', 2.5, 'invalid operation float64(7) & float64(2.5)'],
  [[1], '+', null, '+ is an invalid operation for array'],
  [{ k: 1 }, '-', 1, '- is an invalid operation for object'],
  [1, '+', [1, 'a'], 'invalid operation float64(1) + array([1,"a"])'],
]

test.each(FAILURES)('%s %s %s fails', (a, op, b, message) => {
  expect(() => arithmetic(op, a, b)).toThrow(expect.objectContaining({ code: 'row_failed', message }))
})

test('a minus before the least bigint is out of range', () => {
  expect(negate(MAX)).toBe(-MAX)
  expect(negate(1.5)).toBe(-1.5)
  expect(negate(null)).toBe(null)
  expect(() => negate(MIN)).toThrow('bigint out of range')
  expect(() => negate('x')).toThrow('invalid operation -string(x)')
})

test('a row error carries no stack, and long values are cut', () => {
  const failed = (): unknown => arithmetic('+', 'x'.repeat(1_000), 1n)
  expect(failed).toThrow(/^invalid operation string\(x{60}…\) \+ int64\(1\)$/)
  try {
    failed()
  } catch (error) {
    expect(error instanceof Error ? (error.stack ?? '') : '').not.toContain('\n    at ')
  }
})
