import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Contribution } from '../../../../src/api/definition.ts'
import type { PluginHost } from '../../../../src/api/plugin.ts'
import type { Sink } from '../../../../src/api/sink.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import type { PlutinoError } from '../../../../src/base/errors.ts'
import { COUNTING_SINK, failingSink, sinkGuest } from '../../../guests/sink-guests.ts'
import { type TestContext, testContext } from '../../../support/context.ts'
import { until } from '../../../support/until.ts'
import { packageOfText, rowsOf, testHost } from '../../../support/plugins.ts'

let host: PluginHost
let ctx: TestContext<typeof systemClock>
const failures: PlutinoError[] = []

beforeEach(() => {
  host = testHost({ clock: systemClock })
  ctx = testContext(systemClock)
  failures.length = 0
})
afterEach(() => host.close())

async function version(wat: string, number: string): Promise<readonly Contribution[]> {
  return host.definitions(await packageOfText(wat, { version: number }))
}

function sinkFrom([definition]: readonly Contribution[]): Sink {
  if (definition?.kind !== 'sink') throw new Error('no sink')
  return definition.create({})
}

async function running(wat: string): Promise<{ first: readonly Contribution[]; sink: Sink }> {
  const first = await version(wat, '1.0.0')
  const sink = sinkFrom(first)
  await sink.connect(ctx)
  return { first, sink }
}

async function move(from: readonly Contribution[], to: readonly Contribution[]): Promise<void> {
  const prepared = await host.move(from, to, (error) => failures.push(error))
  await prepared.commit()
}

const counted = (): number => {
  const stored = ctx.state.get('plugin/rows')
  return stored instanceof Uint8Array ? Number(Buffer.from(stored).readBigInt64LE(1)) : 0
}

test('a new version goes on with the state of the old one, while rows flow', async () => {
  const { first, sink } = await running(COUNTING_SINK)
  let written = 0
  const done = new AbortController()
  const flow = (async () => {
    while (!done.signal.aborted) {
      await sink.write(rowsOf([1], [2]), ctx)
      written += 2
    }
  })()
  let from = first
  for (let i = 2; i < 6; i++) {
    const to = await version(COUNTING_SINK, `${i}.0.0`)
    await move(from, to)
    expect(host.uses(to)).toMatchObject([{ rule: ctx.rule, node: ctx.node, plugin: 'probe', version: `${i}.0.0`, traps: 0 }])
    from = to
    const enough = written + 20
    await until('more rows', () => written >= enough)
  }
  done.abort()
  await flow
  expect(counted()).toBe(written)
  expect(host.uses(first)).toMatchObject([{ version: '5.0.0', restarts: 4 }])
  await sink.close()
  expect(host.uses(from)).toEqual([])
})

test('a version that traps at its first batch goes back, and the batch is written by the version before', async () => {
  const { first, sink } = await running(COUNTING_SINK)
  await move(first, await version(sinkGuest({ collect: 'unreachable' }), '2.0.0'))
  await sink.write(rowsOf([1], [2]), ctx)
  expect(counted()).toBe(2)
  expect(failures.map((one) => one.code)).toEqual(['plugin_failed'])
  expect(host.uses(first)).toMatchObject([
    { version: '1.0.0', traps: 1, lastRollback: expect.stringMatching(/^version 2\.0\.0: .*it trapped/) },
  ])
  expect(ctx.log.of('error')).toEqual(['version 2.0.0 of plugin probe failed its first calls: version 1.0.0 takes over again'])
})

test('a version that refuses single rows three times goes back with the third', async () => {
  const { first, sink } = await running(COUNTING_SINK)
  await move(first, await version(failingSink(2), '2.0.0'))
  await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code: 'rejected' })
  await expect(sink.write(rowsOf([2]), ctx)).rejects.toMatchObject({ code: 'rejected' })
  await sink.write(rowsOf([3]), ctx)
  expect(counted()).toBe(1)
  expect(failures).toHaveLength(1)
})

test('a batch that is refused, and halved, is no failure of the version', async () => {
  const { first, sink } = await running(COUNTING_SINK)
  await move(first, await version(failingSink(2), '2.0.0'))
  for (let i = 0; i < 5; i++) await expect(sink.write(rowsOf([1], [2]), ctx)).rejects.toMatchObject({ code: 'rejected' })
  expect(failures).toEqual([])
})

test('an other side that does not answer is no failure of the version', async () => {
  const { first, sink } = await running(COUNTING_SINK)
  await move(first, await version(failingSink(1), '2.0.0'))
  for (let i = 0; i < 5; i++) await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code: 'unavailable' })
  expect(failures).toEqual([])
})

test('a version that has passed its first calls stays when it traps later', async () => {
  const { first, sink } = await running(COUNTING_SINK)
  const later = `(global.set $n (i32.add (global.get $n) (i32.const 1))) (if (i32.gt_u (global.get $n) (i32.const 4)) (then unreachable)) (i32.const 64)`
  const next = await version(sinkGuest({ more: '(global $n (mut i32) (i32.const 0))', collect: later }), '2.0.0')
  await move(first, next)
  for (let i = 0; i < 4; i++) await sink.write(rowsOf([1]), ctx)
  await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code: 'plugin_failed' })
  expect(failures).toEqual([])
  expect(host.uses(next)).toMatchObject([{ version: '2.0.0' }])
})

test.each([
  ['configure', sinkGuest({ configure: 'unreachable' })],
  ['open', sinkGuest({ open: 'unreachable' })],
])('a version that traps in %s is refused, and the old one goes on', async (_, wat) => {
  const { first, sink } = await running(COUNTING_SINK)
  const refusal = move(first, await version(wat, '2.0.0'))
  await expect(refusal).rejects.toMatchObject({
    code: 'plugin_invalid',
    message: expect.stringMatching(/^version 2\.0\.0 of plugin probe does not start in rule /),
    hint: 'the version before goes on',
  })
  await sink.write(rowsOf([1], [2], [3]), ctx)
  expect(counted()).toBe(3)
  expect(host.uses(first)).toMatchObject([{ version: '1.0.0' }])
})

test('a sink that is not connected takes the version that is current when it connects', async () => {
  const first = await version(COUNTING_SINK, '1.0.0')
  const sink = sinkFrom(first)
  const next = await version(COUNTING_SINK, '2.0.0')
  await move(first, next)
  await sink.connect(ctx)
  expect(host.uses(next)).toMatchObject([{ version: '2.0.0' }])
  await sink.close()
})

test('a version that cannot open when a sink connects goes back', async () => {
  const first = await version(COUNTING_SINK, '1.0.0')
  const sink = sinkFrom(first)
  await move(first, await version(sinkGuest({ open: 'unreachable' }), '2.0.0'))
  await sink.connect(ctx)
  await sink.write(rowsOf([1]), ctx)
  expect(counted()).toBe(1)
  expect(failures).toHaveLength(1)
})

test('one sink that goes back does not keep the others: they move back when they are told', async () => {
  const { first, sink } = await running(COUNTING_SINK)
  const other = sinkFrom(first)
  const otherCtx = testContext(systemClock)
  await other.connect(otherCtx)
  const bad = await version(sinkGuest({ collect: 'unreachable' }), '2.0.0')
  await move(first, bad)
  await sink.write(rowsOf([1]), ctx)
  expect(
    host
      .uses(first)
      .map((use) => use.version)
      .toSorted(),
  ).toEqual(['1.0.0', '2.0.0'])
  await (await host.move(bad, first)).commit()
  expect(host.uses(first).map((use) => use.version)).toEqual(['1.0.0', '1.0.0'])
  await other.write(rowsOf([1]), otherCtx)
})

test('a move that is given up leaves nothing behind', async () => {
  const { first, sink } = await running(COUNTING_SINK)
  const prepared = await host.move(first, await version(COUNTING_SINK, '2.0.0'))
  await prepared.cancel()
  await sink.write(rowsOf([1]), ctx)
  expect(host.uses(first)).toMatchObject([{ version: '1.0.0' }])
})

test('a sink that failed and is connected again while a version is made ready moves to it, and no failure of the old one is its', async () => {
  const { first, sink } = await running(sinkGuest({ collect: 'unreachable' }))
  await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code: 'plugin_failed' })
  const next = await version(COUNTING_SINK, '2.0.0')
  const prepared = await host.move(first, next, (error) => failures.push(error))
  await sink.connect(ctx)
  await prepared.commit()
  await sink.write(rowsOf([1], [2]), ctx)
  expect(counted()).toBe(2)
  expect(failures).toEqual([])
  expect(host.uses(next)).toMatchObject([{ version: '2.0.0', lastRollback: '' }])
})

test('a sink that is connected while a version takes over keeps that version on trial', async () => {
  const { first, sink } = await running(COUNTING_SINK)
  const prepared = await host.move(first, await version(sinkGuest({ collect: 'unreachable' }), '2.0.0'), (error) => failures.push(error))
  await Promise.all([sink.connect(ctx), prepared.commit()])
  await sink.write(rowsOf([1]), ctx)
  expect(counted()).toBe(1)
  expect(failures).toHaveLength(1)
})
