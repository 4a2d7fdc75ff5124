import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sink } from '../../../src/api/sink.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import {
  ALLOCATORS,
  type Crime,
  CRIMES,
  criminal,
  EXPORTS,
  freesTwice,
  hostileGuest,
  type Interface,
  STARTS,
  WORK,
} from '../../guests/hostile-exports.ts'
import { COUNTING_SINK } from '../../guests/sink-guests.ts'
import { testContext, type TestContext } from '../../support/context.ts'
import { drive, pretendedPackage } from '../../support/driven-plugin.ts'
import type { FakeClock } from '../../support/fake-clock.ts'
import { rowsOf, sinkOf, testHost } from '../../support/plugins.ts'

const INTERFACES: readonly Interface[] = ['source', 'sink', 'scalar', 'aggregate']
/** Asked at installation only: installation.test.ts and hostile-results.test.ts have them. */
const DECLARATIONS: ReadonlySet<string> = new Set(['describe', 'functions', 'aggregates'])
/** Nobody waits for what these give: a failure is a line in the log of the rule. */
const UNHEARD: ReadonlySet<string> = new Set(['close', 'drop'])

let host: PluginHost
let neighbour: Sink
const calm = testContext()
let written = 0

// One instance beside the neighbour: one that is not thrown away leaves no room for the next test.
beforeAll(async () => {
  host = testHost({ clock: calm.clock, limits: { instances: 2 } })
  neighbour = (await sinkOf(host, COUNTING_SINK)).create({})
  await neighbour.connect(calm)
})
afterAll(() => host.close())

/** Drives a plugin until it fails; gives the message of its failure, '' when there was none. */
async function failureOf(wat: string, from: Interface, ctx: TestContext<FakeClock>): Promise<string> {
  const plugin = await pretendedPackage(wat, from)
  const state = { done: false }
  const driven = drive(host, plugin, ctx).then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  const settled = driven.finally(() => {
    state.done = true
  })
  const spins = /\$start \(loop/.test(wat)
  while (!state.done) {
    // time stands still until the guest has said that it spins, so that no other call runs out of it
    if (spins || ctx.log.of('info').includes('spins') || from === 'source')
      await ctx.clock.advance(spins || ctx.log.of('info').includes('spins') ? 1000 : 0)
    await new Promise((resolve) => setImmediate(resolve))
  }
  ctx.stop()
  return settled
}

/** The plugin beside it has lost nothing. */
async function expectCalm(): Promise<void> {
  await neighbour.write(rowsOf([1], [2]), calm)
  written++
  expect(calm.log.of('info').length).toBe(Math.min(written, 100))
  expect(calm.log.of('error')).toEqual([])
  expect(calm.state.get('plugin/rows')).toEqual(Uint8Array.of(2, ...new Uint8Array(BigUint64Array.of(BigInt(written * 2)).buffer)))
}

const cases = INTERFACES.flatMap((from) =>
  EXPORTS[from]
    .filter(({ name }) => !DECLARATIONS.has(name))
    .flatMap(({ name, result }) =>
      CRIMES.filter(({ lies, once }) => (result || lies !== true) && (name === WORK[from] || once !== true)).map((crime) => ({
        from,
        name,
        crime,
        does: crime.does,
      })),
    ),
)

describe.each(INTERFACES)('a hostile %s', (from) => {
  test.each(cases.filter((each) => each.from === from))('whose $name $does', async ({ name, crime }: { name: string; crime: Crime }) => {
    const ctx = testContext()
    const message = await failureOf(criminal(from, name, crime), from, ctx)
    const told = UNHEARD.has(name) ? (ctx.log.of('warn').at(-1) ?? '') : message
    expect(told).toMatch(new RegExp(`plugin probe in ${from}\\.${name} `))
    expect(told).toMatch(crime.says)
    await expectCalm()
  })

  test.each(EXPORTS[from].filter(({ name, result }) => result && !DECLARATIONS.has(name)))(
    'whose result of $name is freed twice',
    async ({ name }) => {
      const message = await failureOf(freesTwice(from, name), from, testContext())
      expect(message).toMatch(new RegExp(`plugin probe in ${from}\\.${name} failed: it trapped: unreachable`))
      await expectCalm()
    },
  )

  test.each(ALLOCATORS.filter(({ aligned }) => aligned !== true || from !== 'source'))(
    'whose allocator $does',
    async ({ allocator, says }) => {
      const message = await failureOf(hostileGuest(from, { allocator }), from, testContext())
      if (says === undefined) expect(message).toBe('')
      else expect(message).toMatch(says)
      await expectCalm()
    },
  )

  test.each(STARTS)('whose start code $does', async ({ more, says }) => {
    expect(await failureOf(hostileGuest(from, { more }), from, testContext())).toMatch(says)
    await expectCalm()
  })
})
