import { expect, test } from 'vitest'
import { type CastType, castValue, floatText, isCastType } from '../../../src/data/cast.ts'
import type { Cell, Value } from '../../../src/data/value.ts'

const TIME = new Date('2024-02-29T12:34:56.789Z')

const CASTS: readonly (readonly [Cell, CastType, Value])[] = [
  [1.9, 'bigint', 1n],
  [-1.9, 'bigint', -1n],
  ['12', 'bigint', 12n],
  ['-9223372036854775808', 'bigint', -(2n ** 63n)],
  ['0x10', 'bigint', 16n],
  ['010', 'bigint', 8n],
  ['0', 'bigint', 0n],
  ['1_000', 'bigint', 1000n],
  ['0x_10', 'bigint', 16n],
  [true, 'bigint', 1n],
  [TIME, 'bigint', BigInt(TIME.getTime())],
  [9007199254740993n, 'bigint', 9007199254740993n],
  ['1.5', 'float', 1.5],
  ['-.5e1', 'float', -5],
  ['1_000.5', 'float', 1000.5],
  ['-0x1.8p1', 'float', -3],
  ['Inf', 'float', Number.POSITIVE_INFINITY],
  ['NaN', 'float', Number.NaN],
  [3n, 'float', 3],
  [false, 'float', 0],
  ['x', 'string', 'x'],
  [1, 'string', '1'],
  [-0.5, 'string', '-0.5'],
  [1e21, 'string', '1000000000000000000000'],
  [9007199254740993n, 'string', '9007199254740993'],
  [true, 'string', 'true'],
  [[1, 'a', { k: null }], 'string', '[1,"a",{"k":null}]'],
  [{}, 'string', '{}'],
  [Buffer.from('hé'), 'string', 'hé'],
  [TIME, 'string', '2024-02-29 12:34:56.789 +0000 UTC'],
  [new Date(0), 'string', '1970-01-01 00:00:00 +0000 UTC'],
  [-1, 'boolean', true],
  [0n, 'boolean', false],
  ['TRUE', 'boolean', true],
  ['f', 'boolean', false],
  ['2024-02-29', 'datetime', new Date('2024-02-29T00:00:00Z')],
  [1.5, 'datetime', new Date(1)],
  [1709210096789n, 'datetime', TIME],
  ['abc', 'bytea', Buffer.from('abc')],
  [null, 'bigint', null],
  [undefined, 'string', null],
]

test.each(CASTS)('%o as %s is %o', (value, to, result) => {
  expect(castValue(value, to)).toEqual(result)
})

const FAILURES: readonly (readonly [Cell, CastType, string])[] = [
  ['x', 'bigint', 'cannot convert string(x) to bigint'],
  [' 3 ', 'bigint', 'cannot convert string( 3 ) to bigint'],
  ['1.5', 'bigint', 'cannot convert string(1.5) to bigint'],
  ['1__0', 'bigint', 'cannot convert string(1__0) to bigint'],
  ['1_', 'bigint', 'cannot convert string(1_) to bigint'],
  ['0x10', 'float', 'cannot convert string(0x10) to float'],
  ['08', 'bigint', 'cannot convert string(08) to bigint'],
  [1e19, 'bigint', 'bigint out of range'],
  ['9223372036854775808', 'bigint', 'bigint out of range'],
  [Number.NaN, 'bigint', 'cannot convert float64(NaN) to bigint'],
  [{ k: 1 }, 'bigint', 'cannot convert object({"k":1}) to bigint'],
  ['1e999', 'float', 'cannot convert string(1e999) to float'],
  [' 2', 'float', 'cannot convert string( 2) to float'],
  ['', 'boolean', 'cannot convert string() to boolean'],
  [[], 'boolean', 'cannot convert array([]) to boolean'],
  [true, 'datetime', 'cannot convert bool(true) to datetime'],
  [1e300, 'datetime', 'cannot convert float64(1e+300) to datetime'],
  [1, 'bytea', 'cannot convert float64(1) to bytea'],
]

test.each(FAILURES)('%o as %s fails', (value, to, message) => {
  expect(() => castValue(value, to)).toThrow(expect.objectContaining({ code: 'row_failed', message }))
})

test('a text of a million digits is refused at once', () => {
  expect(() => castValue('9'.repeat(1_000_000), 'bigint')).toThrow(/cannot convert/)
})

test.each([
  [1e-7, '0.0000001'],
  [-1.25e-9, '-0.00000000125'],
  [1.5e22, '15000000000000000000000'],
  [0.1, '0.1'],
])('%d as text is %s', (value, text) => {
  expect(floatText(value)).toBe(text)
})

test('names that objects inherit are no types', () => {
  expect(isCastType('toString')).toBe(false)
  expect(isCastType('bigint')).toBe(true)
})
