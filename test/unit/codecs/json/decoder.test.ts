import { expect, test } from 'vitest'
import type { DecodeColumn, DecodeRequest } from '../../../../src/api/codec.ts'
import { json } from '../../../../src/codecs/json/codec.ts'
import type { SqlType } from '../../../../src/data/types.ts'
import type { Cell } from '../../../../src/data/value.ts'
import { payloadsOf } from '../../../support/payloads.ts'

function decode(payloads: readonly (string | Uint8Array)[], request: Partial<DecodeRequest>) {
  const columns = request.columns ?? []
  const width = request.width ?? columns.length + (request.record === true ? 1 : 0)
  return json
    .create({})
    .decoder({ columns, record: false, strict: false, ...request, width })
    .decode(payloadsOf(payloads))
}

const named = (...names: readonly string[]): DecodeColumn[] => names.map((name) => ({ name }))

/** The cell of one column, read by the scanner and, with many columns beside it, by `JSON.parse`: both must agree. */
function cellOf(payload: string, column: DecodeColumn, strict = false): Cell | string {
  const scanned = decode([payload], { columns: [column], strict })
  const others = Array.from({ length: 40 }, (_, i) => ({ name: `other${i}`, default: 0 }))
  const parsed = decode([payload], { columns: [column, ...others], strict })
  const show = (result: ReturnType<typeof decode>): Cell | string => result.errors[0]?.error.message ?? result.rows[0]?.[0]
  expect(show(parsed)).toStrictEqual(show(scanned))
  return show(scanned)
}

test('the wanted columns come in their slots, what is missing is undefined and null is null', () => {
  const { rows, origins, errors } = decode(['{"b":"x","a":1,"c":[1]}', '{"a":null}', '{}'], { columns: named('a', 'b'), width: 4 })
  expect(rows).toStrictEqual([
    [1, 'x', undefined, undefined],
    [null, undefined, undefined, undefined],
    [undefined, undefined, undefined, undefined],
  ])
  expect(origins).toBeUndefined()
  expect(errors).toEqual([])
})

test('the whole record stands behind the columns', () => {
  const { rows } = decode(['{"b":{"x":9007199254740993},"a":1}'], { columns: named('a'), record: true, width: 3 })
  expect(rows).toStrictEqual([[1, { b: { x: 9007199254740993n }, a: 1 }, undefined]])
})

test.each([
  ['1', 1],
  ['1.0', 1],
  ['-0', -0],
  ['1e2', 100],
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', 9007199254740993n],
  ['-9007199254740993', -9007199254740993n],
  ['1700000000000000000', 1700000000000000000n],
  ['9223372036854775807', 9223372036854775807n],
  ['9223372036854775808', 9223372036854775808],
  ['9007199254740993.0', 9007199254740992],
  ['1e400', Number.POSITIVE_INFINITY],
  ['"a"', 'a'],
  ['true', true],
  ['null', null],
  ['[9007199254740993,{"__proto__":9007199254740993}]', [9007199254740993n, JSON.parse('{"__proto__":0}')]],
])('schemaless %s keeps its value', (text, expected) => {
  if (Array.isArray(expected)) Object.defineProperty(expected[1], '__proto__', { value: 9007199254740993n, enumerable: true })
  expect(cellOf(`{"a":${text}}`, { name: 'a' })).toEqual(expected)
})

const array = (element: SqlType): SqlType => ({ kind: 'array', element })
const struct: SqlType = {
  kind: 'struct',
  fields: [
    { name: 'k', type: { kind: 'bigint' } },
    { name: 'in', type: { kind: 'struct', fields: [{ name: 'f', type: { kind: 'float' } }] } },
  ],
}

test.each<[SqlType, string, Cell]>([
  [{ kind: 'bigint' }, '1', 1n],
  [{ kind: 'bigint' }, '9007199254740993', 9007199254740993n],
  [{ kind: 'bigint' }, '1.5', 'a has wrong value:1.5, expect:bigint'],
  [{ kind: 'bigint' }, '1.0', 'a has a wrong value: a number with a fraction or an exponent, expect:bigint'],
  [{ kind: 'bigint' }, '1e2', 'a has a wrong value: a number with a fraction or an exponent, expect:bigint'],
  [array({ kind: 'bigint' }), '[1,2.0]', 'array has a wrong value: a number with a fraction or an exponent, expect:bigint'],
  [array({ kind: 'bigint' }), '[1,2]', [1n, 2n]],
  [struct, '{"k":1.0}', 'k has a wrong value: a number with a fraction or an exponent, expect:bigint'],
  [struct, '{"k":1,"in":{"f":1.0}}', { k: 1n, in: { f: 1 } }],
  [{ kind: 'float' }, '1.0e1', 10],
  [{ kind: 'bigint' }, '9223372036854775808', 'bigint out of range'],
  [{ kind: 'bigint' }, '"1"', 'a has wrong type:string, expect:bigint'],
  [{ kind: 'bigint' }, 'true', 'a has wrong type:true, expect:bigint'],
  [{ kind: 'bigint' }, '{"a":1}', 'a has wrong type:object, expect:bigint'],
  [{ kind: 'float' }, '1', 1],
  [{ kind: 'float' }, '9007199254740993', 9007199254740992],
  [{ kind: 'float' }, '"1.5"', 'a has wrong type:string, expect:float'],
  [{ kind: 'string' }, '"x"', 'x'],
  [{ kind: 'string' }, '1.5', '1.5'],
  [{ kind: 'string' }, '9007199254740993', '9007199254740993'],
  [{ kind: 'string' }, '1709210096789', '1.709210096789e+12'],
  [{ kind: 'string' }, 'true', 'a has wrong type:true, expect:string'],
  [{ kind: 'string' }, '[]', 'a has wrong type:array, expect:string'],
  [{ kind: 'boolean' }, 'false', false],
  [{ kind: 'boolean' }, '2', true],
  [{ kind: 'boolean' }, '0', false],
  [{ kind: 'boolean' }, '"true"', true],
  [{ kind: 'boolean' }, '"0"', false],
  [{ kind: 'boolean' }, '"abc"', 'a has a wrong text, expect:boolean'],
  [{ kind: 'datetime' }, '1709210096789', 1709210096789],
  [{ kind: 'datetime' }, '"yesterday"', 'yesterday'],
  [{ kind: 'datetime' }, 'true', 'a has wrong type:true, expect:datetime'],
  [{ kind: 'bytea' }, '"aGk="', Uint8Array.of(104, 105)],
  [{ kind: 'bytea' }, '"hi!"', Uint8Array.of(104, 105, 33)],
  [{ kind: 'bytea' }, '1', 'a has wrong type:number, expect:bytea'],
  [array({ kind: 'bigint' }), '[1,null,2]', [1n, null, 2n]],
  [array({ kind: 'bigint' }), '[1,"2"]', 'array has wrong type:string, expect:bigint'],
  [array({ kind: 'string' }), '[1,"2"]', ['1', '2']],
  [array({ kind: 'bigint' }), '1', 'a has wrong type:number, expect:array'],
  [array({ kind: 'bigint' }), '{"k":1}', 'a has wrong type:object, expect:array'],
  [array(struct), '[1]', 'array has wrong type:number, expect:struct'],
  [struct, '{"k":1,"x":2,"in":{"f":9007199254740993}}', { k: 1n, in: { f: 9007199254740992 } }],
  [struct, '{"k":null,"in":null}', { k: null, in: null }],
  [struct, '{}', {}],
  [struct, '{"k":"x"}', 'k has wrong type:string, expect:bigint'],
  [struct, '"{}"', 'a has wrong type:string, expect:struct'],
  [struct, '[1]', 'a has wrong type:array, expect:struct'],
  [{ kind: 'bigint' }, 'null', null],
])('a column %j takes %s', (type, text, expected) => {
  expect(cellOf(`{"a":${text}}`, { name: 'a', type })).toStrictEqual(expected)
})

test.each<[SqlType, string, Cell]>([
  [{ kind: 'datetime' }, '1.5', new Date(1)],
  [{ kind: 'datetime' }, '"2024-02-29"', new Date(Date.UTC(2024, 1, 29))],
  [{ kind: 'datetime' }, '"2024-02-29T12:34:56+01:00"', new Date(Date.UTC(2024, 1, 29, 11, 34, 56))],
  [{ kind: 'datetime' }, '"abc"', 'error in preprocessor: field a type mismatch: no datetime'],
  [{ kind: 'datetime' }, '9223372036854775807', 'error in preprocessor: field a type mismatch: no datetime'],
  [{ kind: 'bigint' }, 'null', 'error in preprocessor: field a type mismatch: cannot convert null to bigint'],
  [array({ kind: 'bigint' }), 'null', null],
  [struct, 'null', null],
  [struct, '"{\\"k\\":1}"', { k: 1n }],
  [struct, '"{"', 'a has wrong type:string, expect:struct'],
  [struct, '"null"', 'a has wrong type:string, expect:struct'],
])('with STRICT_VALIDATION a column %j takes %s', (type, text, expected) => {
  expect(cellOf(`{"a":${text}}`, { name: 'a', type }, true)).toStrictEqual(expected)
})

test('a default fills a missing column only; strict refuses a missing column without one', () => {
  const column: DecodeColumn = { name: 'a', type: { kind: 'float' }, default: 1.5 }
  expect([cellOf('{}', column), cellOf('{"a":null}', column), cellOf('{"a":2}', column)]).toEqual([1.5, null, 2])
  expect([cellOf('{}', column, true), cellOf('{"a":null}', column, true)]).toEqual([1.5, null])
  expect(cellOf('{"b":1}', { name: 'a', type: { kind: 'float' } }, true)).toBe('error in preprocessor: field a is not found')
})

test('a declared struct keeps a member named __proto__ as a member', () => {
  const type: SqlType = { kind: 'struct', fields: [{ name: '__proto__', type: { kind: 'bigint' } }] }
  const cell = cellOf('{"a":{"__proto__":7}}', { name: 'a', type })
  expect(Object.getPrototypeOf(cell)).toBe(Object.prototype)
  expect(Object.entries(cell as object)).toEqual([['__proto__', 7n]])
})

test('an array of objects is several rows, and each knows its message', () => {
  const { rows, origins, errors } = decode(['{"a":1}', '[{"a":2},{"a":3}]', '[]', '{"a":4}'], { columns: named('a') })
  expect(rows).toEqual([[1], [2], [3], [4]])
  expect(origins).toEqual([0, 1, 1, 3])
  expect(errors).toEqual([])
})

test('a payload that cannot be decoded is one error, in its place, and the others are not affected', () => {
  const { rows, origins, errors } = decode(['{"a":1}', '{oops', '{"a":2}', '[{"a":3},4]', '7', '{"a":5}'], { columns: named('a') })
  expect(rows).toEqual([[1], [2], [5]])
  expect(origins).toEqual([0, 2, 5])
  expect(errors.map(({ at, error }) => [at, error.code, error.message])).toEqual([
    [1, 'decode_failed', 'cannot parse JSON: unexpected "o" at offset 1, near "{oops"'],
    [2, 'decode_failed', 'expected a JSON object or an array of objects, got number'],
    [2, 'decode_failed', 'expected a JSON object or an array of objects, got number'],
  ])
})

test.each([
  ['', 'cannot parse JSON: the payload is empty'],
  [' \n', 'cannot parse JSON: the payload is empty'],
  ['{"a":1', 'cannot parse JSON: it ends too early at offset 6, near "{\\"a\\":1"'],
  ['{"a":1} x', 'cannot parse JSON: unexpected "x" at offset 8, near "{\\"a\\":1} x"'],
  ['{"a":01}', 'cannot parse JSON: unexpected "1" at offset 6, near "{\\"a\\":01}"'],
  ['{"a":"b\nc"}', 'cannot parse JSON: unexpected byte 10 at offset 7, near "{\\"a\\":\\"b\\nc\\"}"'],
  ['"x"', 'expected a JSON object or an array of objects, got string'],
  ['null', 'expected a JSON object or an array of objects, got null'],
  ['[[{"a":1}]]', 'expected a JSON object or an array of objects, got array'],
])('%j is answered with: %s', (payload, message) => {
  expect(cellOf(payload, { name: 'a' })).toBe(message)
})

test('an error shows at most 40 bytes of the payload', () => {
  const secret = `{"password":"${'s'.repeat(5000)}","x":oops,"token":"${'t'.repeat(5000)}"}`
  const message = decode([secret], { columns: named('x') }).errors[0]?.error.message ?? ''
  expect(message).toMatch(/unexpected "o" at offset \d+, near/)
  expect(message.length).toBeLessThan(130)
  expect(message).not.toContain('password')
})

test('deeply nested JSON is an error of its row, not of the process', () => {
  const deep = (n: number): string => `{"a":${'['.repeat(n)}${']'.repeat(n)}}`
  const { rows, errors } = decode([deep(100), deep(900), deep(5000), deep(1_000_000), '['.repeat(1_000_000)], { columns: named('a') })
  expect(rows).toHaveLength(2)
  expect(errors.map(({ error }) => error.code)).toEqual(['decode_failed', 'decode_failed', 'decode_failed'])
})

test('a batch begins at `from`', () => {
  const payloads = payloadsOf(['{"a":1}', '{"a":2}', '{"a":3}'])
  const { rows } = json
    .create({})
    .decoder({ columns: named('a'), record: false, width: 1, strict: false })
    .decode({ ...payloads, from: 1 })
  expect(rows).toEqual([[2], [3]])
})

test('rows keep nothing of the memory of the payload', () => {
  const payloads = payloadsOf(['{"a":"text","b":{"c":"deep"}}'])
  const { rows } = json
    .create({})
    .decoder({ columns: named('a', 'b'), record: false, width: 2, strict: false })
    .decode(payloads)
  payloads.bytes.fill(0)
  expect(rows).toEqual([['text', { c: 'deep' }]])
})

test('one name asked for twice is filled twice', () => {
  expect(decode(['{"a":1}'], { columns: named('a', 'a') }).rows).toEqual([[1, 1]])
})

test('the table of repeated texts never mixes them up', () => {
  const texts = Array.from({ length: 20_000 }, (_, i) => `device-${(i * 7919) % 5000}`)
  const { rows } = decode(
    texts.map((text) => JSON.stringify({ a: text })),
    { columns: named('a') },
  )
  expect(rows.map(([cell]) => cell)).toEqual(texts)
})
