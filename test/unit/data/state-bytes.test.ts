import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readState, StateWriter } from '../../../src/data/state-bytes.ts'
import type { Value } from '../../../src/data/value.ts'

function write(value: Value): Uint8Array[] {
  const writer = new StateWriter(value)
  const pieces: Uint8Array[] = []
  for (let piece = writer.next(); piece !== undefined; piece = writer.next()) pieces.push(piece)
  return pieces
}

test('every value comes back', () => {
  const { tree } = fc.letrec<{ tree: Value }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false, -0, Number.NaN, Number.POSITIVE_INFINITY),
      fc.double(),
      fc.bigInt(),
      fc.string({ unit: 'binary' }),
      fc.date(),
      fc.uint8Array(),
      fc.array(tie('tree')),
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toString')), tie('tree')),
    ),
  }))
  fc.assert(
    fc.property(tree, (value) => {
      expect(readState(write(value))).toStrictEqual(structuredClone(value))
    }),
  )
})

test('absent members of lists and structs stay absent', () => {
  // Operators may keep rows, whose cells may be absent.
  const value = { rows: [[1, undefined, 2]], gone: undefined } as unknown as Value
  expect(readState(write(value))).toEqual(value)
})

test('a large state is written in pieces of a few megabytes at most', () => {
  const value = {
    bytes: new Uint8Array(9_000_000).fill(7),
    texts: Array.from({ length: 300_000 }, (_, i) => `key ${i}`),
    last: 'x'.repeat(3_000_000),
  }
  const pieces = write(value)
  expect(pieces.length).toBeGreaterThan(6)
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(10 << 20)
  const read = readState(pieces)
  expect(
    Buffer.from(
      write(read)
        .map((piece) => Buffer.from(piece))
        .reduce((a, b) => Buffer.concat([a, b])),
    ),
  ).toEqual(Buffer.concat(pieces))
})

test.each([
  [[]],
  [[Uint8Array.of(99)]],
  [[Uint8Array.of(5, 255, 255, 255, 255, 0, 0, 1)]],
  [[Uint8Array.of(0, 0)]],
  [[Uint8Array.of(4, 1, 0, 0, 0, 0, 0, 65)]],
])('bytes that are no state are refused', (pieces) => {
  expect(() => readState(pieces)).toThrow('the state is damaged')
})
