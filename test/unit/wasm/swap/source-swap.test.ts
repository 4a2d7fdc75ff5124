import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Contribution } from '../../../../src/api/definition.ts'
import type { PluginHost, PluginPackage } from '../../../../src/api/plugin.ts'
import type { Source } from '../../../../src/api/source.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import type { PlutinoError } from '../../../../src/base/errors.ts'
import type { Json } from '../../../../src/config/field.ts'
import { sourceGuest } from '../../../guests/source-guests.ts'
import { packageOf, sourceOf } from '../../../support/built-plugins.ts'
import { type TestContext, testContext } from '../../../support/context.ts'
import { packageOfText, testHost } from '../../../support/plugins.ts'

let host: PluginHost
let plugin: PluginPackage

beforeAll(async () => {
  host = testHost({ clock: systemClock })
  plugin = await packageOf(host, 'plugin-sdk/assemblyscript/test/guests/numbers')
}, 120_000)
afterAll(() => host.close())

const version = (number: string): readonly Contribution[] =>
  host.definitions({ ...plugin, description: { ...plugin.description, version: number } })

interface Reading {
  readonly first: readonly Contribution[]
  readonly source: Source
  readonly ctx: TestContext<typeof systemClock>
  readonly seen: number[]
}

async function reading(config: Json): Promise<Reading> {
  const first = version('1.0.0')
  const source = sourceOf(first).create(config)
  const ctx = testContext(systemClock)
  await source.connect(ctx)
  return { first, source, ctx, seen: [] }
}

async function readTo({ source, ctx, seen }: Reading, count: number, limit = 7): Promise<void> {
  while (seen.length < count) {
    const batch = await source.read(limit, ctx)
    if (batch?.payloads === undefined) throw new Error('the source has ended')
    const { bytes, starts, ends } = batch.payloads
    for (let i = batch.from; i < batch.length; i++) seen.push(JSON.parse(bytes.toString('utf8', starts[i], ends[i])).n)
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

test('a new version reads on behind what the old one has read, and gets its memory', async () => {
  const given = await reading({ total: 100_000, most: 25 })
  let from = given.first
  for (let i = 2; i < 5; i++) {
    await readTo(given, given.seen.length + 30)
    const to = version(`${i}.0.0`)
    const moved = host.move(from, to).then((prepared) => prepared.commit())
    const reads = readTo(given, given.seen.length + 200)
    await Promise.all([moved, reads])
    from = to
  }
  await readTo(given, given.seen.length + 50)
  expect(given.seen).toEqual(upTo(given.seen.length))
  expect(given.ctx.log.of('info')).toContain('restored memory of before')
  expect(host.uses(from)).toMatchObject([{ version: '4.0.0', restarts: 3 }])
  await given.source.close()
})

test('a version that traps at its first read goes back, and nothing is lost or doubled', async () => {
  const given = await reading({ total: 1000, most: 25 })
  await readTo(given, 30)
  const failures: PlutinoError[] = []
  const source = plugin.description.source
  if (source === undefined) throw new Error('no source')
  const bad = host.definitions(
    await packageOfText(sourceGuest({ collect: 'unreachable' }), { ...plugin.description, version: '2.0.0', source }, 'source-plugin'),
  )
  await (await host.move(given.first, bad, (error) => failures.push(error))).commit()
  await readTo(given, 500)
  expect(given.seen).toEqual(upTo(given.seen.length))
  expect(failures).toHaveLength(1)
  expect(host.uses(bad)).toMatchObject([{ version: '1.0.0', traps: 1 }])
  await given.source.close()
})

test('a version that does not take the configuration is refused', async () => {
  const given = await reading({ total: 1000 })
  const manifest = { fields: { total: { kind: 'string', doc: 'Not a number any more.' } } }
  const strict = host.definitions({ ...plugin, manifest, description: { ...plugin.description, version: '2.0.0' } })
  await expect(host.move(given.first, strict)).rejects.toMatchObject({ code: 'plugin_invalid', message: expect.stringContaining('total') })
  await readTo(given, 100)
  expect(given.seen).toEqual(upTo(given.seen.length))
  await given.source.close()
})
