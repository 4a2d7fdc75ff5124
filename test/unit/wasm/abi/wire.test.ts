import { expect, test } from 'vitest'
import { WireReader, WireWriter } from '../../../../src/wasm/abi/wire.ts'

/** Around every length at which texts are written in another way. */
const LENGTHS = [0, 1, 3, 4, 7, 8, 9, 23, 24, 25, 31, 32, 33, 63, 64, 65, 511, 512, 513, 4_000]

test('a text of any length comes back, with a sign of any width at any place', () => {
  for (const length of LENGTHS) {
    for (const sign of ['a', 'é', '日', '😀']) {
      for (const at of [0, 1, 2, 3, length >> 1, length - 1].filter((place) => place >= 0 && place < length)) {
        const text = 'x'.repeat(at) + sign + 'y'.repeat(length - at - 1)
        const wire = new WireWriter()
        wire.text(text)
        wire.u32(7)
        const reader = new WireReader(wire.take())
        expect(reader.text()).toBe(text)
        expect(reader.u32()).toBe(7)
      }
    }
  }
})

test('a lone surrogate becomes U+FFFD', () => {
  for (const length of LENGTHS) {
    const wire = new WireWriter()
    wire.text(`${'x'.repeat(length)}\ud800`)
    expect(new WireReader(wire.take()).text()).toBe(`${'x'.repeat(length)}\ufffd`)
  }
})

test('a short range is taken over when it is ASCII, and leaves nothing when one byte of it is not', () => {
  for (let size = 0; size <= 64; size++) {
    const source = new DataView(new ArrayBuffer(80))
    for (let i = 0; i < 80; i++) source.setUint8(i, 65 + (i % 26))
    const wire = new WireWriter()
    expect(wire.shortAscii(source, 3, size)).toBe(true)
    expect(new WireReader(wire.take()).text()).toBe(Buffer.from(source.buffer, 3, size).toString('latin1'))
    for (let at = 0; at < size; at++) {
      const byte = source.getUint8(3 + at)
      source.setUint8(3 + at, 128)
      expect(wire.shortAscii(source, 3, size)).toBe(false)
      expect(wire.at).toBe(0)
      source.setUint8(3 + at, byte)
    }
  }
  expect(new WireWriter().shortAscii(new DataView(new ArrayBuffer(80)), 0, 65)).toBe(false)
})

test('a reader of nothing begins at the beginning, whatever was read past its end before', () => {
  const nothing = new WireWriter().take()
  expect(() => WireReader.of(nothing).u8()).toThrow(RangeError)
  expect(WireReader.of(nothing).raw(0)).toHaveLength(0)
})

test('short values are taken in memory of their own, which can be transferred', () => {
  for (const size of [1, 64, 65]) {
    const wire = new WireWriter()
    for (let i = 0; i < size; i++) wire.u8(i)
    const taken = wire.take()
    wire.u8(255)
    const { bytes } = structuredClone({ bytes: taken }, { transfer: [taken.buffer] })
    expect([...bytes]).toEqual(Array.from({ length: size }, (_, i) => i))
    expect(taken).toHaveLength(0)
  }
})
