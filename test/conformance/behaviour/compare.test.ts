import { expect, test } from 'vitest'
import { sameAnswer } from './compare.ts'

const refused = { error: { phase: 'create', text: 'no such stream' } }
const failed = { error: { phase: 'run', text: 'divided by zero' } }

test.each([
  [{ output: [[{ a: 1, b: 2 }]] }, { output: [[{ b: 2, a: 1 + 1e-12 }]] }],
  [{ output: [[{ a: 9007199254740993n }]] }, { output: [[{ a: 9007199254740993n }]] }],
  [failed, { output: [{ $error: 'in other words' }] }],
  [refused, { error: { phase: 'create', text: 'in other words' } }],
  [{ output: [] }, { output: [] }],
])('answered: case %#', (expected, actual) => {
  expect(sameAnswer(expected, actual)).toBe(true)
})

test.each([
  [{ output: [[{ a: 1 }]] }, { output: [[{ a: 1, b: null }]] }],
  [{ output: [[{ a: 1 }]] }, { output: [[{ a: '1' }]] }],
  [{ output: [[{ a: 1 }]] }, { output: [[{ a: 1.0001 }]] }],
  [{ output: [[{ a: 9007199254740993n }]] }, { output: [[{ a: 9007199254740994n }]] }],
  [{ output: [[{ a: 1 }], [{ a: 2 }]] }, { output: [[{ a: 2 }], [{ a: 1 }]] }],
  [{ output: [[{ a: 1 }, { a: 2 }]] }, { output: [[{ a: 2 }, { a: 1 }]] }],
  [{ output: [[{ a: 1 }]] }, { output: [[{ a: 1 }], [{ a: 1 }]] }],
  [{ output: [[{ toString: 1 }]] }, { output: [[{ a: 1 }]] }],
  [failed, { output: [] }],
  [{ output: [[{ $error: 'a column of this name' }]] }, failed],
  [refused, failed],
  [refused, { error: { phase: 'harness', text: 'a mistake' } }],
])('not answered: case %#', (expected, actual) => {
  expect(sameAnswer(expected, actual)).toBe(false)
})

test('rows come in any order where the case says so, each as often as it was recorded', () => {
  expect(sameAnswer({ output: [[{ a: 1 }, { a: 2 }]] }, { output: [[{ a: 2 }, { a: 1 }]] }, true)).toBe(true)
  expect(sameAnswer({ output: [[{ a: 1 }, { a: 2 }]] }, { output: [[{ a: 2 }, { a: 2 }]] }, true)).toBe(false)
})
