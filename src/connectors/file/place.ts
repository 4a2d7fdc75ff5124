import { readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { PlutinoError } from '../../base/errors.ts'

/** One version of a file: what is read again when it has changed. */
export interface FoundFile {
  readonly path: string
  readonly changed: number
  readonly size: number
}

/** Where a source may read: inside one folder, also through links. */
export class FilePlace {
  readonly #root: string
  readonly path: string

  /** Throws `config_invalid` for a path that leaves `root`. */
  constructor(root: string, folder: string, name: string) {
    if (name.includes('\0') || folder.includes('\0'))
      throw new PlutinoError('config_invalid', 'datasource: expected a path without a zero byte')
    this.#root = path.resolve(root)
    const inside = path.resolve(this.#root, folder)
    this.path = path.resolve(inside, name)
    if (!isWithin(this.#root, inside)) throw outside('path', folder, this.#root)
    if (path.isAbsolute(name) ? !isWithin(this.#root, this.path) : !isWithin(inside, this.path)) throw outside('datasource', name, inside)
  }

  /** The file, or those of the folder from the one that changed first to the one that changed last. Throws `unavailable`. */
  async files(): Promise<{ readonly files: readonly FoundFile[]; readonly isFolder: boolean }> {
    try {
      const found = await stat(this.path)
      if (!found.isDirectory() && !found.isFile())
        throw new PlutinoError('config_invalid', `datasource: ${this.path} is neither a file nor a folder`)
      if (found.isFile()) return { files: [await this.#found(this.path)], isFolder: false }
      const entries = await readdir(this.path, { withFileTypes: true })
      const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name)
      const files = await Promise.all(names.map((name) => this.#found(path.join(this.path, name))))
      return { files: files.toSorted((a, b) => a.changed - b.changed || (a.path < b.path ? -1 : 1)), isFolder: true }
    } catch (error) {
      throw unreadable(error)
    }
  }

  async #found(file: string): Promise<FoundFile> {
    const [real, { mtimeMs, size }] = await Promise.all([realpath(file), stat(file)])
    if (!isWithin(await realpath(this.#root), real)) throw outside('datasource', file, this.#root)
    return { path: real, changed: mtimeMs, size }
  }
}

/** Any failure of the file system as one that may go away: files come, and rights are given. */
export function unreadable(error: unknown): PlutinoError {
  if (error instanceof PlutinoError) return error
  return new PlutinoError('unavailable', error instanceof Error ? error.message : String(error), {
    cause: error,
    hint: 'check that the file is there and may be read',
  })
}

function isWithin(folder: string, place: string): boolean {
  const relative = path.relative(folder, place)
  return relative === '' || (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative))
}

function outside(field: string, given: string, folder: string): PlutinoError {
  return new PlutinoError('config_invalid', `${field}: expected a path inside ${folder}, got ${JSON.stringify(given)}`)
}
