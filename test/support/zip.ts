import { crc32, deflateRawSync } from 'node:zlib'

/** A file as it stands in a zip; by itself no writer makes one whose size is a lie. */
export interface Packed {
  readonly deflated: Uint8Array
  readonly crc: number
  /** Bytes that the zip promises. */
  readonly size: number
}

export type ZipContent = Readonly<Record<string, string | Uint8Array | Packed>>

/** A zip with these files, under any name. */
export function zipOf(files: ZipContent): Buffer<ArrayBuffer> {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const packed = typeof content === 'object' && 'deflated' in content ? content : pack(Buffer.from(content))
    const record = headerOf(name, packed)
    const entry = Buffer.alloc(14)
    entry.writeUInt32LE(0o100644 * 0x10000, 6)
    entry.writeUInt32LE(offset, 10)
    const version = Buffer.from([0x14, 0x03])
    const file = [Buffer.from('PK\x03\x04'), record, Buffer.from(name), Buffer.from(packed.deflated)]
    directory.push(Buffer.from('PK\x01\x02'), version, record, entry, Buffer.from(name))
    parts.push(...file)
    offset += file.reduce((sum, part) => sum + part.length, 0)
  }
  const end = Buffer.alloc(18)
  end.writeUInt16LE(Object.keys(files).length, 4)
  end.writeUInt16LE(Object.keys(files).length, 6)
  end.writeUInt32LE(Buffer.concat(directory).length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), end])
}

/** A gigabyte of zeros in a megabyte: a megabyte's deflated bytes, which stand for themselves, a thousand times. */
export function bomb(promised = 2 ** 30): Packed {
  const megabyte = deflateRawSync(Buffer.alloc(2 ** 20), { finishFlush: 3 })
  const deflated = Buffer.concat([...Array.from({ length: 1024 }, () => megabyte), Buffer.from([3, 0])])
  return { deflated, crc: 0, size: promised }
}

function pack(bytes: Uint8Array): Packed {
  return { deflated: deflateRawSync(bytes), crc: crc32(bytes), size: bytes.length }
}

/** What the local header and the entry of the directory have in common. */
function headerOf(name: string, { deflated, crc, size }: Packed): Buffer {
  const record = Buffer.alloc(26)
  record.writeUInt16LE(20, 0)
  record.writeUInt16LE(8, 4)
  record.writeUInt32LE(crc, 10)
  record.writeUInt32LE(deflated.length, 14)
  record.writeUInt32LE(size, 18)
  record.writeUInt16LE(Buffer.byteLength(name), 22)
  return record
}
