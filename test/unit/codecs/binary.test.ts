import { expect, test } from 'vitest'
import type { DecodeRequest } from '../../../src/api/codec.ts'
import { binary } from '../../../src/codecs/binary.ts'
import { codecs } from '../../../src/codecs/index.ts'
import { payloadsOf } from '../../support/payloads.ts'

const codec = binary.create({})
const base: DecodeRequest = { columns: [], record: false, width: 0, strict: false }

test('the payload is the column self, in memory of its own', () => {
  const payloads = payloadsOf([Uint8Array.of(0, 255), ''])
  const { rows } = codec.decoder({ ...base, columns: [{ name: 'self' }, { name: 'x' }], width: 3 }).decode(payloads)
  payloads.bytes.fill(7)
  expect(rows).toEqual([
    [Uint8Array.of(0, 255), undefined, undefined],
    [new Uint8Array(0), undefined, undefined],
  ])
})

test('the payload is the one declared bytea column, also in the record', () => {
  const request: DecodeRequest = {
    columns: [{ name: 'pic', type: { kind: 'bytea' } }],
    declared: ['pic'],
    record: true,
    width: 2,
    strict: true,
  }
  expect(codec.decoder(request).decode(payloadsOf(['hi'])).rows).toEqual([[Uint8Array.of(104, 105), { pic: Uint8Array.of(104, 105) }]])
})

test('one column of bytes or text is written as it is', () => {
  const single = codec.encoder({ columns: [{ name: 'x' }, { name: 'y' }] })
  expect(single.single([Uint8Array.of(1), undefined])).toEqual(Uint8Array.of(1))
  expect(single.single([null, 'text'])).toBe('text')
  expect(codec.encoder({ columns: [{ name: '*', spread: true }] }).single([{ self: Uint8Array.of(2) }])).toEqual(Uint8Array.of(2))
  expect(single.array([['a'], ['b']], 1, 2)).toBe('b')
})

test.each([[[1, undefined]], [['a', 'b']], [[undefined, undefined]], [[{ a: 1 }, undefined]]])('the row %j has no binary form', (row) => {
  const encoder = codec.encoder({ columns: [{ name: 'x' }, { name: 'y' }] })
  expect(() => encoder.single(row)).toThrow(expect.objectContaining({ code: 'decode_failed' }))
})

test('several rows are no binary message', () => {
  const encoder = codec.encoder({ columns: [{ name: 'x' }] })
  expect(() => encoder.array([['a'], ['b']], 0, 2)).toThrow(expect.objectContaining({ code: 'decode_failed' }))
  expect(() => encoder.array([], 0, 0)).toThrow(expect.objectContaining({ code: 'decode_failed' }))
})

test('the list names every format once', () => {
  expect(codecs.map((definition) => definition.name)).toEqual(['json', 'delimited', 'binary', 'urlencoded'])
})
