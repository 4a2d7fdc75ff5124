import { expect, test } from 'vitest'
import type { DecodeRequest } from '../../../src/api/codec.ts'
import { urlencoded } from '../../../src/codecs/urlencoded.ts'
import { payloadsOf } from '../../support/payloads.ts'

const codec = urlencoded.create({})
const whole: DecodeRequest = { columns: [], record: true, width: 1, strict: false }

function recordOf(payload: string): unknown {
  const { rows, errors } = codec.decoder(whole).decode(payloadsOf([payload]))
  return rows[0]?.[0] ?? errors[0]?.error.message
}

test.each([
  ['a=1&b=x', { a: '1', b: 'x' }],
  ['a=1&a=2&a=', { a: ['1', '2', ''] }],
  ['a', { a: '' }],
  ['', {}],
  ['&&a=1&', { a: '1' }],
  ['=x', { '': 'x' }],
  ['a=%C3%A9+%2B&b=1=2', { a: 'é +', b: '1=2' }],
  ['a=ü%20€', { a: 'ü €' }],
  ['a=%ff', { a: '\uFFFD' }],
  ['a=1;b=2', 'fail to parse url encoded value a=1;b=2'],
  ['a=%zz', 'fail to parse url encoded value a=%zz'],
  ['a=%2', 'fail to parse url encoded value a=%2'],
])('%j is %j', (payload, expected) => {
  expect(recordOf(payload)).toEqual(expected)
})

test('names of prototypes are names like any other', () => {
  const record = recordOf('__proto__=1&toString=2')
  expect(Object.entries(record as object)).toEqual([
    ['__proto__', '1'],
    ['toString', '2'],
  ])
  const { rows } = codec.decoder({ ...whole, columns: [{ name: 'constructor' }], record: false }).decode(payloadsOf(['a=1']))
  expect(rows).toEqual([[undefined]])
})

test('values are texts whatever is declared, unless the stream is strict', () => {
  const request: DecodeRequest = { columns: [{ name: 'a', type: { kind: 'bigint' } }], record: false, width: 1, strict: false }
  expect(codec.decoder(request).decode(payloadsOf(['a=1'])).rows).toEqual([['1']])
  const { rows, errors } = codec.decoder({ ...request, strict: true }).decode(payloadsOf(['a=1', 'b=1']))
  expect(rows).toEqual([])
  expect(errors.map(({ error }) => error.message)).toEqual([
    'a has wrong type:string, expect:bigint',
    'error in preprocessor: field a is not found',
  ])
})

test('a row is written with its names in order', () => {
  const encoder = codec.encoder({ columns: [{ name: 'b' }, { name: 'a' }, { name: 'c' }] })
  expect(encoder.single(['x y&', 9007199254740993n, ['1', null]])).toBe('a=9007199254740993&b=x+y%26&c=1&c=')
  expect(encoder.array([['é']], 0, 1)).toBe('b=%C3%A9')
  expect(() => encoder.array([['a'], ['b']], 0, 2)).toThrow(expect.objectContaining({ code: 'decode_failed' }))
})
