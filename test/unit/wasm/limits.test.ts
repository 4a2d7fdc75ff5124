import { afterEach, expect, test } from 'vitest'
import type { PluginHost } from '../../../src/api/plugin.ts'
import type { PluginLimitsGiven } from '../../../src/config/plugin-limits.ts'
import { ASKING_SINK } from '../../guests/hostile-calls.ts'
import { COUNTING_SINK, LOGGING_SINK, sinkGuest, SPINNING_SINK } from '../../guests/sink-guests.ts'
import { testContext, type TestContext } from '../../support/context.ts'
import type { FakeClock } from '../../support/fake-clock.ts'
import { EXECUTORS, packageOfText, rowsOf, sinkOf, testHost } from '../../support/plugins.ts'

const hosts: PluginHost[] = []
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()))
})

type Context = TestContext<FakeClock>

/** A host in which the rule `narrow` has these limits. */
function hostOf(ctx: Context, given: PluginLimitsGiven, executor: 'own' | 'jco' = 'own'): PluginHost {
  // what is not narrowed takes as long as it likes: a slow machine is no crime
  const host = testHost({ clock: ctx.clock, executor, limits: { callMs: 1e9 } })
  host.ruleLimits((rule) => (rule === 'narrow' ? given : undefined))
  hosts.push(host)
  return host
}

/** Grows as far as it can, and logs nothing. */
const GROWING_SINK = sinkGuest({
  collect: '(block $out (loop $more (br_if $out (i32.eq (memory.grow (i32.const 1)) (i32.const -1))) (br $more))) unreachable',
})
/** Keeps one value of a thousand bytes. */
const KEEPING_SINK = sinkGuest({
  imports: '(import "plutino:plugin/state@1.0.0" "put" (func $put (param i32 i32 i32 i64 i32)))',
  collect: '(call $put (i32.const 1024) (i32.const 1) (i32.const 5) (i64.const 2048) (i32.const 1000)) (i32.const 64)',
})

/** What came of one batch. `step`: how fast the time goes meanwhile. */
async function writes(host: PluginHost, ctx: Context, { wat, rule = 'narrow', step = () => 0 }: Attempt): Promise<string> {
  const sink = (await sinkOf(host, wat)).create({})
  const own = { ...ctx, rule }
  await sink.connect(own)
  const state = { done: false }
  const settled = sink
    .write(rowsOf(['x'.repeat(5000)]), own)
    .then(
      () => '',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    .finally(() => {
      state.done = true
    })
  while (!state.done) {
    await ctx.clock.advance(step())
    await new Promise((resolve) => setImmediate(resolve))
  }
  await sink.close()
  return settled
}

interface Attempt {
  readonly wat: string
  readonly rule?: string
  readonly step?: () => number
}

test('a rule narrows the time of a call', async () => {
  const ctx = testContext()
  const host = hostOf(ctx, { timeout: 700 })
  expect(await writes(host, ctx, { wat: SPINNING_SINK, step: () => 100 })).toContain('did not return within 700 ms')
})

test('a rule narrows how long a call may wait for the host', async () => {
  const ctx = testContext()
  const host = hostOf(ctx, { totalWaitTimeout: 3000, hostCalls: 5 })
  const step = (): number => (ctx.log.of('info').length > 0 ? 100 : 0)
  expect(await writes(host, ctx, { wat: ASKING_SINK, step })).toContain('waited for longer than 3000 ms')
})

test.each([
  ['state', KEEPING_SINK, { state: 500 }, 'keeps more than 500 bytes of state'],
  ['payload', COUNTING_SINK, { payload: 1024 }, 'larger than the 1024 bytes that a plugin may get at once'],
] as const)('a rule narrows %s for itself alone', async (_, wat, given, says) => {
  const ctx = testContext()
  const host = hostOf(ctx, given)
  expect(await writes(host, ctx, { wat })).toContain(says)
  expect(await writes(host, ctx, { wat, rule: 'wide' })).toBe('')
})

test.each(EXECUTORS)('a rule narrows the memory for itself alone (%s)', async (executor) => {
  const ctx = testContext()
  const host = hostOf(ctx, { memory: 2 }, executor)
  expect(await writes(host, ctx, { wat: GROWING_SINK, rule: 'narrow' })).toContain('its memory has grown to 2 MiB of 2 MiB')
  expect(await writes(host, ctx, { wat: GROWING_SINK, rule: 'wide' })).toContain('its memory has grown to 64 MiB of 64 MiB')
  expect(await writes(host, ctx, { wat: GROWING_SINK, rule: 'narrow' })).toContain('of 2 MiB')
})

test('a rule narrows the lines of its log', async () => {
  const ctx = testContext()
  const host = hostOf(ctx, { logLines: 3 })
  const own = { ...ctx, rule: 'narrow' }
  const sink = (await sinkOf(host, LOGGING_SINK)).create({})
  await sink.connect(own)
  const ended = expect(sink.write(rowsOf([1]), own)).rejects.toMatchObject({ message: 'plugin probe was closed' })
  while (ctx.log.of('info').length < 3) await new Promise((resolve) => setImmediate(resolve))
  expect(ctx.log.of('info').length).toBe(3)
  while (ctx.log.of('warn').length === 0) {
    await ctx.clock.advance(1000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(ctx.log.of('warn')[0]).toMatch(/^\d+ lines dropped: a plugin may log 3 lines a second$/)
  await host.close()
  await ended
})

test('a rule may have so many instances; while a place changes its version it has two', async () => {
  const ctx = testContext()
  const host = hostOf(ctx, { instances: 1 })
  const [old, next] = [host.definitions(await packageOfText(COUNTING_SINK, {})), host.definitions(await packageOfText(COUNTING_SINK, {}))]
  const [definition] = old
  if (definition?.kind !== 'sink') throw new Error('no sink')
  const [first, second] = [definition.create({}), definition.create({})]
  await first.connect({ ...ctx, rule: 'narrow', node: 'a' })
  await expect(second.connect({ ...ctx, rule: 'narrow', node: 'b' })).rejects.toMatchObject({
    code: 'unavailable',
    message: 'plugin probe cannot start: the limits of the rule allow 1 plugin instances',
    hint: 'raise limits.instances in the options of the rule',
  })
  const move = await host.move(old, next)
  await move.commit()
  await first.write(rowsOf([1]), { ...ctx, rule: 'narrow', node: 'a' })
  expect(host.uses(next)).toMatchObject([
    { rule: 'narrow', node: 'a', limits: { instances: 1, memory: 67_108_864 } },
    { rule: 'narrow', node: 'b' },
  ])
  await Promise.all([first.close(), second.close()])
})
