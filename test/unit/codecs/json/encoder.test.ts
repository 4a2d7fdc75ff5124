import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { json } from '../../../../src/codecs/json/codec.ts'
import type { Row, SchemaColumn } from '../../../../src/data/batch.ts'
import { toRecord } from '../../../../src/data/record.ts'
import type { Cell } from '../../../../src/data/value.ts'

const star: SchemaColumn = { name: '*', spread: true }

function encode(columns: readonly (string | SchemaColumn)[], row: Row): string {
  const schema = { columns: columns.map((column) => (typeof column === 'string' ? { name: column } : column)) }
  return json.create({}).encoder(schema).single(row) as string
}

test.each<[Cell, string]>([
  [1, '{"a":1}'],
  [-0, '{"a":0}'],
  [0.1, '{"a":0.1}'],
  [1e21, '{"a":1e+21}'],
  [9007199254740993n, '{"a":9007199254740993}'],
  ['x', '{"a":"x"}'],
  ['q"\\\n\u0001\ud800é', '{"a":"q\\"\\\\\\n\\u0001\\ud800é"}'],
  [true, '{"a":true}'],
  [null, '{"a":null}'],
  [undefined, '{}'],
  [Uint8Array.of(104, 105), '{"a":"aGk="}'],
  [new Date(0), '{"a":"1970-01-01T00:00:00Z"}'],
  [new Date(1709210096789), '{"a":"2024-02-29T12:34:56.789Z"}'],
  [[1, null, ['x']], '{"a":[1,null,["x"]]}'],
  [[1n, new Date(0), Uint8Array.of(0)], '{"a":[1,"1970-01-01T00:00:00Z","AA=="]}'],
  [{ b: { c: 5n } }, '{"a":{"b":{"c":5}}}'],
  [{ toJSON: 'x' }, '{"a":{"toJSON":"x"}}'],
])('%s is written %s', (cell, text) => {
  expect(encode(['a'], [cell])).toBe(text)
})

test.each<[Cell, string]>([
  [Number.NaN, 'json: unsupported value: NaN'],
  [Number.POSITIVE_INFINITY, 'json: unsupported value: +Inf'],
  [[1, [Number.NEGATIVE_INFINITY]], 'json: unsupported value: -Inf'],
  [{ a: 1n, b: Number.NaN }, 'json: unsupported value: NaN'],
  [new Date(Number.NaN), 'json: unsupported value: invalid datetime'],
])('%s has no form in JSON', (cell, message) => {
  expect(() => encode(['a'], [cell])).toThrow(expect.objectContaining({ code: 'decode_failed', message }))
  expect(() => encode([star], [{ a: cell ?? null }])).toThrow(expect.objectContaining({ code: 'decode_failed', message }))
})

test('columns stand in order, absent ones are left out', () => {
  expect(encode(['a', 'b', 'c'], [undefined, 1, undefined])).toBe('{"b":1}')
  expect(encode([], [])).toBe('{}')
})

test('of equal names the last that is present is written', () => {
  expect(encode([star, 'a'], [{ a: 1, b: 2 }, 3])).toBe('{"a":3,"b":2}')
  expect(encode([star, 'a'], [{ a: 1, b: 2 }, undefined])).toBe('{"a":1,"b":2}')
  expect(encode(['a', star], [3, { a: 1, b: 2 }])).toBe('{"a":1,"b":2}')
  expect(encode([star, star], [{ a: 1 }, { a: 2, c: 3 }])).toBe('{"a":2,"c":3}')
  expect(encode(['a', 'a'], [1, 2])).toBe('{"a":2}')
  expect(encode([star], [undefined])).toBe('{}')
  expect(encode([star], [null])).toBe('{}')
})

test('hostile names are names like any other', () => {
  const names = ['__proto__', 'toString', 'constructor', '', 'q"q', '`${process.exit(1)}`', '\u2028', '1']
  const row = names.map((_, i) => i)
  const text = encode(names, row)
  const parsed = JSON.parse(text) as object
  expect(new Map(Object.entries(parsed))).toEqual(new Map(names.map((name, i) => [name, i])))
  expect(encode([star, 'x'], [JSON.parse(text), 1])).toContain('"__proto__":0')
})

test('rows in a range are one array', () => {
  const encoder = json.create({}).encoder({ columns: [{ name: 'a' }] })
  expect(encoder.array([[1], [2], [3], [4]], 1, 3)).toBe('[{"a":2},{"a":3}]')
  expect(encoder.array([], 0, 0)).toBe('[]')
})

test('what is written reads as what was there', () => {
  const cell = fc.oneof(fc.jsonValue(), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.constant(undefined))
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 6 }), fc.array(cell, { minLength: 6, maxLength: 6 }), (names, cells) => {
      const row = cells as Cell[]
      const columns = names.map((name) => ({ name }))
      const text = encode(names, row)
      const revived = JSON.parse(text, (_key, value: unknown) => value) as unknown
      const plain = JSON.parse(
        JSON.stringify(toRecord({ columns }, row.slice(0, names.length)), (_key, value: unknown) =>
          typeof value === 'bigint' ? Number(value) : value,
        ),
      ) as unknown
      expect(revived).toEqual(plain)
    }),
    { numRuns: 1000 },
  )
})

test('a value nested too deeply is an error of the row', () => {
  let deep: Cell = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]
  expect(() => encode(['a'], [deep])).toThrow(expect.objectContaining({ code: 'decode_failed' }))
})
