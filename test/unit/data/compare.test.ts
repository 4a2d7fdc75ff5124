import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderText, orderValues, sameValue, valueKey } from '../../../src/data/compare.ts'
import type { Cell, Value } from '../../../src/data/value.ts'

const SAME: readonly (readonly [string, Cell, Cell])[] = [
  ['a float and an integer of the same number', 2, 2n],
  ['2 to the 53 in both kinds', 2 ** 53, 9007199254740992n],
  ['both zeros', 0, -0],
  ['NaN and itself', Number.NaN, Number.NaN],
  ['null and a missing column', null, undefined],
  ['arrays with numbers of both kinds', [1, [2n]], [1n, [2]]],
  ['objects whose members stand in another order', { a: 1, b: 'x' }, { b: 'x', a: 1n }],
  ['equal times', new Date(5), new Date(5)],
  ['equal bytes', Uint8Array.of(1, 2), Buffer.from([1, 2])],
]

test.each(SAME)('%s are the same value with the same key', (_, a, b) => {
  expect(sameValue(a, b)).toBe(true)
  expect(valueKey(a)).toBe(valueKey(b))
})

const DIFFERENT: readonly (readonly [string, Cell, Cell])[] = [
  ['an integer that a double cannot hold and its neighbour', 9007199254740993n, 9007199254740992],
  ['a number and its text', 1, '1'],
  ['true and 1', true, 1],
  ['null and the text null', null, 'null'],
  ['NaN and its text', Number.NaN, 'NaN'],
  ['an array and its text', ['a'], '["a"]'],
  ['nested and flat arrays', [[1], 2], [[1, 2]]],
  ['a missing member and a null one', {}, { a: null }],
  ['a time and its number', new Date(5), 5],
  ['texts with and without quotes', '"a', 'a'],
  ['own members named like inherited ones', { toString: 1 }, {}],
]

test.each(DIFFERENT)('%s differ, and so do their keys', (_, a, b) => {
  expect(sameValue(a, b)).toBe(false)
  expect(valueKey(a)).not.toBe(valueKey(b))
})

const scalars = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.bigInt(),
  fc.string({ maxLength: 3 }),
)
const values: fc.Arbitrary<Value> = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 2 }), scalars, { maxKeys: 2 }),
)

test('two values have the same key exactly when they are the same value', () => {
  fc.assert(
    fc.property(values, values, (a, b) => (valueKey(a) === valueKey(b)) === sameValue(a, b)),
    { numRuns: 2_000 },
  )
})

test('the order of values is total', () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      expect(Math.sign(orderValues(a, b)) + Math.sign(orderValues(b, a))).toBe(0)
      if (orderValues(a, b) <= 0 && orderValues(b, c) <= 0) expect(orderValues(a, c)).toBeLessThanOrEqual(0)
    }),
    { numRuns: 2_000 },
  )
})

test('texts are ordered as their UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(orderText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
  expect(orderText('\u{1f600}', '\uffee')).toBeGreaterThan(0)
})

test('null is last, numbers come before texts', () => {
  const sorted = [null, 'a', 3n, 1, true, 2.5].toSorted(orderValues)
  expect(sorted).toEqual([true, 1, 2.5, 3n, 'a', null])
})
