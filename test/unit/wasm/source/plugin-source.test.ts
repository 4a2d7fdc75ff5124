import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SourceDefinition } from '../../../../src/api/definition.ts'
import type { PluginHost, PluginPackage } from '../../../../src/api/plugin.ts'
import type { SourceBatch } from '../../../../src/api/source.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import type { Json } from '../../../../src/config/field.ts'
import type { Executor } from '../../../../src/wasm/program/code-request.ts'
import { sourceContract } from '../../../contract/source.ts'
import { packageOf, sourceOf } from '../../../support/built-plugins.ts'
import { type TestContext, testContext } from '../../../support/context.ts'
import { type FakeClock, settle } from '../../../support/fake-clock.ts'
import { passTime } from '../../../support/passing-time.ts'
import { EXECUTORS, testHost } from '../../../support/plugins.ts'

let host: PluginHost
let plugin: PluginPackage
let definition: SourceDefinition

async function setUp(executor: Executor): Promise<void> {
  // time of tests runs faster than that of a guest
  host = testHost({ clock: systemClock, limits: { callMs: 1e9 }, executor })
  plugin = await packageOf(host, 'plugin-sdk/assemblyscript/test/guests/numbers')
  definition = sourceOf(host.definitions(plugin))
}

function committed(ctx: TestContext<FakeClock>): number {
  const stored = ctx.state.get('plugin/committed')
  return stored instanceof Uint8Array ? Number(Buffer.from(stored).readBigInt64LE(1)) : 0
}

const numberOf = ({ payloads }: SourceBatch, index: number): number =>
  payloads === undefined ? -1 : JSON.parse(payloads.bytes.toString('utf8', payloads.starts[index], payloads.ends[index])).n

async function numbers(config: Json, ctx: TestContext<FakeClock>, count: number, limit = 10): Promise<number[]> {
  const source = definition.create(config)
  await source.connect(ctx)
  const seen: number[] = []
  while (seen.length < count) {
    const batch = await source.read(limit, ctx)
    if (batch === undefined) break
    for (let i = batch.from; i < batch.length; i++) seen.push(numberOf(batch, i))
    if (batch.offset !== undefined) await source.commit?.(batch.offset)
  }
  await source.close()
  return seen
}

describe.each(EXECUTORS)('%s', (executor) => {
  beforeAll(() => setUp(executor), 60_000)
  afterAll(() => host.close())

  sourceContract(`a plugin in AssemblyScript (${executor})`, async () => {
    const { ctx, stop } = passTime(testContext())
    return {
      source: definition.create({ most: 10 }),
      ctx,
      feed: () => {},
      numberOf,
      committed: () => committed(ctx),
      cleanup: async () => stop(),
    }
  })

  describe('a source that a plugin implements', () => {
    test('its definition says what it is, and brings the configuration of the package', () => {
      expect(definition).toMatchObject({ name: 'numbers', payload: 'bytes', delivery: 'at-least-once', open: true })
      expect(plugin.description).toMatchObject({ kinds: ['source'], source: { payload: 'bytes', resumes: true } })
    })

    test('when the first read fails, it goes on where it was told to', async () => {
      const ctx = testContext()
      const source = definition.create({ total: 30, fail: 'unavailable', at: 1 })
      await source.connect(ctx, '7')
      await expect(source.read(10, ctx)).rejects.toMatchObject({ code: 'unavailable' })
      await source.connect(ctx)
      const batch = await source.read(10, ctx)
      expect(batch === undefined ? -1 : numberOf(batch, 0)).toBe(7)
      await source.close()
    })

    test('a source that has an end, ends', async () => {
      const ctx = testContext()
      expect(await numbers({ total: 25, end: true }, ctx, 1000)).toEqual(Array.from({ length: 25 }, (_, i) => i))
      expect(await numbers({ total: 0, end: true }, testContext(), 1000)).toEqual([])
    })

    test('after a restart it goes on behind what was committed, and its memory comes back', async () => {
      const ctx = testContext()
      expect(await numbers({ total: 100 }, ctx, 20)).toHaveLength(20)
      expect(await numbers({ total: 100 }, ctx, 5, 5)).toEqual([20, 21, 22, 23, 24])
      expect(ctx.log.of('info')).toEqual(['restored memory of before'])
    })

    test('a guest that gives more than was asked for is taken in parts; the offset comes with the last', async () => {
      const ctx = testContext()
      const source = definition.create({ total: 25, more: 25, end: true })
      await source.connect(ctx)
      const batches = [await source.read(10, ctx), await source.read(10, ctx), await source.read(10, ctx), await source.read(10, ctx)]
      expect(batches.map((batch) => batch && [batch.from, batch.length, batch.offset])).toEqual([
        [0, 10, undefined],
        [10, 20, undefined],
        [20, 25, '25'],
        undefined,
      ])
      await source.close()
    })

    test('times and metadata belong to their messages', async () => {
      const ctx = testContext()
      const source = definition.create({ total: 3, odd: true, datasource: 'a/b' })
      await source.connect(ctx)
      const batch = await source.read(10, ctx)
      expect(batch?.times).toEqual([0, 1000, 2000])
      expect(batch?.meta?.(1, 'topic')).toBe('a/b')
      expect(Object.entries(batch?.metaAll?.(2) ?? {})).toEqual([
        ['topic', 'a/b'],
        ['__proto__', 2n],
      ])
      await source.close()
    })

    test('a message that cannot be read is reported and left out', async () => {
      const ctx = testContext()
      expect(await numbers({ total: 20, end: true, fail: 'rejected', at: 2 }, ctx, 100)).toHaveLength(20)
      expect(ctx.log.of('error')).toEqual(['a message could not be read and was left out: as asked'])
    })

    test.each([
      ['unavailable', 'unavailable'],
      ['trap', 'plugin_failed'],
      ['invalid', 'config_invalid'],
    ])('an error of kind %s comes out as %s; the next connect goes on behind what was read', async (fail, code) => {
      const ctx = testContext()
      const source = definition.create({ total: 30, fail, at: 2 })
      await source.connect(ctx)
      expect((await source.read(10, ctx))?.length).toBe(10)
      await expect(source.read(10, ctx)).rejects.toMatchObject({ code, message: expect.stringContaining('as asked') })
      await source.connect(ctx)
      const batch = await source.read(10, ctx)
      expect(batch === undefined ? -1 : numberOf(batch, 0)).toBe(10)
      await source.close()
    })

    test('a wrong configuration is refused with the words of the plugin', async () => {
      await expect(definition.create({ total: -1 }).connect(testContext())).rejects.toMatchObject({
        code: 'config_invalid',
        message: 'total: expected 0 or more',
      })
    })

    test('a guest that does not wait does not keep a processor busy', async () => {
      const { ctx, stop } = passTime(testContext())
      const source = definition.create({ total: 0, hurried: true })
      await source.connect(ctx)
      const begin = ctx.clock.now()
      const reading = source.read(10, ctx).catch(() => 'stopped')
      while (ctx.clock.now() - begin < 10_000) await settle()
      ctx.stop()
      expect(await reading).toBe('stopped')
      stop()
      await source.close()
    })
  })
})
