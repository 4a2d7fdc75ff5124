import { expect, test } from 'vitest'
import type { Cell } from '../../../src/data/value.ts'
import { timestampReader } from '../../../src/runtime/timestamp.ts'

const NOW = Date.UTC(2024, 1, 29, 12)

test.each<[Cell, number | undefined]>([
  [1500.9, 1500],
  [-1500.9, -1500],
  [1_700_000_000_123n, 1_700_000_000_123],
  [new Date(5), 5],
  ['2024-02-29T12:34:56.789Z', Date.UTC(2024, 1, 29, 12, 34, 56, 789)],
  ['2024-02-29 12:34', Date.UTC(2024, 1, 29, 12, 34)],
  ['2000', Date.UTC(2000, 0)],
  ['12000', undefined],
  ['', undefined],
  ['x'.repeat(10_000), undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  [new Date(Number.NaN), undefined],
  [true, undefined],
  [null, undefined],
  [undefined, undefined],
  [[1], undefined],
  [{ a: 1 }, undefined],
])('without a format %s is %s', (cell, time) => {
  expect(timestampReader(undefined, 'UTC')(cell, NOW)).toBe(time)
})

test.each<[string, string, number | undefined]>([
  ['yyyy/MM/dd HH:mm:ss', '2024/02/29 12:34:56', Date.UTC(2024, 1, 29, 12, 34, 56)],
  ['dd.MM.yy h:mm a', '29.02.24 1:05 PM', Date.UTC(2024, 1, 29, 13, 5)],
  ['dd.MM.yy h:mm a', '29.02.24 13:05 PM', undefined],
  ["EEE, d MMM yyyy 'at' HH:mm:ss.SSS XXX", 'Thu, 1 Feb 2024 at 01:02:03.450 +01:30', Date.UTC(2024, 1, 1, 1, 2, 3, 450) - 90 * 60_000],
  ['MMMM d, YYYY Z', 'February 9, 2024 -0100', Date.UTC(2024, 1, 9, 1)],
  ['yyyy-MM-dd', '2024-02-30', undefined],
  ['yyyy/MM/dd', '2024-02-28', Date.UTC(2024, 1, 28)],
  ['(.*)+yyyy', '(.*)+2024', Date.UTC(2024, 0)],
])('with the format %s, %s is %s', (format, text, time) => {
  expect(timestampReader(format, 'UTC')(text, NOW)).toBe(time)
})

test('times without an offset are of the zone of the server', () => {
  const noon = Date.UTC(2024, 6, 1, 12)
  expect(timestampReader('yyyy.MM.dd HH', 'Europe/Berlin')('2024.07.01 14', NOW)).toBe(noon)
  expect(timestampReader(undefined, 'Europe/Berlin')('2024-07-01 14:00:00', NOW)).toBe(noon)
})
