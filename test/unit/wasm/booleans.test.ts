import { afterEach, expect, test } from 'vitest'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { sourceGuest } from '../../guests/source-guests.ts'
import { sourceOf } from '../../support/built-plugins.ts'
import { testContext } from '../../support/context.ts'
import { EXECUTORS, hostilePackage, testHost } from '../../support/plugins.ts'

const hosts: PluginHost[] = []
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()))
})

/** One empty message, and whether there will be more. */
const ending = (byte: number): string =>
  sourceGuest({
    collect: `(i32.store (i32.const 68) (i32.const 1)) (i32.store (i32.const 72) (i32.const 1024)) (i32.store (i32.const 76) (i32.const 1))
      (i32.store8 (i32.const 128) (i32.const ${byte})) (i32.const 64)`,
  })

const cases = EXECUTORS.flatMap((executor) => [0, 1, 2, 128, 255].map((byte) => ({ executor, byte })))

test.each(cases)('a boolean of $byte is what the canonical ABI says ($executor)', async ({ executor, byte }) => {
  const host = testHost({ clock: systemClock, executor })
  hosts.push(host)
  const ctx = testContext(systemClock)
  const source = sourceOf(host.definitions(await hostilePackage(ending(byte), 'source'))).create({})
  await source.connect(ctx)
  expect(await source.read(10, ctx)).toMatchObject({ length: 1 })
  // after `end` there is nothing any more, without another call
  const next = await source.read(10, ctx)
  if (byte === 0) expect(next).toMatchObject({ length: 1 })
  else expect(next).toBeUndefined()
  await source.close()
})
