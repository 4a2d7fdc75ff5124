import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contribution } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { functionGuest, HOSTILE_EXEC } from '../../guests/function-guests.ts'
import { COUNTING_SINK, HOSTILE } from '../../guests/sink-guests.ts'
import { HOSTILE_COLLECT } from '../../guests/source-guests.ts'
import { sourceOf } from '../../support/built-plugins.ts'
import { testContext } from '../../support/context.ts'
import { valuesOf } from '../../support/plugin-functions.ts'
import { hostilePackage, rowsOf, sinkOf, testHost } from '../../support/plugins.ts'

/*
 * The hostile guests, as jco translates them: how a lie is noticed differs from our own executor, but every one ends in an error of its row or
 * its call, and nobody else notices.
 */

/** Lies that jco takes for something small: lists beyond the memory for empty ones, an address that is not aligned for one that is. */
const TAKEN_FOR_EMPTY: ReadonlySet<string> = new Set([
  'gives a message beyond its memory',
  'returns an address that is not aligned',
  'names more rows than its memory can hold',
])

let host: PluginHost
beforeAll(() => {
  host = testHost({ clock: systemClock, executor: 'jco' })
})
afterAll(() => host.close())

async function definitionsOf(wat: string, kind: 'source' | 'function'): Promise<readonly Contribution[]> {
  return host.definitions(await hostilePackage(wat, kind))
}

const GOOD = functionGuest({
  exec: `(i32.store (i32.const 72) (i32.const 1024)) (i32.store (i32.const 76) (local.get 2)) (i32.const 64)`,
})

describe('functions of hostile plugins, translated', () => {
  test.each(HOSTILE_EXEC)('one that $name', async ({ wat }) => {
    expect(await valuesOf(await definitionsOf(wat, 'function'), 'f', [[1]])).toEqual([expect.stringMatching(/^f(:| declares)/)])
    expect(await valuesOf(await definitionsOf(GOOD, 'function'), 'f', [[1], [2]])).toEqual([0, 0])
  })
})

describe('sources of hostile plugins, translated', () => {
  test.each(HOSTILE_COLLECT)('one that $name; a new instance reads on', async ({ name, wat }) => {
    const ctx = testContext(systemClock)
    const source = sourceOf(await definitionsOf(wat, 'source')).create({})
    await source.connect(ctx)
    const read = await source.read(10, ctx).catch((error: unknown) => error)
    if (TAKEN_FOR_EMPTY.has(name)) expect(read).toMatchObject({ length: 1, payloads: { length: 1 } })
    else expect(read).toMatchObject({ code: 'plugin_failed' })
    await source.connect(ctx)
    await source.close()
  })
})

describe('sinks of hostile plugins, translated', () => {
  test.each(HOSTILE)('one that $name', async ({ name, wat }) => {
    const ctx = testContext(systemClock)
    const neighbour = (await sinkOf(host, COUNTING_SINK)).create({})
    await neighbour.connect(ctx)
    const sink = (await sinkOf(host, wat)).create({ url: 'sqlite:x' })
    const attempt = async (): Promise<void> => {
      await sink.connect(ctx)
      await sink.write(rowsOf(['a text', 1]), ctx)
    }
    const failed = await attempt().catch((error: unknown) => error)
    if (TAKEN_FOR_EMPTY.has(name)) expect(failed).toBeUndefined()
    else expect(failed).toMatchObject({ code: 'plugin_failed' })
    await neighbour.write(rowsOf([1]), ctx)
    expect(ctx.log.of('info')).toContain('collected')
    await Promise.all([neighbour.close(), sink.close()])
  })
})
