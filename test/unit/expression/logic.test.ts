import { expect, test } from 'vitest'
import type { Cell } from '../../../src/data/value.ts'
import { compare } from '../../../src/expression/comparison.ts'
import { and, not, or, passes } from '../../../src/expression/logic.ts'

const TRUTHS: readonly (readonly [Cell, Cell, boolean | null, boolean | null])[] = [
  [true, true, true, true],
  [true, false, false, true],
  [true, null, null, true],
  [false, true, false, true],
  [false, false, false, false],
  [false, null, false, null],
  [null, true, null, true],
  [null, false, false, null],
  [null, null, null, null],
  ['x', null, null, null],
  [undefined, 'x', null, null],
]

test.each(TRUTHS)('%s and %s', (a, b, conjunction, disjunction) => {
  expect(and(a, b)).toBe(conjunction)
  expect(or(a, b)).toBe(disjunction)
})

test('values that are no truth are refused', () => {
  expect(() => and('x', true)).toThrow('invalid operation string(x) AND bool(true)')
  expect(() => and(1, false)).toThrow('invalid operation float64(1) AND bool(false)')
  expect(() => or(false, 1)).toThrow('invalid operation bool(false) OR float64(1)')
  expect(() => not(1n)).toThrow('NOT expects a boolean, but found int64(1)')
  expect(() => passes('yes')).toThrow('invalid condition that returns non-bool value string(yes)')
})

test('times compare with times, milliseconds and texts', () => {
  const time = new Date('2024-02-29T00:00:00Z')
  expect(compare('=', time, new Date(time.getTime()))).toBe(true)
  expect(compare('<', time, time.getTime() + 1)).toBe(true)
  expect(compare('>=', BigInt(time.getTime()), time)).toBe(true)
  expect(compare('=', time, '2024-02-29')).toBe(true)
  expect(() => compare('=', time, 'soon')).toThrow('invalid operation datetime(1709164800000) = string(soon)')
})

test('NaN is equal to nothing', () => {
  expect(compare('=', Number.NaN, Number.NaN)).toBe(false)
  expect(compare('!=', Number.NaN, 1n)).toBe(true)
  expect(compare('<', Number.NaN, 1)).toBe(false)
})
