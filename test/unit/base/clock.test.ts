import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../../src/base/clock.ts'

const DAY = 86_400_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test.each([1, 1_000, 24 * DAY, 25 * DAY, 100 * DAY])('calls back after %i milliseconds, not before and once', (ms) => {
  const called = vi.fn()
  systemClock.after(ms, called)
  vi.advanceTimersByTime(Math.max(0, ms - 1))
  expect(called).toHaveBeenCalledTimes(0)
  vi.advanceTimersByTime(1)
  expect(called).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(100 * DAY)
  expect(called).toHaveBeenCalledTimes(1)
})

test('what is cancelled in its second month is not called', () => {
  const called = vi.fn()
  const cancel = systemClock.after(100 * DAY, called)
  vi.advanceTimersByTime(60 * DAY)
  cancel()
  vi.advanceTimersByTime(100 * DAY)
  expect(called).not.toHaveBeenCalled()
})
