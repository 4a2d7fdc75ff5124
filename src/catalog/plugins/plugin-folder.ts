import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { PluginDescription, PluginPackage } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { Json } from '../../config/field.ts'
import { isJsonObject } from '../../config/json-object.ts'
import { isDescription } from './description.ts'
import { KIND_FOLDERS, type KindFolder } from './kinds.ts'

/** Says which of a plugin's folders counts. It is replaced in one step, so that a plugin is old or new, never half. */
const CURRENT = 'current.json'
const TEMPORARY = '.new-'

export interface InstalledPlugin {
  readonly kind: KindFolder
  readonly name: string
  readonly plugin: PluginPackage
}

export interface BrokenPlugin {
  readonly kind: KindFolder
  readonly name: string
  readonly error: unknown
}

/** Installed plugins on the disk: `<root>/<kind>/<name>/current.json` and one folder for each version. */
export class PluginFolder {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  /** Makes the folders and removes what a killed server has left half done. */
  async prepare(): Promise<void> {
    for (const kind of KIND_FOLDERS) {
      const folder = path.join(this.root, kind)
      await mkdir(folder, { recursive: true })
      for (const name of await readdir(folder)) if (name.startsWith(TEMPORARY)) await rm(path.join(folder, name), { recursive: true })
    }
  }

  /** Stores the package beside the old one and switches over; after a crash at any moment one of the two is there, whole. */
  async save(kind: KindFolder, name: string, plugin: PluginPackage): Promise<void> {
    const folder = path.join(this.root, kind)
    const temporary = path.join(folder, `${TEMPORARY}${randomBytes(6).toString('hex')}`)
    const { version, sha256 } = plugin.description
    const home = path.join(folder, name)
    const target = `${version}-${sha256.slice(0, 12)}-${randomBytes(3).toString('hex')}`
    try {
      await writeFiles(temporary, plugin.files)
      await mkdir(home, { recursive: true })
      await rename(temporary, path.join(home, target))
      await sync(home)
      await this.#switch(home, { folder: target, description: { ...plugin.description } })
      await sync(folder)
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      throw new PlutinoError('system', `the plugin cannot be stored: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
    await tidy(home, target)
  }

  async remove(kind: KindFolder, name: string): Promise<void> {
    const home = path.join(this.root, kind, name)
    await rm(path.join(home, CURRENT), { force: true })
    await rm(home, { recursive: true, force: true })
  }

  /** Everything that is installed; what cannot be read comes with its error. */
  async load(): Promise<readonly (InstalledPlugin | BrokenPlugin)[]> {
    const found: (InstalledPlugin | BrokenPlugin)[] = []
    for (const kind of KIND_FOLDERS) {
      const entries = await readdir(path.join(this.root, kind), { withFileTypes: true })
      for (const entry of entries) {
        if (!entry.isDirectory() || entry.name.startsWith('.')) continue
        const one = await this.#loadOne(kind, entry.name)
        if (one !== undefined) found.push(one)
      }
    }
    return found
  }

  async #loadOne(kind: KindFolder, name: string): Promise<InstalledPlugin | BrokenPlugin | undefined> {
    const home = path.join(this.root, kind, name)
    try {
      const record: unknown = JSON.parse(await readFile(path.join(home, CURRENT), 'utf8'))
      if (!isJsonObject(record) || typeof record['folder'] !== 'string' || !isDescription(record['description'])) {
        throw new PlutinoError('plugin_invalid', `${path.join(home, CURRENT)} cannot be read`, { hint: 'install the plugin again' })
      }
      await tidy(home, record['folder'])
      const files = await readFiles(path.join(home, path.basename(record['folder'])))
      return { kind, name, plugin: packageOf(record['description'], files) }
    } catch (error) {
      if (isMissing(error) && !(await hasVersions(home))) return undefined
      return { kind, name, error }
    }
  }

  async #switch(home: string, record: { readonly folder: string; readonly description: object }): Promise<void> {
    const temporary = path.join(home, `${TEMPORARY}${CURRENT}`)
    await writeSynced(temporary, Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`))
    await rename(temporary, path.join(home, CURRENT))
    await sync(home)
  }
}

/** A package from its files, for a description that a check has given. Throws `plugin_invalid` when they do not belong together. */
export function packageOf(description: PluginDescription, files: ReadonlyMap<string, Uint8Array>): PluginPackage {
  const component = [...files].find(([name]) => !name.includes('/') && name.toLowerCase().endsWith('.wasm'))?.[1]
  if (component === undefined || createHash('sha256').update(component).digest('hex') !== description.sha256) {
    throw new PlutinoError('plugin_invalid', 'the stored component is not the one that was installed', { hint: 'install the plugin again' })
  }
  const manifest = [...files].find(([name]) => name.toLowerCase() === `${description.name.toLowerCase()}.json`)?.[1]
  return { description, component, files, ...(manifest === undefined ? {} : { manifest: parseManifest(manifest) }) }
}

function parseManifest(bytes: Uint8Array): Json {
  const manifest: Json = JSON.parse(
    Buffer.from(bytes)
      .toString('utf8')
      .replace(/^\uFEFF/, ''),
  )
  return manifest
}

/** Whole files below `folder`, by their names with `/`. */
async function readFiles(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const full = path.join(entry.parentPath, entry.name)
    files.set(path.relative(folder, full).split(path.sep).join('/'), await readFile(full))
  }
  return files
}

async function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const folders = new Set([folder])
  await mkdir(folder)
  for (const [name, bytes] of files) {
    const full = path.resolve(folder, name)
    if (!full.startsWith(folder + path.sep)) throw new PlutinoError('plugin_invalid', `the name ${JSON.stringify(name)} leaves the folder`)
    await mkdir(path.dirname(full), { recursive: true })
    folders.add(path.dirname(full))
    await writeSynced(full, bytes)
  }
  for (const one of folders) await sync(one)
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(file, 'w')
  await handle.writeFile(bytes)
  await handle.sync()
}

/** Makes the names in a folder durable. */
async function sync(folder: string): Promise<void> {
  let handle: FileHandle | undefined
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch (error) {
    // Windows cannot open folders; its renames are durable without it.
    if (process.platform !== 'win32') throw error
  } finally {
    await handle?.close()
  }
}

/** Removes all versions but the current one. */
async function tidy(home: string, current: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (name !== current && name !== CURRENT) await rm(path.join(home, name), { recursive: true, force: true })
  }
}

async function hasVersions(home: string): Promise<boolean> {
  const names = await readdir(home)
  return names.includes(CURRENT)
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
