import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { deserialize, serialize } from 'node:v8'

/** A component as jco translates it. */
export interface Translation {
  readonly script: string
  /** Core modules by the names that the script calls them. */
  readonly modules: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

/** Changes when the translator or its options do: what was stored before is made again. */
const FORM = 'jco-1.35.0-2'
/** Files that are kept; the one that was not used for the longest time goes first. */
const KEPT = 32
const SUFFIX = '.translation'

/** Undefined: it is not there, or not as it was written. */
export async function readTranslation(folder: string, sha256: string): Promise<Translation | undefined> {
  const file = fileOf(folder, sha256)
  try {
    const bytes = await readFile(file)
    const body = bytes.subarray(32)
    if (!createHash('sha256').update(body).digest().equals(bytes.subarray(0, 32))) return undefined
    const now = new Date()
    await utimes(file, now, now)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its hash says that writeTranslation wrote it
    return deserialize(body) as Translation
  } catch {
    return undefined
  }
}

/** Whole or not at all. A disk that is full is no reason not to run: then it is made again at the next start. */
export async function writeTranslation(folder: string, sha256: string, translation: Translation): Promise<void> {
  const file = fileOf(folder, sha256)
  const half = `${file}.${randomUUID()}`
  try {
    await mkdir(folder, { recursive: true })
    const body = serialize(translation)
    await writeFile(half, Buffer.concat([createHash('sha256').update(body).digest(), body]))
    await rename(half, file)
    await leaveOut(folder)
  } catch {
    await rm(half, { force: true })
  }
}

function fileOf(folder: string, sha256: string): string {
  return path.join(folder, `${sha256}-${FORM}${SUFFIX}`)
}

async function leaveOut(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.includes(SUFFIX))
  const files = await Promise.all(
    names.map(async (name) => ({ name, used: (await stat(path.join(folder, name))).mtimeMs, current: name.endsWith(`${FORM}${SUFFIX}`) })),
  )
  const ordered = files.toSorted((a, b) => Number(b.current) - Number(a.current) || b.used - a.used)
  for (const { name } of ordered.slice(KEPT)) await rm(path.join(folder, name), { force: true })
}
