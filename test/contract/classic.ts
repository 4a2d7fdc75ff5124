import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Contribution } from '../../src/api/definition.ts'
import type { PluginHost } from '../../src/api/plugin.ts'
import { systemClock } from '../../src/base/clock.ts'
import { groupsOf, valuesOf } from '../support/plugin-functions.ts'
import { pluginOf } from '../support/plugin-zips.ts'
import { testHost } from '../support/plugins.ts'

/** What eKuiper's example functions do, whatever language the plugin in `folder` is written in. */
export function classicContract(folder: string, name?: string): void {
  let host: PluginHost
  let classic: readonly Contribution[]
  beforeAll(async () => {
    host = testHost({ clock: systemClock })
    classic = await pluginOf(host, folder, name)
  }, 60_000)
  afterAll(() => host.close())

  test('echo gives every value back', async () => {
    const values = [1n, 2.5, 'é', null, true, [1, { a: 2 }], 9007199254740993n]
    const rows = values.map((value) => [value])
    expect(await valuesOf(classic, 'echo', rows)).toEqual(values)
  })

  test('accumulateWordCount counts over rows; a row without a separator fails alone', async () => {
    const [first, second, bad, third] = await valuesOf(classic, 'accumulateWordCount', [
      ['a b c', ' '],
      ['d', ' '],
      ['x', ''],
      ['e f', ' '],
    ])
    expect([first, second, third]).toEqual([3n, 4n, 6n])
    expect(bad).toContain('the separator must not be empty')
  })

  test('countPlusOne counts, takes back, merges, saves', async () => {
    const group = await groupsOf(classic, 'countPlusOne')
    await group.add([0, 0, 1], [[1], [2], [3]])
    await group.remove?.([0], [[1]])
    await group.merge?.([0], [1])
    await group.restore([4], await group.save([0]))
    expect(await group.finish([0, 1, 4])).toEqual([3n, 1n, 3n])
  })
}
