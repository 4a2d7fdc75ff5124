import { describe, expect, test } from 'vitest'
import { COMPRESSORS } from '../../../src/functions/compressors.ts'

const text = (length: number): Buffer => Buffer.from('deflate stores or compresses this text. '.repeat(8).slice(0, length))
const packed = (name: string, bytes: Buffer): Buffer => COMPRESSORS[name]?.pack(bytes) ?? Buffer.alloc(0)

describe.each(Object.entries(COMPRESSORS))('%s', (_, { pack, unpack }) => {
  test.each([0, 1, 31, 32, 33, 300])('gives back %i bytes', (length) => {
    expect(unpack(pack(text(length)))).toEqual(text(length))
  })

  test('shortens what repeats itself', () => {
    expect(pack(text(300)).length).toBeLessThan(100)
  })

  test('bytes of another kind are an error', () => {
    expect(() => unpack(Buffer.from('not compressed'))).toThrow()
  })
})

test.each([
  ['zlib', 'x', '789c 000100feff 78 0300 00790079'],
  ['zlib', '', '789c 0300 00000001'],
  ['gzip', 'x', '1f8b08000000000000ff 000100feff 78 0300 8316dc8c 01000000'],
  ['flate', 'x', '000100feff 78 0300'],
])('short bytes are stored: %s of "%s"', (name, input, expected) => {
  expect(packed(name, Buffer.from(input)).toString('hex')).toBe(expected.replaceAll(' ', ''))
})
