import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cell } from '../../../../src/data/value.ts'
import { GuestTrap } from '../../../../src/wasm/abi/trap.ts'
import { WireReader, WireWriter } from '../../../../src/wasm/abi/wire.ts'
import { CellCodec } from '../../../../src/wasm/values/cells.ts'
import { putShortJson } from '../../../../src/wasm/values/short-json.ts'
import { Contract } from '../../../../src/wasm/wit/contract.ts'

const cells = new CellCodec(new Contract())

const object = fc.dictionary(
  fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('__proto__', 'constructor', 'toJSON', '', '"', '\\', '\u007F', 'é')),
  fc.oneof(
    fc.integer(),
    fc.constantFrom(0, -0, 1.5, 2 ** 31, -(2 ** 31), 2 ** 53, null, true, false),
    fc.string({ maxLength: 8 }),
    fc.array(fc.integer()),
  ),
  { maxKeys: 4 },
)
const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(0, -0, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), -1, undefined, null),
  fc.boolean(),
  fc.bigInt(),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.string({ maxLength: 50 }),
  fc.uint8Array(),
  fc.date(),
  object as fc.Arbitrary<Cell>,
  fc.array(fc.integer()),
)

test('a row has the bytes of its cells one by one, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 20 }), (rows) => {
      const together = new WireWriter(1_000_000, 16)
      cells.writeRows(together, [], [])
      cells.writeRows(together, ['a', 'b', 'c'], rows)
      const single = new WireWriter()
      cells.writeRows(single, [], [])
      cells.writeRows(single, ['a', 'b', 'c'], [])
      single.at -= 4
      single.u32(rows.length)
      for (const row of rows) {
        single.u32(3)
        for (const one of row) cells.write(single, one)
      }
      expect(together.take()).toEqual(single.take())
    }),
  )
})

test('the JSON of a small object is what JSON.stringify makes of it', () => {
  const bytes = Buffer.alloc(4096)
  fc.assert(
    fc.property(object, fc.integer({ min: 1, max: 200 }), (value, room) => {
      const end = putShortJson(bytes, 1, 1 + room, value as object as Record<string, number>)
      if (end >= 0) {
        expect(bytes.toString('utf8', 1, end)).toBe(JSON.stringify(value))
        expect(end).toBeLessThanOrEqual(1 + room)
      }
    }),
  )
})

test.each<[Record<string, number | string | boolean | null>, boolean]>([
  [{}, true],
  [{ a: 1, b: -2_147_483_648, c: true }, true],
  [{ a: null, b: 'x' }, true],
  [JSON.parse('{"__proto__": 1}'), true],
  [{ a: 1.5 }, false],
  [{ a: 2 ** 31 }, false],
  [{ a: '"' }, false],
  [{ ü: 1 }, false],
])('%j is a small object: %s', (value, small) => {
  expect(putShortJson(new Uint8Array(100), 0, 100, value) >= 0).toBe(small)
})

test('dates, bytes and arrays are no small objects', () => {
  for (const value of [new Date(0), Uint8Array.of(1), [1], []]) expect(putShortJson(new Uint8Array(100), 0, 100, value)).toBe(-1)
})

test('what a writer gave stays as it was when the writer goes on', () => {
  const wire = new WireWriter(1_000_000, 16)
  wire.text('a')
  const short = wire.take()
  wire.text('b'.repeat(100_000))
  const long = wire.take()
  wire.text('c'.repeat(100))
  const last = wire.take()
  const texts = [short, long, last].map((bytes) => new WireReader(bytes).text())
  expect(texts).toEqual(['a', 'b'.repeat(100_000), 'c'.repeat(100)])
})

test('a writer keeps no large memory for small values', () => {
  const wire = new WireWriter(1_000_000, 16)
  wire.text('a'.repeat(500_000))
  wire.take()
  wire.text('b')
  expect(new WireReader(wire.take()).text()).toBe('b')
  wire.text('c')
  expect(wire.bytes.length).toBeLessThan(65_536)
})

test('what was written but not copied is overwritten by the next value; a restarted writer forgets', () => {
  const wire = new WireWriter(100, 16)
  wire.u8(1)
  const written = wire.written()
  expect(written).toEqual(Uint8Array.of(1))
  wire.u8(2)
  wire.restart()
  wire.u8(3)
  expect(wire.take()).toEqual(Uint8Array.of(3))
})

test('rows beyond the limit of the writer are refused', () => {
  const wire = new WireWriter(1000)
  const rows = Array.from({ length: 100 }, () => [1, 'text', { a: 1 }])
  expect(() => cells.writeRows(wire, ['a', 'b', 'c'], rows)).toThrow(GuestTrap)
})
