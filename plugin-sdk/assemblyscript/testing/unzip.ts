import { buffer } from 'node:stream/consumers'
import { fromBufferPromise } from 'yauzl'

/** The files of a small, trusted zip by name. For tests. */
export async function unzip(zip: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const file = await fromBufferPromise(Buffer.from(zip), { lazyEntries: true, autoClose: false })
  const out = new Map<string, Uint8Array>()
  for await (const entry of file.eachEntry()) out.set(entry.fileName, await buffer(await file.openReadStreamPromise(entry)))
  return out
}
