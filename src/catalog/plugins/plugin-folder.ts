import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { PluginDescription, PluginPackage } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'
import { isNoRoom, MAKE_ROOM } from '../../base/no-room.ts'
import type { Json } from '../../config/field.ts'
import { type FolderFiles, folderFiles } from './folder-files.ts'
import { KIND_FOLDERS, type KindFolder } from './kinds.ts'
import { currentOf, readRecord, type StoredVersion, type VersionRecord, withVersion } from './version-record.ts'

/** Says which of a plugin's folders counts. It is replaced in one step, so that a plugin is old or new, never half. */
const CURRENT = 'current.json'
const TEMPORARY = '.new-'
/** `<version>-<12 digits of its sha256>-<6 random digits>`. */
const VERSION_FOLDER = /-[0-9a-f]{12}-[0-9a-f]{6}$/

export interface InstalledPlugin {
  readonly kind: KindFolder
  readonly name: string
  readonly plugin: PluginPackage
  readonly record: VersionRecord
}

export interface BrokenPlugin {
  readonly kind: KindFolder
  readonly name: string
  readonly error: unknown
}

/** Installed plugins on the disk: `<root>/<kind>/<name>/current.json` and one folder for each version. */
export class PluginFolder {
  readonly root: string
  readonly #files: FolderFiles
  readonly #keep: number

  /** `keep`: how many versions of a plugin stay. */
  constructor(root: string, keep = 3, files: FolderFiles = folderFiles) {
    this.root = root
    this.#keep = keep
    this.#files = files
  }

  /** Makes the folders and removes what a killed server has left half done. */
  async prepare(): Promise<void> {
    try {
      for (const kind of KIND_FOLDERS) {
        const folder = path.join(this.root, kind)
        await this.#files.makeFolder(folder)
        const left = (await this.#files.names(folder)).filter((name) => name.startsWith(TEMPORARY))
        for (const name of left) await this.#files.remove(path.join(folder, name))
      }
    } catch (error) {
      throw diskFailed(`the folder ${this.root} cannot be used`, error)
    }
  }

  /** Stores the package beside the others and switches over; after a crash at any moment the old or the new one counts, whole. */
  async save(kind: KindFolder, name: string, plugin: PluginPackage): Promise<VersionRecord> {
    const folder = path.join(this.root, kind)
    const temporary = path.join(folder, `${TEMPORARY}${randomBytes(6).toString('hex')}`)
    const { version, sha256 } = plugin.description
    const home = path.join(folder, name)
    const target = `${version}-${sha256.slice(0, 12)}-${randomBytes(3).toString('hex')}`
    const { allow, description } = plugin
    // what cannot be read is replaced
    const old = await this.#record(home).catch(() => undefined)
    const record = withVersion(old, { folder: target, description, ...(allow === undefined ? {} : { allow }) }, this.#keep)
    try {
      await this.#writeFiles(temporary, plugin.files)
      await this.#files.makeFolder(home)
      await this.#files.rename(temporary, path.join(home, target))
      await this.#files.sync(home)
      await this.#files.sync(folder)
      await this.#switch(home, record, old)
    } catch (error) {
      await this.#undo(home, [temporary, path.join(home, target)])
      throw notStored(error)
    }
    await this.#tidy(home, record)
    return record
  }

  /** Another of its versions counts from now on; `failed`: why the one before does not. */
  async use(kind: KindFolder, name: string, wanted: StoredVersion, failed?: string): Promise<VersionRecord> {
    const home = path.join(this.root, kind, name)
    const old = await this.#record(home)
    if (old === undefined) throw notStored(new Error(`${path.join(home, CURRENT)} cannot be read`))
    const versions = old.versions.map((one) => (one.folder === old.folder && failed !== undefined ? { ...one, failed } : one))
    const record = { folder: wanted.folder, versions }
    try {
      await this.#switch(home, record, old)
    } catch (error) {
      throw notStored(error)
    }
    return record
  }

  /** Throws `plugin_invalid` when its files are not what was installed. */
  async read(kind: KindFolder, name: string, { folder, description, allow }: StoredVersion): Promise<PluginPackage> {
    const files = await this.#readFiles(path.join(this.root, kind, name, path.basename(folder)))
    return { ...packageOf(description, files), ...(allow === undefined ? {} : { allow }) }
  }

  async remove(kind: KindFolder, name: string): Promise<void> {
    const home = path.join(this.root, kind, name)
    try {
      await this.#files.remove(path.join(home, CURRENT))
      await this.#files.sync(home)
      await this.#files.remove(home)
    } catch (error) {
      throw diskFailed('the plugin cannot be deleted', error)
    }
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
      const record = await this.#record(home)
      const current = record === undefined ? undefined : currentOf(record)
      await this.#tidy(home, record)
      if (record === undefined || current === undefined) return undefined
      return { kind, name, plugin: await this.read(kind, name, current), record }
    } catch (error) {
      return { kind, name, error }
    }
  }

  /** Undefined when there is none. */
  async #record(home: string): Promise<VersionRecord | undefined> {
    let text: string
    try {
      text = Buffer.from(await this.#files.read(path.join(home, CURRENT))).toString('utf8')
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
    const record = readRecord(parseOrNull(text))
    if (record !== undefined) return record
    throw new PlutinoError('plugin_invalid', `${path.join(home, CURRENT)} cannot be read`, { hint: 'install the plugin again' })
  }

  async #switch(home: string, record: VersionRecord, old: VersionRecord | undefined): Promise<void> {
    const put = async (one: VersionRecord): Promise<void> => {
      const temporary = path.join(home, `${TEMPORARY}${CURRENT}`)
      try {
        await this.#files.write(temporary, Buffer.from(`${JSON.stringify(one, undefined, 2)}\n`))
        await this.#files.rename(temporary, path.join(home, CURRENT))
      } catch (error) {
        await this.#files.remove(temporary).catch(() => {})
        throw error
      }
    }
    await put(record)
    try {
      await this.#files.sync(home)
    } catch (error) {
      await (old === undefined ? this.#files.remove(path.join(home, CURRENT)) : put(old))
      throw error
    }
  }

  /** Of what has failed anyway: best effort, the next start removes the rest. */
  async #undo(home: string, places: readonly string[]): Promise<void> {
    const counts = await this.#record(home).catch(() => undefined)
    const unused = places.filter((place) => counts === undefined || place !== path.join(home, counts.folder))
    await Promise.allSettled(unused.map((place) => this.#files.remove(place)))
    const left = await this.#files.names(home).catch(() => [home])
    if (left.every((name) => name.startsWith(TEMPORARY))) await this.#files.remove(home).catch(() => {})
  }

  /** Removes versions that are not listed, and what a killed server has left. What is removed late does no harm. */
  async #tidy(home: string, record: VersionRecord | undefined): Promise<void> {
    try {
      const listed = new Set(record?.versions.map((one) => one.folder))
      for (const name of await this.#files.names(home)) {
        const own = record === undefined ? name.startsWith(TEMPORARY) || VERSION_FOLDER.test(name) : name !== CURRENT
        if (own && !listed.has(name)) await this.#files.remove(path.join(home, name))
      }
    } catch {
      // the next start removes it
    }
  }

  async #writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const folders = new Set([folder])
    await this.#files.makeFolder(folder)
    for (const [name, bytes] of files) {
      const full = path.resolve(folder, name)
      if (!full.startsWith(folder + path.sep))
        throw new PlutinoError('plugin_invalid', `the name ${JSON.stringify(name)} leaves the folder`)
      await this.#files.makeFolder(path.dirname(full))
      folders.add(path.dirname(full))
      await this.#files.write(full, bytes)
    }
    for (const one of folders) await this.#files.sync(one)
  }

  /** Whole files below `folder`, by their names with `/`. */
  async #readFiles(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
    const files = new Map<string, Uint8Array>()
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue
      const full = path.join(entry.parentPath, entry.name)
      files.set(path.relative(folder, full).split(path.sep).join('/'), await this.#files.read(full))
    }
    return files
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

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const notStored = (error: unknown): PlutinoError => diskFailed('the plugin cannot be stored', error)

function diskFailed(what: string, error: unknown): PlutinoError {
  const { message } = error instanceof Error ? error : new Error(String(error))
  return new PlutinoError('system', `${what}: ${message}`, {
    cause: error,
    hint: isNoRoom(error)
      ? `${MAKE_ROOM}, and try again; what was installed before is unchanged`
      : 'check that the data folder of the server is there and may be written to',
  })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
