import { createHash } from 'node:crypto'
import type { PluginHost, PluginPackage } from '../../api/plugin.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { KvStore } from '../../store/kv.ts'
import { type CopiedFiles, findCopied, readCopied } from './copied-files.ts'
import { isDescription } from './description.ts'
import { checkKind, type KindFolder } from './kinds.ts'
import type { PluginEntry } from './plugin-entry.ts'
import { packageOf } from './plugin-folder.ts'

/** Results of checks by content, so that a start does not repeat what takes a second for each plugin. */
const NAMESPACE = 'plugin-check'

export interface CopiedParts {
  readonly host: PluginHost
  readonly store: KvStore
  readonly clock: Clock
  readonly log: Logger
  readonly folder: string
  readonly settings: { readonly scanInterval: number }
  readonly found: (id: { readonly kind: KindFolder; readonly name: string }) => PluginEntry | undefined
  /** New or changed files; without `plugin` they are broken. */
  readonly changed: (entry: Pick<PluginEntry, 'kind' | 'name' | 'plugin' | 'copied' | 'error'>) => Promise<void>
  readonly gone: (entry: PluginEntry) => Promise<void>
}

/** Looks again and again for plugins that people copy into the folders, instead of sending them. */
export class CopiedPlugins {
  readonly #parts: CopiedParts
  /** Signature by kind and name: of what was handed on, and of what was seen last and may still be being copied. */
  readonly #known = new Map<string, { readonly files: CopiedFiles }>()
  readonly #seen = new Map<string, string>()
  #cancel: (() => void) | undefined
  #scanning: Promise<void> | undefined
  #closed = false

  constructor(parts: CopiedParts) {
    this.#parts = parts
  }

  /** What lies there at the start is complete; later a file counts when it has not changed between two looks. */
  async start(): Promise<void> {
    await this.#look(true)
    this.#plan()
  }

  scan(): Promise<void> {
    this.#scanning ??= this.#look(false).finally(() => {
      this.#scanning = undefined
    })
    return this.#scanning
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#cancel?.()
    await this.#scanning
  }

  #plan(): void {
    if (this.#closed || this.#parts.settings.scanInterval === 0) return
    this.#cancel = this.#parts.clock.after(this.#parts.settings.scanInterval, () => void this.#again())
  }

  async #again(): Promise<void> {
    try {
      await this.scan()
    } catch (error) {
      this.#parts.log.warn('the plugin folders cannot be looked through', { folder: this.#parts.folder, error })
    }
    this.#plan()
  }

  async #look(complete: boolean): Promise<void> {
    const present = await findCopied(this.#parts.folder)
    const keys = new Set(present.map(keyOf))
    for (const [key, { files }] of this.#known) if (!keys.has(key)) await this.#gone(key, files)
    for (const files of present) {
      const key = keyOf(files)
      const settled = complete || this.#seen.get(key) === files.signature
      this.#seen.set(key, files.signature)
      if (settled && this.#known.get(key)?.files.signature !== files.signature) await this.#changed(key, files)
    }
  }

  async #changed(key: string, files: CopiedFiles): Promise<void> {
    this.#known.set(key, { files })
    const { kind, name } = files
    try {
      const plugin = await this.#check(files)
      checkKind(kind, plugin.description.kinds)
      await this.#parts.changed({ kind, name: plugin.description.name, plugin, copied: files, error: undefined })
    } catch (error) {
      await this.#parts.changed({ kind, name, plugin: undefined, copied: files, error })
    }
  }

  async #gone(key: string, files: CopiedFiles): Promise<void> {
    this.#known.delete(key)
    this.#seen.delete(key)
    const entry = this.#parts.found(files)
    if (entry?.copied === undefined) return
    await this.#parts.gone(entry)
    this.#parts.log.info('plugin removed', { plugin: entry.name, kind: entry.kind })
  }

  async #check(files: CopiedFiles): Promise<PluginPackage> {
    const content = await readCopied(files)
    const { store, host } = this.#parts
    const digest = digestOf(content)
    const before: unknown = store.get(NAMESPACE, digest)?.value
    if (isDescription(before)) return packageOf(before, content)
    const plugin = await host.check(content)
    try {
      store.set(NAMESPACE, digest, JSON.parse(JSON.stringify(plugin.description)))
    } catch (error) {
      this.#parts.log.warn('the check of a plugin cannot be stored and is repeated at the next start', { error })
    }
    return plugin
  }
}

function digestOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256')
  for (const [name, bytes] of files) hash.update(`${name}\0${bytes.byteLength}\0`).update(bytes)
  return hash.digest('hex')
}

const keyOf = ({ kind, name }: CopiedFiles): string => `${kind}/${name.toLowerCase()}`
