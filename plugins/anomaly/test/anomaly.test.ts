import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Contribution } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { prebuiltContract } from '../../../test/contract/prebuilt.ts'
import { groupsOf } from '../../../test/support/plugin-functions.ts'
import { pluginOf } from '../../../test/support/plugin-zips.ts'
import { testHost } from '../../../test/support/plugins.ts'

let host: PluginHost
let plugin: readonly Contribution[]
beforeAll(async () => {
  host = testHost({ clock: systemClock })
  plugin = await pluginOf(host, 'anomaly')
}, 60_000)
afterAll(() => host.close())

prebuiltContract(path.join(import.meta.dirname, '..'))

/** The definition, in one line. */
function zScore(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  return ((values.at(-1) ?? 0) - mean) / Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length)
}

const rowsOf = (values: readonly number[]): number[][] => values.map((value) => [value])
const zeros = (values: readonly number[]): number[] => values.map(() => 0)

test('the last value of each group, measured by the others', async () => {
  const group = await groupsOf(plugin, 'z_score')
  await group.add([0, 0, 0, 0, 1, 2, 2], rowsOf([1, 2, 1, 30, 5, 4, 4]))
  expect(await group.finish([0, 1, 2, 7])).toEqual([expect.closeTo(zScore([1, 2, 1, 30]), 12), null, null, null])
})

test('rows that leave the window leave no trace', async () => {
  const group = await groupsOf(plugin, 'z_score')
  const values = Array.from({ length: 200 }, (_, i) => Math.sin(i) * 100 + i)
  const [left, kept] = [values.slice(0, 150), values.slice(150)]
  await group.add(zeros(values), rowsOf(values))
  await group.remove?.(zeros(left), rowsOf(left))
  expect(await group.finish([0])).toEqual([expect.closeTo(zScore(kept), 9)])
})

test('parts of a group are put together, and a saved group goes on', async () => {
  const group = await groupsOf(plugin, 'z_score')
  await group.add([0, 0, 1, 1], rowsOf([1, 5, 2, 9]))
  await group.merge?.([0], [1])
  await group.restore([5], await group.save([0]))
  await group.add([5], rowsOf([4]))
  expect(await group.finish([0, 5])).toEqual([expect.closeTo(zScore([1, 5, 2, 9]), 12), expect.closeTo(zScore([1, 5, 2, 9, 4]), 12)])
})

test('what is no finite number is an error of its row, and the group goes on', async () => {
  const group = await groupsOf(plugin, 'z_score')
  const failed = await group.add([0, 0, 0], [[1], [Number.POSITIVE_INFINITY], [3]])
  expect([...failed].map(([row, { message }]) => [row, message])).toEqual([
    [1, expect.stringContaining('expected a finite number, got inf')],
  ])
  expect(await group.finish([0])).toEqual([expect.closeTo(1, 12)])
})

test('a saved state that is damaged is refused', async () => {
  const group = await groupsOf(plugin, 'z_score')
  await expect(group.restore([0], [new Uint8Array(3)])).rejects.toThrow(/33 bytes/)
})
