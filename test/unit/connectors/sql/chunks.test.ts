import { assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import { chunkSizes } from '../../../../src/connectors/sql/mysql/chunks.ts'

const MB = 1_048_576

function rows(count: number, bytes: number): number[] {
  return Array.from({ length: count }, () => bytes)
}

test.each([
  [0, 5, []],
  [1, 5, [1]],
  [100, 5, [100]],
  [137, 5, [128, 8, 1]],
  [1000, 5, [1000]],
  [1001, 5, [512, 256, 128, 100, 4, 1]],
  [2500, 5, [512, 512, 512, 512, 256, 128, 64, 4]],
  [2500, 1, [1000, 1000, 256, 128, 100, 16]],
  [1001, 3000, Array.from({ length: 1001 }, () => 1)],
  [1000, 100, [512, 256, 128, 100, 4]],
  [3, 65_535, [1, 1, 1]],
])('%d rows of %d values go as %j', (count, width, sizes) => {
  expect(chunkSizes(rows(count, width * 10), { packet: 16 * MB, width })).toEqual(sizes)
})

test('long texts go in smaller chunks', () => {
  expect(chunkSizes(rows(10, 400_000), { packet: MB, width: 2 })).toEqual([2, 2, 2, 2, 2])
})

test('a row that is larger than a packet is rejected', () => {
  expect(() => chunkSizes(rows(1, MB), { packet: MB, width: 2 })).toThrow('larger than max_allowed_packet of the database, 1048576')
})

test('more values in a row than the protocol can count are rejected', () => {
  expect(() => chunkSizes(rows(1, 655_360), { packet: 16 * MB, width: 65_536 })).toThrow('expected at most 65535 values in a row')
})

test('every row goes exactly once', () => {
  assert(
    property(integer({ min: 0, max: 5000 }), integer({ min: 1, max: 300 }), (count, width) => {
      const sizes = chunkSizes(rows(count, 10), { packet: MB, width })
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count)
      expect(Math.max(0, ...sizes) * width).toBeLessThanOrEqual(65_535)
    }),
  )
})
