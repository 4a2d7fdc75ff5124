import { expect, test } from 'vitest'
import type { DecodeColumn, DecodeRequest } from '../../../src/api/codec.ts'
import { delimited } from '../../../src/codecs/delimited/codec.ts'
import type { Json } from '../../../src/config/field.ts'
import type { Row, SchemaColumn } from '../../../src/data/batch.ts'
import { payloadsOf } from '../../support/payloads.ts'

function decode(payloads: readonly string[], request: Partial<DecodeRequest>, config: Json = {}) {
  const columns = request.columns ?? []
  const width = columns.length + (request.record === true ? 1 : 0)
  return delimited
    .create(config)
    .decoder({ columns, record: false, strict: false, width, ...request })
    .decode(payloadsOf(payloads))
}

function encode(columns: readonly (string | SchemaColumn)[], rows: readonly Row[], config: Json = {}): unknown {
  const schema = { columns: columns.map((column) => (typeof column === 'string' ? { name: column } : column)) }
  return delimited.create(config).encoder(schema).array(rows, 0, rows.length)
}

test('without declared columns the fields are texts named by position', () => {
  const { rows } = decode(['1,2.5,x', 'a', '', '1,,3', '"q,r",2'], { record: true })
  expect(rows.map(([record]) => record)).toEqual([
    { col0: '1', col1: '2.5', col2: 'x' },
    { col0: 'a' },
    { col0: '' },
    { col0: '1', col1: '', col2: '3' },
    { col0: '"q', col1: 'r"', col2: '2' },
  ])
  expect(decode(['a,b'], { columns: [{ name: 'col1' }, { name: 'col7' }, { name: 'x' }] }).rows).toEqual([['b', undefined, undefined]])
})

const typed: readonly DecodeColumn[] = [
  { name: 'c', type: { kind: 'boolean' } },
  { name: 'a', type: { kind: 'bigint' } },
  { name: 'b', type: { kind: 'float' } },
]
const declared = ['a', 'b', 's', 'c']

test('declared columns have names by position and types, whichever of them are asked for', () => {
  const { rows, errors } = decode(['9007199254740993,2.5,x,true', '007,-1e3,,0', ' 1 ,2', ',,,', '1,2,3,1,5'], { columns: typed, declared })
  expect(errors).toEqual([])
  expect(rows).toEqual([
    [true, 9007199254740993n, 2.5],
    [false, 7n, -1000],
    [undefined, 1n, 2],
    [null, null, null],
    [true, 1n, 2],
  ])
})

test.each([
  ['x,1,s,true', 'a has a wrong text, expect:bigint'],
  ['1.5,1,s,true', 'a has a wrong text, expect:bigint'],
  ['9223372036854775808,1,s,true', 'a has a wrong text, expect:bigint'],
  ['1,x,s,true', 'b has a wrong text, expect:float'],
  ['1,1,s,maybe', 'c has a wrong text, expect:boolean'],
])('%s is an error of the row: %s', (line, message) => {
  const { rows, errors } = decode([line, '1,2,s,1'], { columns: typed, declared })
  expect(errors.map(({ at, error }) => [at, error.code, error.message])).toEqual([[0, 'decode_failed', message]])
  expect(rows).toEqual([[true, 1n, 2]])
})

test('strict refuses a missing field; a default fills it', () => {
  expect(decode(['1'], { columns: typed, declared, strict: true }).errors[0]?.error.message).toBe(
    'error in preprocessor: field c is not found',
  )
  const columns: DecodeColumn[] = [{ name: 'b', type: { kind: 'float' }, default: 7 }]
  expect(decode(['1'], { columns, declared, strict: true }).rows).toEqual([[7]])
})

test('arrays, structs, datetimes and bytes come from their texts', () => {
  const columns: DecodeColumn[] = [
    { name: 'l', type: { kind: 'array', element: { kind: 'bigint' } } },
    { name: 't', type: { kind: 'datetime' } },
    { name: 'x', type: { kind: 'bytea' } },
  ]
  const request = { columns, declared: ['l', 't', 'x'], strict: true }
  expect(decode(['[1,2];1709210096789;aGk='], request, { delimiter: ';' }).rows).toEqual([
    [[1n, 2n], new Date(1709210096789), Uint8Array.of(104, 105)],
  ])
  expect(decode(['[1;0;'], request, { delimiter: ';' }).errors[0]?.error.message).toBe('l has a wrong text, expect JSON')
})

test('a payload with a header names its fields itself', () => {
  const columns: DecodeColumn[] = [{ name: 'b' }, { name: 'a', type: { kind: 'bigint' } }]
  const { rows, origins } = decode(['a,b\n1,x\n2,y\n', 'b,a\r\nz,3', 'a,b'], { columns, record: true }, { hasHeader: true })
  expect(rows).toEqual([
    ['x', 1n, { a: '1', b: 'x' }],
    ['y', 2n, { a: '2', b: 'y' }],
    ['z', 3n, { b: 'z', a: '3' }],
  ])
  expect(origins).toEqual([0, 0, 1])
})

test.each([
  ['a,"b,c","d""e"', [['a', 'b,c', 'd"e']]],
  [
    '"a\nb",c\n"",""',
    [
      ['a\nb', 'c'],
      ['', ''],
    ],
  ],
  ['"a"\r\n"b"\r\n', [['a'], ['b']]],
  ['a"b,c', [['a"b', 'c']]],
  ['"x",', [['x', '']]],
])('with quoted, %j is read by RFC 4180', (text, expected) => {
  const { rows } = decode([text], { record: true }, { quoted: true })
  expect(rows.map(([record]) => Object.values(record as object))).toEqual(expected)
})

test.each(['"a', '"a"b,c', 'x,"'])('with quoted, %j is an error of the row', (text) => {
  expect(decode([text], { record: true }, { quoted: true }).errors[0]?.error.code).toBe('decode_failed')
})

test('hostile names are members like any other', () => {
  const { rows } = decode(
    ['__proto__,toString\n1,2'],
    { record: true, columns: [{ name: '__proto__' }, { name: 'constructor' }] },
    { hasHeader: true },
  )
  expect(rows[0]?.slice(0, 2)).toEqual(['1', undefined])
  expect(Object.entries(rows[0]?.[2] as object)).toEqual([
    ['__proto__', '1'],
    ['toString', '2'],
  ])
})

test('rows are written in the order of the schema', () => {
  const rows: Row[] = [
    ['x', 1n, 2.5, null],
    ['a,b', undefined, true, 'q"q'],
    [new Date(0), Uint8Array.of(104, 105), [1, 2n], { a: 'x' }],
  ]
  expect(encode(['s', 'a', 'b', 'c'], rows)).toBe('x,1,2.5,\n"a,b",,true,"q""q"\n1970-01-01T00:00:00Z,aGk=,"[1,2]","{""a"":""x""}"')
  expect(encode(['s', 'a'], rows.slice(0, 1), { delimiter: ';', hasHeader: true })).toBe('s;a\nx;1')
  expect(encode(['s'], [['a,"b']], { quoted: false })).toBe('a,"b')
})

test('spread records give their members, in order of appearance', () => {
  const star: SchemaColumn = { name: '*', spread: true }
  expect(
    encode(
      [star, 'b'],
      [
        [{ b: 1, a: 2 }, 3],
        [{ c: 4 }, 5],
      ],
      { hasHeader: true },
    ),
  ).toBe('b,a,c\n3,2,\n5,,4')
})

test('what is written with quotes is read again', () => {
  const rows: Row[] = [
    ['a,b', 'c\nd', '"'],
    ['', ' ', 'é'],
  ]
  const text = encode(['a', 'b', 'c'], rows)
  const columns = ['a', 'b', 'c'].map((name): DecodeColumn => ({ name }))
  expect(decode([String(text)], { columns, declared: ['a', 'b', 'c'] }, { quoted: true }).rows).toEqual(rows)
  expect(decode([String(encode(['a'], [[''], ['']]))], { columns: [{ name: 'a' }], declared: ['a'] }, { quoted: true }).rows).toEqual([
    [''],
    [''],
  ])
})

test.each([[{ delimiter: '' }], [{ delimiter: '"' }], [{ delimiter: '\n' }], [{ delimeter: ';' }]])(
  'the configuration %j is refused',
  (config) => {
    expect(() => delimited.create(config)).toThrow(expect.objectContaining({ code: 'config_invalid' }))
  },
)
