import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { version } from 'assemblyscript/asc'
import { exists } from './project.ts'

/**
 * Brings the committed copy in `prebuilt/` up to date, for plugins that have such a folder: the server's start must not need the compiler.
 * `sources.sha256` beside the zip says from which sources it was built. Answers false when there was nothing to do.
 */
export async function writePrebuilt(
  packed: { readonly folder: string; readonly name: string; readonly zip: Uint8Array },
  sums: string,
): Promise<boolean> {
  const folder = path.join(packed.folder, 'prebuilt')
  if (!(await exists(folder))) return false
  const file = path.join(folder, `${packed.name}.zip`)
  // Not the bytes of the zip: the compression of zlib differs between machines.
  if ((await exists(file)) && (await recorded(folder)) === sums) return false
  await writeFile(file, packed.zip)
  await writeFile(path.join(folder, 'sources.sha256'), sums)
  return true
}

/** What `sources.sha256` says now. */
export async function recorded(prebuilt: string): Promise<string | undefined> {
  const file = path.join(prebuilt, 'sources.sha256')
  return (await exists(file)) ? readFile(file, 'utf8') : undefined
}

/** One line `<sha256>  <path>` for every file that the zip is made from, of the plugin and of the SDK's AssemblyScript, and the compiler's version. */
export async function sourceSums(folder: string): Promise<string> {
  const library = path.join(import.meta.dirname, '../assembly')
  const files = [
    ...(await filesOf(path.join(folder, 'assembly'), /\.ts$/)),
    ...(await filesOf(path.join(folder, 'etc'))),
    ...(await filesOf(library)),
  ]
  for (const entry of await readdir(folder)) if (/^(?!package-lock).*\.(?:json|yaml)$/.test(entry)) files.push(path.join(folder, entry))
  const lines = files.map(async (file) => {
    const inside = path.relative(folder, file)
    const name = inside.startsWith('..') ? `plutino/${path.relative(library, file)}` : inside
    return `${createHash('sha256')
      .update(await readFile(file))
      .digest('hex')}  ${name.replaceAll(path.sep, '/')}\n`
  })
  return (await Promise.all(lines)).toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join('') + `assemblyscript ${version}\n`
}

async function filesOf(folder: string, names = /./): Promise<string[]> {
  if (!(await exists(folder))) return []
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile() && names.test(entry.name)).map((entry) => path.join(entry.parentPath, entry.name))
}
