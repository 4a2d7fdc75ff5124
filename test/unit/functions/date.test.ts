import { expect, test } from 'vitest'
import { jsonText } from '../../../src/data/json-text.ts'
import { functions } from '../../../src/functions/index.ts'
import { testContext } from '../../support/context.ts'
import { answer, NOW } from './call.ts'

test.each([
  ['2024-02-29 12:34:56', '2024-02-29 12:34:56'],
  ['2024-02-29T12:34:56Z', '2024-02-29 12:34:56'],
  ['2024-02-29T12:34:56.789123+02:00', '2024-02-29 12:34:56'],
  ['2024-02-29 12:34:56.7 +0130 XYZ', '2024-02-29 12:34:56'],
  ['2024-2-9 1:2', '2024-02-09 01:02:00'],
  ['2024-2-9', '2024-02-09 00:00:00'],
  ['2024-02', '2024-02-01 00:00:00'],
  ['1000', '1000-01-01 00:00:00'],
  ['20240229', '2024-02-29 00:00:00'],
  ['2024.02.29 12:34:56', '2024-02-29 12:34:56'],
  ['2024/02/29', '2024-02-29 00:00:00'],
  ['2/29/2024 1:02:03', '2024-02-29 01:02:03'],
  ['Thu, 29 Feb 2024 12:34:56 GMT', '2024-02-29 12:34:56'],
  ['Thu Feb 29 12:34:56 2024', '2024-02-29 12:34:56'],
  ['Thu Feb 29 12:34:56 -0700 2024', '2024-02-29 12:34:56'],
  ['29 Feb 24 12:34 UTC', '2024-02-29 12:34:00'],
  ['12', '2024-02-29 12:00:00'],
  ['1:02:03', '2024-02-29 01:02:03'],
  ['3-9', '2024-03-09 00:00:00'],
  ['3:04PM', '2024-01-01 15:04:00'],
])('the text "%s" is read as %s', (text, expected) => {
  expect(answer('format_time', [text, 'YYYY-MM-dd HH:mm:ss'])).toBe(expected)
})

test.each(['', 'x', '2024-02-30', '2023-02-29', '2024-13-01', '25', '2024-02-29 24:00:00', '2024-02-29T12:34', '9'.repeat(1000)])(
  'the text "%s" is no datetime',
  (text) => {
    expect(answer('hour', [text])).toMatch(/^! expected a datetime/)
  },
)

test.each([
  ['YY-M-d', '24-2-29'],
  ['MMM MMMM EEE EEEE', 'Feb February Thu Thursday'],
  ['hh:mm a', '12:34 PM'],
  ['s.S s.SS s.SSS', '56.7 56.78 56.789'],
  ['ssSSS', '56.789'],
  ['z Z X XX XXX', 'UTC +0000 +00 +0000 +00:00'],
  ["'at' HH''mm", "at 12'34"],
  ['\\HH', '! "H" means nothing in a pattern'],
  ['YYY', '! "YYY" means nothing in a pattern'],
  ['SSSSSS', '.789000'],
  ['SSSSSSSSSSSS', '.789000000'],
  ['MMMMM|ddd|dddd', '||29'],
  ["HH'o", '12o'],
  ['YYYYY', '! "YYYYY" means nothing in a pattern'],
  ['HH\\', '! the pattern ends with a backslash'],
  ['QQ', 'QQ'],
  ['', ''],
])('format_time with the pattern "%s" gives "%s"', (pattern, expected) => {
  expect(answer('format_time', [NOW, pattern])).toBe(expected)
})

test('numbers and datetimes are shown in the configured time zone, texts with an offset in their own', () => {
  expect(answer('format_time', [NOW, 'YYYY-MM-dd HH:mm XXX'], 'Asia/Tokyo')).toBe('2024-02-29 21:34 +09:00')
  expect(answer('hour', [new Date(NOW)], 'America/New_York')).toBe(7n)
  expect(answer('hour', ['2023-12-31T23:59:59.999+02:00'], 'America/New_York')).toBe(23n)
  expect(answer('date_calc', ['2024-03-31 01:30:00', '1h'], 'Europe/Berlin')).toBe('2024-03-31 03:30:00')
  expect(answer('to_seconds', ['1970-01-01 01:00:00'], 'Europe/Berlin')).toBe(0n)
  expect(answer('now', [], 'Asia/Tokyo')).toBe('2024-02-29 21:34:56')
})

test.each([
  ['now', [3n], '2024-02-29 12:34:56.789'],
  ['cur_time', [1n], '12:34:56.7'],
  ['cur_date', [], '2024-02-29'],
  ['date_calc', [0, '-1.5h'], '1969-12-31 22:30:00'],
  ['date_calc', [NOW, '1h30m10s500ms'], '2024-02-29 14:05:07'],
  ['date_calc', [NOW, '90'], '! expected a duration, got string(90)'],
  ['date_calc', [NOW, '1d'], '! expected a duration, got string(1d)'],
  ['date_calc', [NOW, ''], '! expected a duration, got string()'],
  ['date_calc', [NOW, `${'9'.repeat(40)}h`], `! the duration ${'9'.repeat(40)}h is too long`],
  ['date_diff', [-1, 0], 1_000_000n],
  ['date_diff', ['2024-01-01 00:00:00.000000001', '2024-01-01 00:00:00'], -1n],
  ['microsecond', ['2024-02-29 12:34:56.123456'], 123_456n],
  ['microsecond', [-1], 999_000n],
  ['day_of_year', ['2024-12-31'], 366n],
  ['last_day', ['2023-02-03'], '2023-02-28'],
  ['from_days', [0], '1970-01-01'],
  ['from_days', [-1], '1969-12-30'],
  ['from_days', [1.5], '! expected a whole number, got float64(1.5)'],
  ['from_unix_time', [0], '1970-01-01 00:00:00'],
  ['from_unix_time', [-1n], '1969-12-31 23:59:59'],
  ['hour', [null], '! expected a datetime, a number of milliseconds or a text, got null'],
  ['hour', [9e18], '! the datetime is out of range'],
  ['date_calc', [8.64e15, '1h'], '! the datetime is out of range'],
] as const)('%s(%o) is %s', (name, args, expected) => {
  expect(answer(name, args)).toBe(expected)
})

test('a datetime that was read with an offset is written and shown with it', () => {
  const read = answer('cast', ['2024-02-29T12:34:56.789+02:00', 'datetime'])
  expect(read).toEqual(new Date('2024-02-29T10:34:56.789Z'))
  expect(jsonText(read ?? null)).toBe('"2024-02-29T12:34:56.789+02:00"')
  expect(answer('cast', [read, 'string'])).toBe('2024-02-29 12:34:56.789 +0200 +0200')
  expect(answer('hour', [read])).toBe(12n)
  expect(answer('convert_tz', [read, 'UTC'])).toBe('2024-02-29T10:34:56.789Z')
})

test('delay gives its value after a pause on the clock', async () => {
  const delay = functions.find(({ name }) => name === 'delay')?.function
  if (delay?.kind !== 'batch') throw new Error('expected a function that waits')
  const ctx = testContext()
  const opened = await delay.openBatch({ place: 0, args: [] }, ctx)
  let values: readonly unknown[] | undefined
  void opened
    .call([
      [100, 'x'],
      [-5, null],
      ['long', 1],
    ])
    .then((result) => (values = result))
  await ctx.clock.advance(99)
  expect(values).toBeUndefined()
  await ctx.clock.advance(1)
  expect(values).toEqual(['x', null, expect.objectContaining({ code: 'row_failed' })])
})
