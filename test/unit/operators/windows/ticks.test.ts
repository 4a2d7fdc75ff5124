import { describe, expect, test } from 'vitest'
import { Ticks, type Unit } from '../../../../src/operators/windows/ticks.ts'

const at = (text: string): number => Date.parse(text)
const text = (time: number): string => new Date(time).toISOString()

const FIRST: readonly (readonly [Unit, number, string, string])[] = [
  ['MS', 300, '2024-02-29T12:34:56.789Z', '2024-02-29T12:34:56.900Z'],
  ['MS', 2_000, '2024-02-29T12:34:56.789Z', '2024-02-29T12:34:58.000Z'],
  ['SS', 10_000, '2024-02-29T12:34:56.789Z', '2024-02-29T12:35:00.000Z'],
  ['SS', 7_000, '2024-02-29T12:34:58.000Z', '2024-02-29T12:35:03.000Z'],
  ['SS', 1_000, '2024-02-29T12:34:01.500Z', '2024-02-29T12:34:02.000Z'],
  ['SS', 90_000, '2024-02-29T12:34:56.789Z', '2024-02-29T12:35:30.000Z'],
  ['MI', 5 * 60_000, '2024-02-29T12:34:56.789Z', '2024-02-29T12:35:00.000Z'],
  ['HH', 2 * 3_600_000, '2024-02-29T12:34:56.789Z', '2024-02-29T14:00:00.000Z'],
  ['DD', 86_400_000, '2024-02-29T12:34:56.789Z', '2024-03-01T00:00:00.000Z'],
  ['DD', 2 * 86_400_000, '2024-02-29T12:34:56.789Z', '2024-03-02T00:00:00.000Z'],
]

test.each(FIRST)('%s %i: the first tick after %s is %s', (unit, every, time, tick) => {
  expect(text(new Ticks(unit, 'UTC').after(at(time), every))).toBe(tick)
})

test('eKuiper aligns no later than the time itself where the time has as many units as the window', () => {
  expect(text(new Ticks('SS', 'UTC').aligned(at('2024-02-29T12:34:01.500Z'), 1_000))).toBe('2024-02-29T12:34:01.000Z')
})

describe('in a time zone', () => {
  const berlin = new Ticks('DD', 'Europe/Berlin')

  test('days begin at midnight there', () => {
    expect(text(berlin.after(at('2024-03-30T12:00:00Z'), 86_400_000))).toBe('2024-03-30T23:00:00.000Z')
  })

  test('a day in which the clocks change has 23 or 25 hours', () => {
    expect(text(berlin.add(at('2024-03-30T23:00:00Z'), 86_400_000))).toBe('2024-03-31T22:00:00.000Z')
    expect(text(berlin.add(at('2024-10-26T22:00:00Z'), 86_400_000))).toBe('2024-10-27T23:00:00.000Z')
    expect(text(berlin.add(at('2024-03-31T22:00:00Z'), -86_400_000))).toBe('2024-03-30T23:00:00.000Z')
  })

  test('hours are aligned to the clock on the wall, also where it is half an hour off', () => {
    expect(text(new Ticks('HH', 'Asia/Kolkata').after(at('2024-03-30T12:00:00Z'), 3_600_000))).toBe('2024-03-30T12:30:00.000Z')
  })

  test('steps count days, not hours', () => {
    expect(berlin.steps(at('2024-03-30T23:00:00Z'), 86_400_000, at('2024-03-31T22:00:00Z'))).toBe(2)
    expect(berlin.steps(at('2024-03-30T23:00:00Z'), 86_400_000, at('2024-03-31T21:59:59Z'))).toBe(1)
  })
})

test('times beyond the calendar end in a number too', () => {
  for (const unit of ['MS', 'SS', 'MI', 'HH', 'DD'] as const) {
    for (const time of [1e300, -1e300, 9e15]) expect(new Ticks(unit, 'Europe/Berlin').after(time, 86_400_000)).not.toBeNaN()
  }
})
