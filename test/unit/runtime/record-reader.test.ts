import { expect, test } from 'vitest'
import type { DecodeRequest } from '../../../src/api/codec.ts'
import type { Struct } from '../../../src/data/value.ts'
import { recordReader } from '../../../src/runtime/record-reader.ts'

const request: DecodeRequest = {
  columns: [
    { name: 'a', type: { kind: 'bigint' } },
    { name: 'b', type: { kind: 'string' }, default: 'none' },
  ],
  record: false,
  width: 3,
  strict: false,
}
const read = (given: DecodeRequest, ...records: readonly Struct[]) =>
  recordReader(given)({ from: 0, length: records.length, records, time: 0 })

test('records give their members; a default fills what is missing, an explicit null stays', () => {
  expect(read(request, { a: 1, b: 'x' }, { a: null, b: null }, {}, { a: 1.5, b: 2 })).toEqual({
    rows: [
      [1n, 'x', undefined],
      [null, null, undefined],
      [undefined, 'none', undefined],
      [1.5, 2, undefined],
    ],
    origins: undefined,
    errors: [],
  })
})

test('names of prototypes are no members', () => {
  expect(read({ ...request, columns: [{ name: 'toString' }, { name: '__proto__' }] }, { a: 1 }).rows).toEqual([
    [undefined, undefined, undefined],
  ])
})

test('with STRICT_VALIDATION records are checked as messages are, each alone', () => {
  const { rows, origins, errors } = read({ ...request, strict: true }, { a: 1 }, { b: 'x' }, { a: '1', b: 'x' }, { a: 2n, b: 'y' })
  expect(rows).toEqual([
    [1n, 'none', undefined],
    [2n, 'y', undefined],
  ])
  expect(origins).toEqual([0, 3])
  expect(errors.map(({ at, error }) => [at, error.message])).toEqual([
    [1, 'error in preprocessor: field a is not found'],
    [1, 'a has wrong type:string, expect:bigint'],
  ])
})

test('datetimes and bytes of other rules pass as they are', () => {
  const columns = [
    { name: 'd', type: { kind: 'datetime' } },
    { name: 'y', type: { kind: 'bytea' } },
  ] as const
  const record = { d: new Date(1), y: Uint8Array.of(1) }
  expect(read({ ...request, columns, width: 2, strict: true }, record).rows).toEqual([[record.d, record.y]])
})
