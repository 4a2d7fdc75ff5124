import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StreamContext } from '../../../src/api/context.ts'
import type { Contribution } from '../../../src/api/definition.ts'
import type { BatchFunction } from '../../../src/api/function.ts'
import type { PluginHost, PluginPackage } from '../../../src/api/plugin.ts'
import type { Sink } from '../../../src/api/sink.ts'
import { systemClock } from '../../../src/base/clock.ts'
import type { Json } from '../../../src/config/field.ts'
import { SCRIPT, SNAKE } from '../../guests/script-guests.ts'
import { functionOf } from '../../support/built-plugins.ts'
import { testContext } from '../../support/context.ts'
import { rowsOf, testHost } from '../../support/plugins.ts'
import { SCRIPT_LANGUAGES, scriptComponent } from '../../support/script-components.ts'

describe.each(SCRIPT_LANGUAGES)('a plugin in %s', (language) => {
  let host: PluginHost
  let plugin: PluginPackage
  let brings: readonly Contribution[]
  beforeAll(async () => {
    host = testHost({ clock: systemClock, limits: { callMs: 3000 } })
    const component = await scriptComponent(language, language === 'Python' ? SNAKE : SCRIPT)
    plugin = await host.check(new Map([['script.wasm', component]]))
    brings = host.definitions(plugin)
  })
  afterAll(() => host.close())

  test('installs: kinds and functions are told by itself', () => {
    expect(plugin.description).toMatchObject({ name: 'script', kinds: ['sink', 'function'], wit: '1.0.0' })
    expect(plugin.description.functions?.map(({ name, returns }) => `${name} ${returns}`)).toEqual(['slug string', 'wish string'])
  })

  async function opened(name: string, ctx: StreamContext): Promise<BatchFunction> {
    const found = functionOf(brings, name)
    if (found.kind !== 'batch') throw new Error('no batch function')
    return found.openBatch({ place: 0, args: [{ expression: 'value' }] }, ctx)
  }

  function sinkOf(config: Json): Sink {
    const found = brings.find((one) => one.kind === 'sink')
    if (found?.kind !== 'sink') throw new Error('no sink')
    return found.create(config)
  }

  test('a function computes batches; a row that fails has its own error', async () => {
    const ctx = testContext(systemClock)
    const slug = await opened('slug', ctx)
    expect(await slug.call([['Upper Case'], ['é'], ['']])).toEqual(
      language === 'Python' ? ['upper-case', 'é', ''] : ['upper-case', '-', ''],
    )
    const many = Array.from({ length: 1000 }, (_, i) => [`Row ${i}`])
    expect(await slug.call(many)).toEqual(many.map((_, i) => `row-${i}`))
    const wish = await opened('wish', ctx)
    expect(await wish.call([['a'], ['bad'], ['b']])).toEqual(['a', failure('the wish is bad'), 'b'])
  })

  test.each([
    ['is refused', 'refuse', /the batch is refused/],
    ['traps', 'trap', /scalar\.exec failed/],
    ['does not end', 'spin', /did not return within 3000 ms/],
    ['takes more memory than it may have', 'grow', /scalar\.exec failed/],
  ])('a batch that %s fails; the next one is computed', async (_, what, says) => {
    const wish = await opened('wish', testContext(systemClock))
    expect(await wish.call([['a'], [what]])).toEqual([failure(says), failure(says)])
    expect(await wish.call([['a'], ['b']])).toEqual(['a', 'b'])
  })

  test('a sink takes rows, keeps state and memory over its instances, and refuses its configuration', async () => {
    const ctx = testContext(systemClock)
    const sink = sinkOf({ prefix: 'took' })
    await sink.connect(ctx)
    await sink.write(rowsOf([1.5, 'a'], [2.5, 'b']), ctx)
    await sink.connect(ctx)
    await sink.write(rowsOf([3.5, 'c']), ctx)
    await sink.close()
    expect(ctx.log.of('info')).toEqual(['took float 1.5, text a', 'took float 2.5, text b', 'took float 3.5, text c', 'closed after 3'])
    await expect(sinkOf({ prefix: 1 }).connect(ctx)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('prefix has to be a text'),
    })
  })
})

function failure(says: string | RegExp): unknown {
  return expect.objectContaining({ message: expect.stringMatching(says) })
}
