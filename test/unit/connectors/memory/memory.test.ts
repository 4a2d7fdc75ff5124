import { expect, test } from 'vitest'
import type { Source } from '../../../../src/api/source.ts'
import { MemoryBus } from '../../../../src/connectors/memory/bus.ts'
import { memorySink } from '../../../../src/connectors/memory/sink.ts'
import { memorySource } from '../../../../src/connectors/memory/source.ts'
import { topicMatches } from '../../../../src/connectors/memory/topic-filter.ts'
import { testContext } from '../../../support/context.ts'
import { settle } from '../../../support/fake-clock.ts'
import { numbered, sinkContract } from '../../../contract/sink.ts'
import { sourceContract } from '../../../contract/source.ts'

const sourceOf = (bus: MemoryBus, datasource: string): Source => memorySource(bus).create({ datasource })
const sinkOf = (bus: MemoryBus, topic: string) => memorySink(bus).create({ topic })

sourceContract('memory source', async () => {
  const bus = new MemoryBus()
  return {
    source: sourceOf(bus, 'in/#'),
    ctx: testContext(),
    feed: (from, to) =>
      bus.publish(
        'in/a',
        Array.from({ length: to - from }, (_, i) => ({ n: from + i })),
      ),
    numberOf: (batch, index) => Number(batch.records?.[index]?.['n']),
    cleanup: async () => {},
  }
})

sinkContract('memory sink', async () => {
  const bus = new MemoryBus()
  const subscription = bus.subscribe('out')
  const numbers: number[] = []
  const take = (): void => {
    for (let m = subscription.take(1000); m !== undefined; m = subscription.take(1000))
      numbers.push(...m.records.map((record) => Number(record['n'])))
  }
  subscription.onArrival = take
  return {
    sink: sinkOf(bus, 'out'),
    ctx: testContext(),
    received: () => numbers,
    stall: () => void (subscription.onArrival = () => {}),
    cleanup: async () => bus.unsubscribe(subscription),
  }
})

test.each([
  ['a/b', 'a/b', true],
  ['a/b', 'a/c', false],
  ['a/b', 'a', false],
  ['a/b', 'a/b/c', false],
  ['a/+', 'a/b', true],
  ['a/+', 'a', false],
  ['a/+/c', 'a/b/c', true],
  ['+', 'a/b', false],
  ['#', 'a/b', true],
  ['a/#', 'a/b/c', true],
  ['a/#', 'a', true],
  ['a/#', 'b/a', false],
  ['toString', '__proto__', false],
])('the filter %s and the topic %s: %s', (filter, topic, matches) => {
  expect(topicMatches(filter, topic)).toBe(matches)
})

test('each subscriber of a topic gets the same records, without a copy; who is not subscribed gets none', async () => {
  const bus = new MemoryBus()
  const ctx = testContext()
  const sink = sinkOf(bus, 'a/b')
  await sink.connect(ctx)
  await sink.write(numbered(0, 1), ctx)
  const sources = ['a/b', 'a/+', 'a/#', 'c'].map((filter) => sourceOf(bus, filter))
  for (const source of sources) await source.connect(ctx)
  await sink.write(numbered(1, 3), ctx)
  const batches = await Promise.all(sources.slice(0, 3).map((source) => source.read(10, ctx)))
  expect(batches.map((batch) => batch?.records)).toEqual([1, 2, 3].map(() => [{ n: 1 }, { n: 2 }]))
  expect(batches[0]?.records?.[0]).toBe(batches[1]?.records?.[0])
  expect(batches[0]?.meta?.(0, 'topic')).toBe('a/b')
  expect(batches[0]?.offset).toBeUndefined()
})

test('a subscriber that does not read makes the writer wait, until it reads or goes', async () => {
  const bus = new MemoryBus()
  const ctx = testContext()
  const [sink, slow, gone] = [sinkOf(bus, 't'), sourceOf(bus, 't'), sourceOf(bus, 't')]
  await Promise.all([slow.connect(ctx), gone.connect(ctx)])
  let written = 0
  const writing = (async () => {
    for (; written < 12; written++) await sink.write(numbered(written * 1000, (written + 1) * 1000), ctx)
  })()
  await settle()
  expect(written).toBe(10)
  await gone.close()
  await settle()
  expect(written).toBe(10)
  for (let i = 0; i < 12; i++) await slow.read(1000, ctx)
  await writing
  expect(written).toBe(12)
})

test('one that leaves is forgotten, and what waited for it goes on', async () => {
  const bus = new MemoryBus()
  const ctx = testContext()
  const source = sourceOf(bus, 't')
  await source.connect(ctx)
  await source.close()
  await bus.publish('t', [{ n: 1 }])
  await source.connect(ctx)
  const reading = source.read(10, ctx)
  await bus.publish('t', [{ n: 2 }])
  expect((await reading)?.records).toEqual([{ n: 2 }])
})

test.each(['a/+/b', '#', ''])('the topic "%s" cannot be published to', (topic) => {
  expect(() => sinkOf(new MemoryBus(), topic)).toThrow(/topic/)
})

test.each(['a/b+', 'a/#/b', ''])('the filter "%s" is refused', (filter) => {
  expect(() => sourceOf(new MemoryBus(), filter)).toThrow(/datasource/)
})
