import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Sink } from '../../../src/api/sink.ts'
import type { Source } from '../../../src/api/source.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { RequestRate } from '../../../src/wasm/instance/request-rate.ts'
import {
  ASKING_SINK,
  BUSY_SINK,
  FORGING_SINK,
  HOSTILE_CALLS,
  HOSTILE_MESSAGES,
  LINGERING_SINK,
  REFUSING_SOURCE,
  SLEEPING_SINK,
  VERBOSE_SINK,
} from '../../guests/hostile-calls.ts'
import { COUNTING_SINK } from '../../guests/sink-guests.ts'
import { sourceOf } from '../../support/built-plugins.ts'
import { type TestContext, testContext } from '../../support/context.ts'
import { pretendedPackage } from '../../support/driven-plugin.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeDatabases, rowsOf, sinkOf, testHost } from '../../support/plugins.ts'

const clock = new FakeClock()
const databases = new FakeDatabases()
const calm = testContext(clock)
let host: PluginHost
let neighbour: Sink

// a slow machine is no crime: only what is waited for counts, on the clock of the tests
beforeAll(async () => {
  host = testHost({ clock, databases, limits: { instances: 2, hostCalls: 50, callMs: 1e9 } })
  neighbour = (await sinkOf(host, COUNTING_SINK)).create({})
  await neighbour.connect({ ...calm, rule: 'calm' })
})
afterAll(() => host.close())
const opened: Pick<Sink, 'close'>[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function openSink(wat: string, ctx: TestContext<FakeClock>): Promise<Sink> {
  const sink = (await sinkOf(host, wat)).create({ url: 'sqlite:x' })
  opened.push(sink)
  await sink.connect(ctx)
  return sink
}

async function openSource(wat: string, ctx: TestContext<FakeClock>): Promise<Source> {
  const source = sourceOf(host.definitions(await pretendedPackage(wat, 'source'))).create({})
  opened.push(source)
  await source.connect(ctx)
  return source
}

async function expectCalm(): Promise<void> {
  await neighbour.write(rowsOf([1]), calm)
  expect(calm.log.of('error')).toEqual([])
  expect(databases.sessions).toBe(0)
}

/** `whileItWaits`: time passes only while something beside the watchdog has to wait for it, however fast the guest is. */
async function advanceUntil(done: Promise<unknown>, step: number, { whileItWaits = false } = {}): Promise<void> {
  const state = { done: false }
  const settled = (): void => {
    state.done = true
  }
  done.then(settled, settled)
  const stands = (): boolean => whileItWaits && (clock.pending < 2 || clock.untilNext === 0)
  while (!state.done) await clock.advance(stands() ? 0 : step)
}

describe('a sink that', () => {
  test.each(HOSTILE_CALLS)('$does', async ({ wat, says }) => {
    const ctx = testContext(clock)
    const sink = await openSink(wat, ctx)
    await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code: 'plugin_failed', message: expect.stringMatching(says) })
    await sink.close()
    await expectCalm()
  })

  test('calls the host ten million times is only slow', async () => {
    const ctx = testContext(clock)
    const sink = await openSink(BUSY_SINK, ctx)
    await sink.write(rowsOf([1]), ctx)
    await sink.close()
    await expectCalm()
  })

  test('sleeps for ever is ended when it has waited for long enough', async () => {
    const ctx = testContext(clock)
    const sink = await openSink(SLEEPING_SINK, ctx)
    const written = sink.write(rowsOf([1]), ctx)
    const ended = expect(written).rejects.toMatchObject({
      code: 'plugin_failed',
      message: 'plugin probe in sink.collect waited for longer than 120000 ms in one call',
    })
    await advanceUntil(written, 1000)
    await ended
    await sink.close()
    await expectCalm()
  })

  test('asks the server without end waits for its turn, and is ended in the end', async () => {
    const ctx = testContext(clock)
    const sink = await openSink(ASKING_SINK, ctx)
    const written = sink.write(rowsOf([1]), ctx)
    const ended = expect(written).rejects.toMatchObject({ message: expect.stringContaining('waited for longer than 120000 ms') })
    while (ctx.log.of('info').length === 0) await clock.advance(0)
    await advanceUntil(written, 500, { whileItWaits: true })
    await ended
    await sink.close()
    await expectCalm()
  })

  test('never ends being closed does not keep the rule from stopping', async () => {
    const ctx = testContext(clock)
    const sink = await openSink(LINGERING_SINK, ctx)
    const closed = sink.close()
    await advanceUntil(closed, 1000)
    expect(ctx.log.of('warn')).toEqual(['plugin probe in sink.close waited for longer than 120000 ms in one call'])
    await expectCalm()
  })

  test('forges lines of the log writes one, which shows how', async () => {
    const ctx = testContext(clock)
    const sink = await openSink(FORGING_SINK, ctx)
    await sink.write(rowsOf([1]), ctx)
    expect(ctx.log.of('info')).toEqual(['a\\n[error] b\\r\\u001b[31m\\u0007\t'])
    await sink.close()
  })

  test('gives an error of a megabyte is quoted in short', async () => {
    const ctx = testContext(clock)
    const sink = await openSink(VERBOSE_SINK, ctx)
    await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code: 'rejected', message: `${'A'.repeat(2000)}…` })
    await sink.close()
  })
})

describe('a source that', () => {
  test.each(HOSTILE_MESSAGES)('$does', async ({ wat, says }) => {
    const ctx = testContext(clock)
    const source = await openSource(wat, ctx)
    await expect(source.read(10, ctx)).rejects.toMatchObject({ code: 'plugin_failed', message: expect.stringMatching(says) })
    await source.connect(ctx)
    await source.close()
    await expectCalm()
  })

  test('refuses every message fills neither the log nor a processor', async () => {
    const ctx = testContext(clock)
    const source = await openSource(REFUSING_SOURCE, ctx)
    const reading = source.read(10, ctx).catch((error: unknown) => error)
    while (ctx.log.of('error').length < 101) await clock.advance(0)
    for (let i = 0; i < 100; i++) await clock.advance(0)
    expect(ctx.log.of('error').length).toBe(101)
    await clock.advance(200)
    while (ctx.log.of('error').length < 102) await clock.advance(0)
    ctx.stop()
    await clock.advance(200)
    await reading
    await source.close()
    await expectCalm()
  })
})

test('more instances than the server allows are refused, with the name of the plugin and what to do', async () => {
  const definition = await sinkOf(host, COUNTING_SINK)
  const [first, second] = [definition.create({}), definition.create({})]
  await first.connect({ ...testContext(clock), rule: 'one' })
  await expect(second.connect({ ...testContext(clock), rule: 'another' })).rejects.toMatchObject({
    code: 'unavailable',
    message: '2 instances of plugin probe run, more are not allowed',
    hint: expect.stringContaining('stop rules that use it'),
  })
  await first.close()
})

test('so many calls a second are answered at once, whatever the clock does', async () => {
  const time = new FakeClock()
  const rate = new RequestRate(time, 2)
  expect([rate.take(), rate.take()]).toEqual([undefined, undefined])
  const turn = rate.take()
  expect(turn).toBeInstanceOf(Promise)
  await time.advance(1000)
  await turn
  expect(rate.take()).toBeUndefined()
  time.set(-10_000)
  expect(rate.take()).toBeUndefined()
  expect(new RequestRate(systemClock, 1).take()).toBeUndefined()
})
