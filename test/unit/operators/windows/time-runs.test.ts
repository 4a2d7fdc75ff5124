import { expect, test } from 'vitest'
import { TimeRuns } from '../../../../src/operators/windows/time-runs.ts'

/** What it does, with one place for each row. */
class Times {
  all: number[] = []

  push(time: number, count: number): void {
    for (let i = 0; i < count; i++) this.all.push(time)
  }

  dropBefore(time: number): number {
    const count = this.all.filter((one) => one < time).length
    this.all = this.all.slice(count)
    return count
  }
}

test('times leave in their order, those of the same time one by one or together', () => {
  const [runs, times] = [new TimeRuns(), new Times()]
  for (let i = 0; i < 5_000; i++) {
    const time = Math.floor(i / 2)
    runs.push(time, 1 + (i % 3))
    times.push(time, 1 + (i % 3))
    if (i % 7 === 0) {
      runs.drop(1)
      times.all.shift()
    }
    if (i % 50 === 0) expect(runs.dropBefore(time - 10)).toBe(times.dropBefore(time - 10))
    if (i % 500 === 0) {
      expect(runs.toArray()).toEqual(times.all)
      expect([runs.first, runs.last]).toEqual([times.all[0], times.all.at(-1)])
      expect(runs.firstCount).toBe(times.all.filter((one) => one === times.all[0]).length)
    }
  }
  expect(runs.dropBefore(Number.POSITIVE_INFINITY)).toBe(times.all.length)
  expect([runs.first, runs.last, runs.firstCount]).toEqual([undefined, undefined, 0])
  runs.push(9_000)
  runs.setBack(1_000)
  expect(runs.toArray()).toEqual([8_000])
})
