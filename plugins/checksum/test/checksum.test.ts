import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Contribution } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { prebuiltContract } from '../../../test/contract/prebuilt.ts'
import { valuesOf } from '../../../test/support/plugin-functions.ts'
import { pluginOf } from '../../../test/support/plugin-zips.ts'
import { testHost } from '../../../test/support/plugins.ts'

let host: PluginHost
let plugin: readonly Contribution[]
beforeAll(async () => {
  host = testHost({ clock: systemClock })
  plugin = await pluginOf(host, 'checksum')
}, 60_000)
afterAll(() => host.close())

prebuiltContract(path.join(import.meta.dirname, '..'))

// The check values that the catalogue of parametrised CRC algorithms gives for "123456789".
test('check values', async () => {
  expect(await valuesOf(plugin, 'crc16_modbus', [['123456789'], ['']])).toEqual([0x4b37n, 0xffffn])
  expect(await valuesOf(plugin, 'crc32c', [['123456789'], [Buffer.alloc(0)]])).toEqual([0xe3069283n, 0n])
})

test('a frame is given without its checksum when that is right', async () => {
  const content = Buffer.from([1, 3, 0, 0, 0, 1])
  const frames = [Buffer.from([...content, 0x84, 0x0a]), Buffer.from([...content, 0x84, 0x0b]), Buffer.from([1])]
  const [good, bad, short] = await valuesOf(
    plugin,
    'modbus_frame',
    frames.map((frame) => [frame]),
  )
  expect(good instanceof Uint8Array && content.equals(good)).toBe(true)
  expect([bad, short]).toEqual([null, null])
})

test('what is neither bytes nor text is an error of its row alone', async () => {
  const [value, fine] = await valuesOf(plugin, 'crc32c', [[5], ['x']])
  expect(value).toContain('expected bytes or a text, got')
  expect(typeof fine).toBe('bigint')
})
