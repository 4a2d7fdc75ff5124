import { readdir, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { KIND_FOLDERS, type KindFolder } from './kinds.ts'

/** Files of one plugin that a person put into the folder of a kind: `mysql@v1.0.0.wasm`, `mysql.json`, `mysql.yaml`. */
export interface CopiedFiles {
  readonly kind: KindFolder
  /** Name of the plugin as the component's file has it. */
  readonly name: string
  /** Full names. */
  readonly paths: readonly string[]
  /** Changes whenever one of the files does. */
  readonly signature: string
}

const COMPANION = /\.(json|ya?ml)$/i

/** Looks through the folders. Of several versions of a plugin the highest counts. */
export async function findCopied(root: string): Promise<readonly CopiedFiles[]> {
  const found = await Promise.all(KIND_FOLDERS.map((kind) => findInFolder(path.join(root, kind), kind)))
  return found.flat()
}

/** The files by their names in a package. */
export async function readCopied({ paths }: CopiedFiles): Promise<ReadonlyMap<string, Uint8Array>> {
  return new Map(await Promise.all(paths.map(async (file) => [path.basename(file), new Uint8Array(await readFile(file))] as const)))
}

export async function removeCopied({ paths }: CopiedFiles): Promise<void> {
  await Promise.all(paths.map((file) => rm(file, { force: true })))
}

async function findInFolder(folder: string, kind: KindFolder): Promise<CopiedFiles[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.flatMap((entry) => (entry.isFile() && !entry.name.startsWith('.') ? [entry.name] : []))
  const components = new Map<string, string>()
  for (const name of names.filter((one) => /\.wasm$/i.test(one)).toSorted(byVersion)) components.set(pluginName(name).toLowerCase(), name)
  const plugins: CopiedFiles[] = []
  for (const [key, component] of components) {
    const companions = names.filter((name) => COMPANION.test(name) && name.replace(COMPANION, '').toLowerCase() === key)
    const paths = [component, ...companions.toSorted()].map((name) => path.join(folder, name))
    const signature = await signatureOf(paths)
    if (signature !== undefined) plugins.push({ kind, name: lowerFirst(pluginName(component)), paths, signature })
  }
  return plugins
}

/** Undefined when a file has gone meanwhile. */
async function signatureOf(paths: readonly string[]): Promise<string | undefined> {
  try {
    const parts = await Promise.all(
      paths.map(async (file) => {
        const { size, mtimeMs, ino } = await stat(file)
        return `${path.basename(file)}:${size}:${mtimeMs}:${ino}`
      }),
    )
    return parts.join(' ')
  } catch {
    return undefined
  }
}

const pluginName = (file: string): string => file.replace(/\.wasm$/i, '').replace(/@.*$/, '')
const lowerFirst = (name: string): string => name.slice(0, 1).toLowerCase() + name.slice(1)

/** Numbers in names count as numbers: 1.10.0 comes after 1.9.0. */
function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true, sensitivity: 'base' })
}
