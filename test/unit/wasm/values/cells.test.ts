import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cell, Value } from '../../../../src/data/value.ts'
import { GuestTrap } from '../../../../src/wasm/abi/trap.ts'
import { WireReader, WireWriter } from '../../../../src/wasm/abi/wire.ts'
import { CellCodec } from '../../../../src/wasm/values/cells.ts'
import { codecOf } from '../../../../src/wasm/values/codec.ts'
import { fromJsonText, toJsonText } from '../../../../src/wasm/values/json-text.ts'
import { Contract } from '../../../../src/wasm/wit/contract.ts'

const contract = new Contract()
const cells = new CellCodec(contract)
const rowBatch = codecOf(contract.interface('types').types.get('row-batch') ?? { kind: 'bool' })

function crossed(cell: Cell): Value {
  const wire = new WireWriter()
  cells.write(wire, cell)
  return cells.read(new WireReader(wire.take()))
}

test('rows written straight to the wire are a row-batch of the WIT', () => {
  const rows: Cell[][] = [
    [1, 'a', null],
    [-1.5, true],
    [10n, new Date(5), Uint8Array.of(1)],
    [{ a: 1n }, [1, 'x'], undefined],
  ]
  const wire = new WireWriter()
  cells.writeRows(wire, ['a', 'b', 'c'], rows)
  const none = { tag: 'null' }
  expect(rowBatch.read(new WireReader(wire.take()))).toEqual({
    columns: ['a', 'b', 'c'],
    rows: [
      [{ tag: 'int', val: 1n }, { tag: 'text', val: 'a' }, none],
      [{ tag: 'float', val: -1.5 }, { tag: 'boolean', val: true }, none],
      [
        { tag: 'int', val: 10n },
        { tag: 'timestamp', val: 5n },
        { tag: 'bytes', val: Uint8Array.of(1) },
      ],
      [{ tag: 'json', val: '{"a":1}' }, { tag: 'json', val: '[1,"x"]' }, none],
    ],
  })
})

test.each<[Cell, Value]>([
  [undefined, null],
  [Number.NaN, Number.NaN],
  [-0, -0],
  [2 ** 60, 2 ** 60],
  [2n ** 63n - 1n, 2n ** 63n - 1n],
  [-(2n ** 63n), -(2n ** 63n)],
  [2n ** 63n, '9223372036854775808'],
  [new Date(Number.NaN), null],
  [new Date(-1), new Date(-1)],
  ['\uD800', '\uFFFD'],
  ['\uFEFFx', '\uFEFFx'],
  ['x'.repeat(100_000), 'x'.repeat(100_000)],
])('%s crosses as %s', (cell, value) => {
  expect(crossed(cell)).toEqual(value)
})

test('texts, bytes and numbers cross whatever they are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(crossed(text)).toBe(text)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(crossed(bytes)).toEqual(bytes)
    }),
  )
  fc.assert(
    fc.property(fc.maxSafeInteger(), (number) => {
      expect(crossed(number)).toBe(BigInt(number))
    }),
  )
})

test('JSON text keeps names that objects have anyway, and every digit of integers', () => {
  const text = '{"__proto__":{"a":1},"toString":[12345678901234567890,1.5,1e400,-9007199254740993],"x":"12345678901234567890"}'
  const value = fromJsonText(text)
  expect(Object.keys(value ?? {})).toEqual(['__proto__', 'toString', 'x'])
  expect(toJsonText(value)).toBe(text.replace('1e400', 'null'))
  expect(toJsonText([new Date(0), new Date(Number.NaN), Uint8Array.of(1, 2), 1n, null, { a: undefined as unknown as null }])).toBe(
    '["1970-01-01T00:00:00.000Z",null,"AQI=",1,null,{}]',
  )
})

test('a json value of a guest that is not JSON is refused', () => {
  const wire = new WireWriter()
  wire.u8(7)
  wire.text('{')
  expect(() => cells.read(new WireReader(wire.take()))).toThrow('not JSON')
})

test('a writer takes no more than its limit, a reader gives no more than there is', () => {
  const wire = new WireWriter(10)
  wire.raw(new Uint8Array(10))
  expect(() => wire.u8(1)).toThrow(GuestTrap)
  expect(() => new WireReader(Uint8Array.of(9, 0, 0, 0, 1)).text()).toThrow(RangeError)
})
