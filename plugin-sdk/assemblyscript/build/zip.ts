import { crc32, deflateRawSync } from 'node:zlib'

/** 1 January 1980, 00:00: the first date that a zip can hold. */
const DATE = 0x21
const VERSION = 20
const UTF8_NAMES = 0x800
const DEFLATED = 8

/**
 * A zip of files by name, in the order of their names and with one fixed date: the same files give the same bytes.
 * Plugins are far below the 4 GiB and 65,535 files that this plain format allows.
 */
export function zip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  const entries = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, content] of entries) {
    const packed = deflateRawSync(content, { level: 9 })
    const shared = sharedFields(content, packed, name)
    const path = Buffer.from(name)
    parts.push(bytes([[0x04034b50, 4], ...shared]), path, packed)
    directory.push(bytes([[0x02014b50, 4], [VERSION, 2], ...shared, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]), path)
    offset += 30 + path.length + packed.length
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0)
  const end = bytes([
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [entries.length, 2],
    [entries.length, 2],
    [size, 4],
    [offset, 4],
    [0, 2],
  ])
  return new Uint8Array(Buffer.concat([...parts, ...directory, end]))
}

type Number_ = readonly [value: number, bytes: 2 | 4]

/** The fields that the header of a file and its line in the directory have in common. */
function sharedFields(content: Uint8Array, packed: Uint8Array, name: string): readonly Number_[] {
  return [
    [VERSION, 2],
    [UTF8_NAMES, 2],
    [DEFLATED, 2],
    [0, 2],
    [DATE, 2],
    [crc32(content), 4],
    [packed.length, 4],
    [content.length, 4],
    [Buffer.byteLength(name), 2],
    [0, 2],
  ]
}

function bytes(numbers: readonly Number_[]): Uint8Array {
  const out = Buffer.alloc(numbers.reduce((sum, [, width]) => sum + width, 0))
  let at = 0
  for (const [value, width] of numbers) at = width === 2 ? out.writeUInt16LE(value, at) : out.writeUInt32LE(value, at)
  return out
}
