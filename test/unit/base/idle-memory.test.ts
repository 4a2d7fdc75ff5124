import { expect, test } from 'vitest'
import { giveBackWhenIdle, heapCollector } from '../../../src/base/idle-memory.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function process(): { clock: FakeClock; used: { cpu: number; heap: number }; collections: () => number; end: () => void } {
  const clock = new FakeClock()
  const used = { cpu: 500, heap: 2 ** 20 }
  let count = 0
  const end = giveBackWhenIdle({
    clock,
    cpuMs: () => used.cpu,
    heapBytes: () => used.heap,
    collect: () => {
      count++
      used.cpu += 100
    },
  })
  return { clock, used, collections: () => count, end }
}

test('gives memory back once after the start, when the process is quiet', async () => {
  const { clock, used, collections } = process()
  used.cpu += 1000
  await clock.advance(2000)
  expect(collections()).toBe(0)
  await clock.advance(2000)
  expect(collections()).toBe(1)
  await clock.advance(60_000)
  expect(collections()).toBe(1)
})

test('gives memory back again after two seconds of work, and only when it is quiet again', async () => {
  const { clock, used, collections } = process()
  await clock.advance(2000)
  used.cpu += 1500
  await clock.advance(4000)
  expect(collections()).toBe(1)
  for (let i = 0; i < 10; i++) {
    used.cpu += 1000
    await clock.advance(2000)
  }
  expect(collections()).toBe(1)
  await clock.advance(2000)
  expect(collections()).toBe(2)
})

test('leaves a large heap alone, whose collection would take long', async () => {
  const { clock, used, collections } = process()
  used.heap = 100 * 2 ** 20
  await clock.advance(10_000)
  expect(collections()).toBe(0)
})

test('does nothing more when it has ended', async () => {
  const { clock, collections, end } = process()
  end()
  await clock.advance(10_000)
  expect(collections()).toBe(0)
  expect(clock.pending).toBe(0)
})

test('the engine has a collection to offer', () => {
  expect(heapCollector()).not.toThrow()
})
