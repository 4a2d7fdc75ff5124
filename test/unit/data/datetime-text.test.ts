import { expect, test } from 'vitest'
import { parseDatetime } from '../../../src/data/datetime-text.ts'

test.each([
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2024-02-29 12:34', '2024-02-29T12:34:00.000Z'],
  ['2024-02-29T12:34:56.7891', '2024-02-29T12:34:56.789Z'],
  ['2024-02-29T12:34:56+02:00', '2024-02-29T10:34:56.000Z'],
  ['2024-02-29T00:30:00-0130', '2024-02-29T02:00:00.000Z'],
  ['0001-01-01', '0001-01-01T00:00:00.000Z'],
])('%s is %s', (text, iso) => {
  expect(parseDatetime(text)?.toISOString()).toBe(iso)
})

test.each([
  '',
  '2024',
  '2023-02-29',
  '2024-13-01',
  '2024-02-29T24:00',
  '2024-02-29T12:60',
  '2024-02-29T12:34:56+15:00',
  ' 2024-02-29',
  '2024-02-29x',
])('%j is no datetime', (text) => {
  expect(parseDatetime(text)).toBe(undefined)
})
