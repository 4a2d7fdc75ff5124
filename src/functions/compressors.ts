import * as zlib from 'node:zlib'

/** One way to compress bytes, and back. `unpack` throws when they are not of this kind or become longer than `MOST_BYTES`. */
export interface Compressor {
  readonly pack: (bytes: Buffer) => Buffer
  readonly unpack: (bytes: Buffer) => Buffer
}

/** Largest result of decompress, so that one row cannot fill the memory. */
const MOST_BYTES = 64 << 20
const LIMIT = { maxOutputLength: MOST_BYTES }

/** Up to this length eKuiper's compressor stores bytes as they are: what is so short comes out the same as there. */
const STORED_BYTES = 32

const ZLIB_HEADER = Buffer.of(0x78, 0x9c)
const GZIP_HEADER = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)
const ADLER_BYTES = 4
const CRC_AND_LENGTH_BYTES = 8

/** Deflate's blocks (RFC 1951, 3.2): one that stores the bytes, and the empty last one. */
function stored(bytes: Buffer): Buffer {
  const end = Buffer.of(0x03, 0x00)
  if (bytes.length === 0) return end
  const head = Buffer.alloc(5)
  head.writeUInt16LE(bytes.length, 1)
  head.writeUInt16LE(~bytes.length & 0xff_ff, 3)
  return Buffer.concat([head, bytes, end])
}

/** Gives short bytes as they are stored, between the header and the checksum of the format. */
function packer(whole: (bytes: Buffer) => Buffer, header: Buffer, trailer: number): (bytes: Buffer) => Buffer {
  return (bytes) => {
    const packed = whole(bytes)
    if (bytes.length > STORED_BYTES) return packed
    return Buffer.concat([header, stored(bytes), packed.subarray(packed.length - trailer)])
  }
}

/** By the name that `compress` and `decompress` take. */
export const COMPRESSORS: Readonly<Record<string, Compressor>> = {
  zlib: { pack: packer(zlib.deflateSync, ZLIB_HEADER, ADLER_BYTES), unpack: (bytes) => zlib.inflateSync(bytes, LIMIT) },
  gzip: { pack: packer(zlib.gzipSync, GZIP_HEADER, CRC_AND_LENGTH_BYTES), unpack: (bytes) => zlib.gunzipSync(bytes, LIMIT) },
  flate: { pack: packer(zlib.deflateRawSync, Buffer.alloc(0), 0), unpack: (bytes) => zlib.inflateRawSync(bytes, LIMIT) },
  zstd: { pack: (bytes) => zlib.zstdCompressSync(bytes), unpack: (bytes) => zlib.zstdDecompressSync(bytes, LIMIT) },
}
