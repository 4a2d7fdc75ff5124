import { expect, test } from 'vitest'
import { like, likeMatcher } from '../../../src/expression/like.ts'

test.each([
  ['abc', 'a%c', true],
  ['ac', 'a%c', true],
  ['abcd', 'a%c', false],
  ['abc', '___', true],
  ['abc', '__', false],
  ['x日y', 'x_y', true],
  ['😀', '_', true],
  ['', '', true],
  ['', '%', true],
  ['abc', '', false],
  ['a.c', 'a.c', true],
  ['abc', 'a.c', false],
  ['a', '^a', false],
  ['a%', 'a\\%', true],
  ['ab', 'a\\%', false],
  ['a_b', 'a\\_b', true],
  ['a\\', 'a\\\\', true],
  ['a\\', 'a\\', true],
  ['aXbXc', '%b%', true],
  ['ab\nc', '%', false],
  ['a\nc', 'a_c', false],
  ['mississippi', 'm%iss%p_', true],
  ['ABC', 'abc', false],
])('%j LIKE %j is %s', (text, pattern, result) => {
  expect(likeMatcher(pattern)(text)).toBe(result)
  expect(like(text, pattern)).toBe(result)
})

test('a pattern made to be slow is not', () => {
  expect(likeMatcher(`${'%a'.repeat(50)}b`)('a'.repeat(20_000))).toBe(false)
})

test('null is unknown, what is no text fails', () => {
  expect(like(null, 'a')).toBe(null)
  expect(like('a', undefined)).toBe(null)
  expect(() => like(1, 'x%')).toThrow('LIKE operator left operand expects string, but found float64(1)')
  expect(() => like('x', 1n)).toThrow('LIKE operator right operand expects string, but found int64(1)')
})
