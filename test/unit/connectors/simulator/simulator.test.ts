import { expect, test } from 'vitest'
import type { SourceBatch } from '../../../../src/api/source.ts'
import { simulatorSource } from '../../../../src/connectors/simulator/source.ts'
import { testContext } from '../../../support/context.ts'
import { settle } from '../../../support/fake-clock.ts'
import { sourceContract } from '../../../contract/source.ts'

sourceContract('simulator', async () => {
  const ctx = testContext()
  const data = Array.from({ length: 100 }, (_, n) => ({ n }))
  const state = { running: true }
  const run = async (): Promise<void> => {
    while (state.running) {
      await settle()
      await ctx.clock.advance(1000)
    }
  }
  return {
    source: simulatorSource.create({ data, loop: false }),
    ctx,
    feed: () => void run(),
    numberOf: (batch: SourceBatch, index: number) => Number(batch.records?.[index]?.['n']),
    async cleanup() {
      state.running = false
    },
  }
})

test('records come one each interval, the first at once, and begin again', async () => {
  const ctx = testContext()
  const source = simulatorSource.create({ data: [{ a: 1 }, { a: 2 }], interval: '10s' })
  await source.connect(ctx)
  const begin = ctx.clock.now()
  const seen: unknown[] = []
  const reading = (async () => {
    for (let i = 0; i < 3; i++) {
      const batch = await source.read(10, ctx)
      seen.push([(batch?.time ?? 0) - begin, ...(batch?.records ?? [])])
    }
  })()
  await ctx.clock.advance(9_999)
  expect(seen).toEqual([[0, { a: 1 }]])
  await ctx.clock.advance(10_001)
  await reading
  expect(seen).toEqual([
    [0, { a: 1 }],
    [10_000, { a: 2 }],
    [20_000, { a: 1 }],
  ])
})

test('without loop, and with no records at all, it ends', async () => {
  const ctx = testContext()
  const once = simulatorSource.create({ data: [{ a: 1 }], loop: false })
  await once.connect(ctx)
  expect((await once.read(10, ctx))?.length).toBe(1)
  expect(await once.read(10, ctx)).toBeUndefined()
  expect(await simulatorSource.create({ data: [] }).read(10, ctx)).toBeUndefined()
})

test('a reader that was away does not get at once what it has missed', async () => {
  const ctx = testContext()
  const source = simulatorSource.create({ devices: 1 })
  await source.connect(ctx)
  await source.read(10, ctx)
  await ctx.clock.advance(60_000)
  await source.read(10, ctx)
  let more = false
  const reading = source.read(10, ctx).then(() => (more = true))
  await settle()
  expect(more).toBe(false)
  await ctx.clock.advance(1000)
  await reading
})

test('devices wander plausibly, and the same with the same seed', async () => {
  const readAll = async (seed: number): Promise<unknown[]> => {
    const ctx = testContext()
    const source = simulatorSource.create({ devices: 5, seed, interval: 0 })
    await source.connect(ctx)
    const records: unknown[] = []
    for (let i = 0; i < 400; i++) {
      const reading = source.read(100, ctx)
      await ctx.clock.advance(0)
      records.push(...((await reading)?.records ?? []))
    }
    return records
  }
  const first = await readAll(1)
  expect(first).toHaveLength(2000)
  expect(await readAll(1)).toEqual(first)
  expect(await readAll(2)).not.toEqual(first)
  expect(first[0]).toEqual({ id: 'device-1', temperature: expect.any(Number), humidity: expect.any(Number), ts: 1_700_000_000_000 })
  const temperatures = first.map((record) => (record as { temperature: number }).temperature)
  expect(Math.min(...temperatures)).toBeGreaterThan(5)
  expect(Math.max(...temperatures)).toBeLessThan(40)
  expect(Math.max(...temperatures) - Math.min(...temperatures)).toBeGreaterThan(3)
})

test('more devices than the limit come in parts', async () => {
  const ctx = testContext()
  const source = simulatorSource.create({ devices: 25 })
  await source.connect(ctx)
  const sizes = []
  for (let i = 0; i < 3; i++) sizes.push((await source.read(10, ctx))?.length)
  expect(sizes).toEqual([10, 10, 5])
})

test.each([
  [{ data: [1] }, 'data[0]: expected an object, got 1'],
  [{ data: [{}, null] }, 'data[1]: expected an object, got null'],
  [{ data: 'x' }, 'data: expected a list'],
  [{ interval: 'soon' }, 'interval: expected a duration'],
  [{ devices: 0 }, 'devices: expected a whole number from 1'],
  [{ intervall: 1 }, 'did you mean "interval"?'],
])('%j is refused: %s', (config, message) => {
  expect(() => simulatorSource.create(config)).toThrow(message)
})
