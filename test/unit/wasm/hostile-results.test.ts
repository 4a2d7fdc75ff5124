import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { BatchFunction } from '../../../src/api/function.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import { WireWriter } from '../../../src/wasm/abi/wire.ts'
import { functionOf, sourceOf } from '../../support/built-plugins.ts'
import { componentOf } from '../../support/components.ts'
import { testContext, type TestContext } from '../../support/context.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { hostilePackage, testHost } from '../../support/plugins.ts'
import {
  ENDLESS_DECLARATION,
  functionGuest,
  HOSTILE_EXEC,
  NAMELESS_DECLARATION,
  SPINNING_DECLARATION,
  TRAPPING_DECLARATION,
  WAITING_DECLARATION,
} from '../../guests/function-guests.ts'
import { HOSTILE_COLLECT, sourceGuest, SPINNING_COLLECT, TRAPPING_COMMIT } from '../../guests/source-guests.ts'

const hosts: PluginHost[] = []
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()))
})

function hostOf(limits = {}): PluginHost {
  const host = testHost({ clock: systemClock, limits })
  hosts.push(host)
  return host
}

async function openFunction(host: PluginHost, wat: string, ctx: TestContext<typeof systemClock>): Promise<BatchFunction> {
  const f = functionOf(host.definitions(await hostilePackage(wat, 'function')), 'f')
  if (f.kind !== 'batch') throw new Error('no batch function')
  return f.openBatch({ place: 0, args: [{ expression: 'a' }] }, ctx)
}

const GOOD = functionGuest({
  exec: `(i32.store (i32.const 72) (i32.const 1024)) (i32.store (i32.const 76) (local.get 2)) (i32.const 64)`,
})

describe('functions of hostile plugins', () => {
  test.each(HOSTILE_EXEC)('one that $name: its rows have an error, and nobody else notices', async ({ wat, says }) => {
    const host = hostOf()
    const ctx = testContext(systemClock)
    const hostile = await openFunction(host, wat, ctx)
    const neighbour = await openFunction(host, GOOD, testContext(systemClock))
    const [value] = await hostile.call([[1]])
    expect(value).toBeInstanceOf(PlutinoError)
    expect(value).toMatchObject({ code: 'row_failed', message: expect.stringMatching(says) })
    expect(await neighbour.call([[1], [2]])).toEqual([0, 0])
    ctx.stop()
  })

  test.each([
    ['never says what it is', SPINNING_DECLARATION, /scalar\.functions did not return within 300 ms/],
    ['traps when it is asked', TRAPPING_DECLARATION, /it trapped/],
    ['declares functions without end', ENDLESS_DECLARATION, /its memory has/],
    ['declares a function without a name', NAMELESS_DECLARATION, /function 1 has the name "": expected letters/],
    ['waits for the host when it is asked', WAITING_DECLARATION, /clock\.sleep, which this server does not offer/],
  ])('one that %s is refused at installation', async (_, wat, message) => {
    // one that answers must have the time to, however busy the machine is
    const host = hostOf({ callMs: wat === SPINNING_DECLARATION ? 300 : 60_000 })
    const files = new Map([['probe.wasm', await componentOf(wat, 'function-plugin')]])
    await expect(host.check(files)).rejects.toMatchObject({
      code: 'plugin_invalid',
      message: expect.stringMatching(new RegExp(`^probe\\.wasm does not say what it is: .*${message.source}`)),
    })
  })
})

describe('sources of hostile plugins', () => {
  test.each(HOSTILE_COLLECT)('one that $name fails with a clear error; a new instance reads on', async ({ wat, says }) => {
    const host = hostOf()
    const ctx = testContext(systemClock)
    const source = sourceOf(host.definitions(await hostilePackage(wat, 'source'))).create({})
    await source.connect(ctx)
    await expect(source.read(10, ctx)).rejects.toMatchObject({ code: 'plugin_failed', message: expect.stringMatching(says) })
    await source.connect(ctx)
    await source.close()
  })

  test('one that never returns is ended after its time', async () => {
    const clock = new FakeClock()
    const host = testHost({ clock })
    hosts.push(host)
    const ctx = testContext(clock)
    const source = sourceOf(host.definitions(await hostilePackage(SPINNING_COLLECT, 'source'))).create({})
    await source.connect(ctx)
    const state = { done: false }
    const read = source.read(10, ctx).finally(() => {
      state.done = true
    })
    const ended = expect(read).rejects.toMatchObject({ message: 'plugin probe in source.collect did not return within 5000 ms' })
    while (!state.done) {
      await clock.advance(1000)
      await setImmediate()
    }
    await ended
  })

  test('one whose commit traps is told so, and reads again after the next connect', async () => {
    const host = hostOf()
    const ctx = testContext(systemClock)
    const source = sourceOf(host.definitions(await hostilePackage(TRAPPING_COMMIT, 'source'))).create({})
    await source.connect(ctx)
    expect((await source.read(10, ctx))?.length).toBe(1)
    await expect(source.commit?.('1')).rejects.toMatchObject({ code: 'plugin_failed' })
    await expect(source.read(10, ctx)).rejects.toMatchObject({ code: 'plugin_failed', retry: 'reconnect' })
    await source.connect(ctx)
    expect((await source.read(10, ctx))?.length).toBe(1)
    await source.close()
  })

  test('one that gives nothing and never waits lives on', async () => {
    const host = hostOf()
    const ctx = testContext(systemClock)
    const source = sourceOf(host.definitions(await hostilePackage(sourceGuest(), 'source'))).create({})
    await source.connect(ctx)
    const reading = source.read(10, ctx).catch(() => 'stopped')
    ctx.stop()
    expect(await reading).toBe('stopped')
    await source.close()
  })
})

test('a text of the wire that is longer than a call may be ends the call, not the server', () => {
  expect(() => new WireWriter(10).text('x'.repeat(100))).toThrow('a value is larger than 10 bytes')
})
