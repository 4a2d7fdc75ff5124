import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Contribution, SinkDefinition } from '../../../src/api/definition.ts'
import type { BatchFunction } from '../../../src/api/function.ts'
import type { PluginHost, PluginPackage } from '../../../src/api/plugin.ts'
import type { Sink } from '../../../src/api/sink.ts'
import type { Source } from '../../../src/api/source.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { functionOf, packageOf, sourceOf } from '../../support/built-plugins.ts'
import { type TestContext, testContext } from '../../support/context.ts'
import { EXECUTORS, rowsOf, testHost } from '../../support/plugins.ts'

let host: PluginHost
let plugin: PluginPackage
let defined: readonly Contribution[]
let ctx: TestContext<typeof systemClock>

beforeAll(async () => {
  const once = testHost({ clock: systemClock })
  plugin = await packageOf(once, 'plugin-sdk/assemblyscript/test/guests/ledger')
  await once.close()
}, 120_000)

async function tally(): Promise<BatchFunction> {
  const found = functionOf(defined, 'tally')
  if (found.kind !== 'batch') throw new Error('no batch function')
  return found.openBatch({ place: 0, args: [{ expression: 'mood' }] }, ctx)
}

/** What the last of some rows says: how many there were. */
async function count(fn: BatchFunction, ...moods: readonly string[]): Promise<unknown> {
  return (await fn.call(moods.map((mood) => [mood]))).at(-1)
}

/** The rule begins again with the state of its nodes. */
function restart(): void {
  const { state } = ctx
  ctx.stop()
  ctx = { ...testContext(systemClock), state }
}

/** How saving fails, what is said, and whether the instance goes on. */
const MOODS = [
  ['refuse', 'not now', true],
  ['trap', /checkpoint\.snapshot failed: as asked/, false],
  ['spin', /checkpoint\.snapshot did not return within 1500 ms/, false],
  ['swell', /checkpoint\.snapshot failed: .*1000000/, false],
] as const

describe.each(EXECUTORS)('%s', (executor) => {
  beforeEach(() => {
    host = testHost({ clock: systemClock, executor, limits: { callMs: 1_500, payloadBytes: 1_000_000 } })
    ctx = testContext(systemClock)
    defined = host.definitions(plugin)
  })
  afterEach(async () => {
    ctx.stop()
    await host.close()
  })

  test('a plugin that keeps something says so', () => {
    expect(sourceOf(defined)).toMatchObject({ keepsState: true })
    expect(defined.find(({ kind }) => kind === 'sink')).toMatchObject({ keepsState: true })
    expect(functionOf(defined, 'tally')).toMatchObject({ keepsState: true })
  })

  test('a function goes on from its last checkpoint, and not from what came after it', async () => {
    const fn = await tally()
    expect(await count(fn, '', '')).toBe(2n)
    await fn.checkpoint?.()
    const saved = structuredClone(ctx.state.get('ledger: plugin memory'))
    expect(await count(fn, '')).toBe(3n)
    ctx.stop()
    ctx = testContext(systemClock)
    ctx.state.set('ledger: plugin memory', saved ?? null)
    expect(await count(await tally(), '')).toBe(3n)
  })

  test.each(MOODS)(
    'a function whose memory is to be saved and does "%s" fails the checkpoint and nothing else',
    async (mood, says, goesOn) => {
      const fn = await tally()
      expect(await count(fn, '', '')).toBe(2n)
      await fn.checkpoint?.()
      const saved = structuredClone(ctx.state.get('ledger: plugin memory'))
      expect(await count(fn, mood)).toBe(3n)
      await expect(fn.checkpoint?.()).rejects.toMatchObject({ code: 'plugin_failed', message: expect.stringMatching(says) })
      expect(ctx.state.get('ledger: plugin memory')).toEqual(saved)
      // An instance that ended is followed by one that knows what was saved.
      expect(await count(fn, '')).toBe(goesOn ? 4n : 3n)
      await fn.checkpoint?.()
      expect(ctx.state.get('ledger: plugin memory')).not.toEqual(saved)
    },
  )

  test('a version that fails on its trial leaves nothing behind in the memory, also when it was saved meanwhile', async () => {
    const fn = await tally()
    expect(await count(fn, '', '')).toBe(2n)
    const next = host.definitions({ ...plugin, description: { ...plugin.description, version: '2.0.0' } })
    await (await host.move(defined, next, () => {})).commit()
    expect(await count(fn, '')).toBe(3n)
    await fn.checkpoint?.()
    expect(await count(fn, 'die')).toMatchObject({ code: 'row_failed' })
    expect(ctx.log.of('error')).toContain('version 2.0.0 of plugin ledger failed its first calls: version 1.0.0 takes over again')
    // Both versions have ended, and the row of the trial was not counted twice.
    expect(await count(fn, '')).toBe(3n)
  })

  test('a memory that the plugin does not take stops the rule', async () => {
    ctx.state.set('ledger: plugin memory', new Uint8Array())
    await expect(tally()).rejects.toMatchObject({ message: 'a number was expected' })
  })

  test.each(MOODS)('a source whose memory is to be saved and does "%s" fails the checkpoint, and reads on', async (mood, says, goesOn) => {
    const source: Source = sourceOf(defined).create({ mood })
    await source.connect(ctx)
    const batch = await source.read(5, ctx)
    expect(batch?.records?.at(-1)).toMatchObject({ n: 4n, seen: 5n })
    await expect(source.checkpoint?.()).rejects.toMatchObject({ message: expect.stringMatching(says) })
    if (!goesOn) await source.connect(ctx)
    expect((await source.read(5, ctx))?.records?.[0]).toMatchObject({ n: 5n, seen: goesOn ? 6n : 1n })
    await source.close()
  })

  test('a source goes on from its last checkpoint in the next life of the rule', async () => {
    const source = sourceOf(defined).create({})
    await source.connect(ctx)
    const batch = await source.read(5, ctx)
    await source.checkpoint?.()
    restart()
    const next = sourceOf(defined).create({})
    await next.connect(ctx, batch?.offset)
    expect((await next.read(5, ctx))?.records?.[0]).toMatchObject({ n: 5n, seen: 6n })
    await next.close()
  })
})

test('a sink whose memory cannot be saved fails the checkpoint, and writes on', async () => {
  host = testHost({ clock: systemClock })
  ctx = testContext(systemClock)
  defined = host.definitions(plugin)
  const definition = defined.find((one): one is SinkDefinition => one.kind === 'sink')
  const sink: Sink | undefined = definition?.create({ url: 'sqlite:any.db', mood: 'refuse' })
  await sink?.connect(ctx)
  await sink?.write(rowsOf([1], [2]), ctx)
  await expect(sink?.checkpoint?.()).rejects.toMatchObject({ message: 'not now' })
  await sink?.write(rowsOf([3]), ctx)
  await sink?.close()
  ctx.stop()
  await host.close()
})
