import { expect, test } from 'vitest'
import { pointer, positionAt } from '../../../src/sql/position.ts'

test.each([
  ['abc', 1, 2, { line: 1, column: 2, length: 1 }],
  ['a\nbcd', 3, 5, { line: 2, column: 2, length: 2 }],
  ['a\r\nbcd', 3, 5, { line: 2, column: 1, length: 2 }],
  ['a\rb', 2, 3, { line: 2, column: 1, length: 1 }],
  ['😀b', 2, 3, { line: 1, column: 2, length: 1 }],
  ['ab\ncd', 1, 5, { line: 1, column: 2, length: 1 }],
  ['ab', 2, 2, { line: 1, column: 3, length: 1 }],
  ['', 0, 0, { line: 1, column: 1, length: 1 }],
])('the place %j[%i..%i) counts lines and characters from 1', (text, at, end, expected) => {
  expect(positionAt(text, at, end)).toEqual(expected)
})

test('the pointer underlines what is meant, and keeps tabs so that the marks stand below it', () => {
  expect(pointer('SELECT a\n\tFORM demo', { line: 2, column: 2, length: 4 })).toBe('\tFORM demo\n\t^^^^')
  expect(pointer('SELECT', { line: 1, column: 7 })).toBe('SELECT\n      ^')
})

test('a long line is cut around the place', () => {
  const text = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`
  const [line = '', marks = ''] = pointer(text, { line: 1, column: 501, length: 4 }).split('\n')
  expect(line.length).toBeLessThan(110)
  expect(line.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('HERE')
})
