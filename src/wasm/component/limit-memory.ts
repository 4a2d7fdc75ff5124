import { PlutinoError } from '../../base/errors.ts'
import { readLeb, sectionsOf, writeLeb } from './sections.ts'

export const PAGE_BYTES = 65_536

const MEMORY = 5
const HAS_MAXIMUM = 1

/**
 * The core module with a memory that cannot grow beyond `pages` (64 KiB each): growing further fails inside the guest. Throws
 * `plugin_invalid` when it needs more from the start, or has not exactly one memory of 32-bit addresses.
 */
export function limitMemory(module: Uint8Array, pages: number): Uint8Array {
  const section = sectionsOf(module).find((one) => one.id === MEMORY)
  if (section === undefined) throw new PlutinoError('plugin_invalid', 'the plugin has no memory of its own')
  const { value: count, next } = readLeb(section.body, 0)
  const flags = section.body[next] ?? 0
  if (count !== 1 || (flags & ~HAS_MAXIMUM) !== 0)
    throw new PlutinoError('plugin_invalid', 'the plugin must have one memory, 32-bit and not shared')
  const least = readLeb(section.body, next + 1)
  if (least.value > pages) {
    throw new PlutinoError(
      'plugin_invalid',
      `the plugin needs ${megabytes(least.value)} MiB of memory at its start, but ${megabytes(pages)} MiB are allowed`,
      {
        hint: 'raise the memory limit or build the plugin with less static data',
      },
    )
  }
  const most = (flags & HAS_MAXIMUM) === 0 ? pages : Math.min(pages, readLeb(section.body, least.next).value)
  const body = [1, HAS_MAXIMUM, ...writeLeb(least.value), ...writeLeb(most)]
  const end = section.body.byteOffset - module.byteOffset + section.body.length
  return Buffer.concat([
    module.subarray(0, section.from),
    Uint8Array.from([MEMORY, ...writeLeb(body.length), ...body]),
    module.subarray(end),
  ])
}

function megabytes(pages: number): number {
  return Math.ceil((pages * PAGE_BYTES) / 1_048_576)
}
