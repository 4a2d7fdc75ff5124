import { expect, test } from 'vitest'
import { jsonText } from '../../../src/data/json-text.ts'
import type { Value } from '../../../src/data/value.ts'

test.each<[Value, string]>([
  [9007199254740993n, '9007199254740993'],
  [[1.5, -0, true, null], '[1.5,0,true,null]'],
  [Buffer.from('hello'), '"aGVsbG8="'],
  [new Date('2024-02-29T12:34:56Z'), '"2024-02-29T12:34:56Z"'],
  [new Date(789), '"1970-01-01T00:00:00.789Z"'],
  [{ 'a"b': 'x\n\u2028', n: { m: [] } }, '{"a\\"b":"x\\n\u2028","n":{"m":[]}}'],
  [JSON.parse('{"__proto__":1,"toString":2}'), '{"__proto__":1,"toString":2}'],
])('%o', (value, text) => {
  expect(jsonText(value)).toBe(text)
})

test.each([Number.NaN, Number.NEGATIVE_INFINITY])('%d has no form in JSON', (value) => {
  expect(() => jsonText([value])).toThrow(expect.objectContaining({ code: 'row_failed', message: `${value} has no form in JSON` }))
})
