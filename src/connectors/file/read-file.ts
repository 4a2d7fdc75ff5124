import { createReadStream } from 'node:fs'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { JsonSplitter } from './json-values.ts'
import { type LineOptions, LineSplitter } from './lines.ts'
import { unreadable } from './place.ts'

/** Bytes of a file that are in memory at once. */
const SLICE = 256 * 1024

export interface ReadOptions extends LineOptions {
  readonly fileType: 'json' | 'csv' | 'lines'
  readonly decompression?: 'gzip' | 'zstd' | undefined
}

/** The messages of a file, slice by slice. Throws `unavailable` when it cannot be read any more. */
export async function* readMessages(path: string, options: ReadOptions): AsyncGenerator<readonly Buffer[]> {
  const splitter = options.fileType === 'json' ? new JsonSplitter() : new LineSplitter(options)
  const file = createReadStream(path, { highWaterMark: SLICE })
  const unpacked =
    options.decompression === undefined ? file : file.pipe(options.decompression === 'gzip' ? createGunzip() : createZstdDecompress())
  file.on('error', (error) => unpacked.destroy(error))
  try {
    for await (const slice of unpacked) if (Buffer.isBuffer(slice)) yield splitter.push(slice)
    yield splitter.end()
  } catch (error) {
    throw unreadable(error)
  } finally {
    file.destroy()
  }
}
