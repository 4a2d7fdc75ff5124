import { readFile } from 'node:fs/promises'
import { PlutinoError } from '../../src/base/errors.ts'
import { unzip } from '../../src/wasm/install/unzip.ts'

/** A zip that a person named, and the files in it. Throws `config_invalid` when there is no such file, `plugin_invalid` when it is no zip. */
export async function readZip(file: string): Promise<{ readonly zip: Uint8Array; readonly files: ReadonlyMap<string, Uint8Array> }> {
  const zip = await readNamed(file)
  return { zip, files: await unzip(zip) }
}

/** Reads a file that a person named. Throws `config_invalid`. */
export async function readNamed(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(error)
    throw new PlutinoError('config_invalid', `${file} cannot be read: ${why}`, { cause: error })
  }
}
