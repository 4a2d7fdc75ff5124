import { createHash } from 'node:crypto'
import type { Contribution } from '../../api/definition.ts'
import type { PluginHost, PluginPackage } from '../../api/plugin.ts'
import type { Registry } from '../../api/registry.ts'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { nearest } from '../../base/suggest.ts'
import type { JsonObject } from '../../config/json-object.ts'
import type { PluginSettings } from '../../config/setting-fields.ts'
import { checkId } from '../names.ts'
import type { KvStore } from '../../store/kv.ts'
import { Turns } from '../turns.ts'
import { CopiedPlugins } from './copied-plugins.ts'
import { removeCopied } from './copied-files.ts'
import { download } from './download.ts'
import { checkKind, folderOf, type KindFolder } from './kinds.ts'
import { describePlugin, functionsOf, type PluginEntry } from './plugin-entry.ts'
import { PluginFolder } from './plugin-folder.ts'

export interface PluginParts {
  readonly host: PluginHost
  readonly registry: Registry
  readonly store: KvStore
  readonly clock: Clock
  readonly log: Logger
  /** `<data>/plugins`. */
  readonly folder: string
  readonly settings: PluginSettings
  /** Ids of the rules that use one of these definitions. */
  readonly rulesUsing: (contributions: readonly Contribution[]) => readonly string[]
  /** Called after definitions came or changed: the rules that use them start anew. */
  readonly reloadRules: (ids: readonly string[]) => Promise<void>
}

/** What a request says about a package that is to be installed. */
export interface PluginRequest {
  readonly name: string | undefined
  /** Address of the zip. */
  readonly file: string
  readonly sha256?: string | undefined
}

export interface PluginId {
  readonly kind: KindFolder
  readonly name: string
}

/** The installed plugins: on the disk, in the registry, in lists. */
export class Plugins {
  readonly #parts: PluginParts
  readonly #folder: PluginFolder
  readonly #copied: CopiedPlugins
  readonly #entries = new Map<string, PluginEntry>()
  readonly #turns = new Turns()

  constructor(parts: PluginParts) {
    this.#parts = parts
    this.#folder = new PluginFolder(parts.folder)
    this.#copied = new CopiedPlugins({
      ...parts,
      found: (id) => this.#entries.get(keyOf(id.kind, id.name)),
      changed: (entry) => this.#turns.run('', () => this.#copiedChanged(entry)),
      gone: (entry) => this.#turns.run('', async () => this.#forget(entry)),
    })
  }

  /** Registers what is installed and begins to look for files copied by hand. Broken plugins are reported, never fatal. */
  async load(): Promise<void> {
    await this.#folder.prepare()
    for (const one of await this.#folder.load()) {
      try {
        if ('error' in one) throw one.error
        this.#register({ kind: one.kind, name: one.name, plugin: one.plugin, copied: undefined })
      } catch (error) {
        this.#parts.log.error('an installed plugin cannot be used', { plugin: one.name, error })
        this.#remember({ kind: one.kind, name: one.name, plugin: undefined, contributions: [], copied: undefined, error })
      }
    }
    await this.#copied.start()
  }

  /** Downloads and installs. `kind` undefined: as what the component is. */
  async install(request: PluginRequest, kind?: KindFolder): Promise<PluginId> {
    if (request.name !== undefined) this.#checkName(request.name, kind)
    const zip = await this.#download(request)
    return this.installZip(zip, { name: request.name, kind })
  }

  async installZip(
    zip: Uint8Array,
    wanted: { readonly name?: string | undefined; readonly kind?: KindFolder | undefined },
  ): Promise<PluginId> {
    const plugin = await this.#unpack(zip, wanted.name, wanted.kind)
    const kind = wanted.kind ?? folderOf(plugin.description.kinds[0] ?? 'sink')
    const { name } = plugin.description
    return this.#turns.run('', async () => {
      this.#checkName(name, kind)
      await this.#store({ kind, name }, plugin)
      return { kind, name }
    })
  }

  /** Replaces the package; rules that use it move to the new one. When anything is wrong with the new one the old one stays. */
  async update(id: PluginId, request: PluginRequest): Promise<void> {
    this.#find(id, 'update')
    const zip = await this.#download({ ...request, name: id.name })
    await this.updateZip(id, zip)
  }

  async updateZip(id: PluginId, zip: Uint8Array): Promise<void> {
    const { name, kind } = this.#find(id, 'update')
    const plugin = await this.#unpack(zip, name, kind)
    await this.#turns.run('', async () => {
      const old = this.#find(id, 'update')
      await this.#store({ kind: old.kind, name }, plugin)
      if (old.copied !== undefined) await removeCopied(old.copied)
    })
  }

  /** Throws `plugin_invalid` while rules use it, unless `force`. */
  async remove(id: PluginId, force = false): Promise<void> {
    await this.#turns.run('', async () => {
      const entry = this.#find(id, 'delete')
      const rules = force ? [] : this.#parts.rulesUsing(entry.contributions)
      if (rules.length > 0) {
        throw new PlutinoError('plugin_invalid', `${id.kind} plugin ${id.name} is used by rule ${rules.join(', ')}`, {
          hint: 'delete the rules first, or ask with ?force=true',
        })
      }
      await (entry.copied === undefined ? this.#folder.remove(entry.kind, entry.name) : removeCopied(entry.copied))
      this.#forget(entry)
      this.#parts.log.info('plugin deleted', { plugin: entry.name, kind: entry.kind })
    })
  }

  /** Names in alphabetical order. */
  list(kind: KindFolder): readonly string[] {
    return this.#ofKind(kind)
      .map(({ name }) => name)
      .toSorted()
  }

  get(id: PluginId): JsonObject {
    return describePlugin(this.#find(id, 'describe'))
  }

  /** Names of all functions of plugins, in alphabetical order. */
  functions(): readonly string[] {
    return [...this.#entries.values()].flatMap(functionsOf).toSorted()
  }

  /** Which plugin a function comes from. Throws `not_found`. */
  getFunction(name: string): JsonObject {
    for (const entry of this.#entries.values()) {
      const found = functionsOf(entry).find((one) => one.toLowerCase() === name.toLowerCase())
      if (found !== undefined) return { name: found, plugin: entry.name }
    }
    const near = nearest(name, this.functions())
    throw new PlutinoError(
      'not_found',
      `describe user defined function ${name} error: not found`,
      near === undefined ? {} : { hint: `did you mean "${near}"?` },
    )
  }

  /**
   * In eKuiper the functions of a plugin had to be named; here the component names them itself. Throws `not_found`, or `plugin_invalid` for
   * names that the plugin does not have.
   */
  checkFunctions(id: PluginId, names: readonly string[]): void {
    const own = functionsOf(this.#find(id, 'register')).map((one) => one.toLowerCase())
    const strange = names.find((name) => !own.includes(name.toLowerCase()))
    if (strange === undefined) return
    throw new PlutinoError('plugin_invalid', `the plugin ${id.name} has no function ${strange}`, { hint: `it has ${own.join(', ')}` })
  }

  /** Everything, as `get` shows each. */
  all(): readonly JsonObject[] {
    return [...this.#entries.values()].map(describePlugin)
  }

  /** Looks at once for files copied by hand, instead of at the next interval. */
  scan(): Promise<void> {
    return this.#copied.scan()
  }

  close(): Promise<void> {
    return this.#copied.close()
  }

  async #download(request: PluginRequest): Promise<Uint8Array> {
    const { settings, clock } = this.#parts
    const zip = await download(request.file, settings, clock)
    const sha256 = createHash('sha256').update(zip).digest('hex')
    if (request.sha256 !== undefined && request.sha256.toLowerCase() !== sha256) {
      throw new PlutinoError('plugin_invalid', `the zip has the sha256 ${sha256}, expected ${request.sha256}`, {
        hint: 'it is not the file that was meant',
      })
    }
    return zip
  }

  async #unpack(zip: Uint8Array, name: string | undefined, kind: KindFolder | undefined): Promise<PluginPackage> {
    try {
      const plugin = await this.#parts.host.unpack(zip, name)
      checkId(plugin.description.name)
      if (kind !== undefined) checkKind(kind, plugin.description.kinds)
      return plugin
    } catch (error) {
      const cause = toPlutinoError(error, 'plugin_invalid')
      throw new PlutinoError(cause.code, `fail to install plugin: ${cause.message}`, {
        cause,
        path: cause.path,
        ...(cause.hint === undefined ? {} : { hint: cause.hint }),
      })
    }
  }

  /** Checks for clashes first, then writes, then registers: a failure leaves everything as it was. */
  async #store(id: PluginId, plugin: PluginPackage): Promise<void> {
    const contributions = this.#contributions(id, plugin)
    await this.#folder.save(id.kind, id.name, plugin)
    const old = this.#entries.get(keyOf(id.kind, id.name))
    this.#register({ ...id, plugin, copied: undefined }, contributions)
    this.#parts.log.info(old === undefined ? 'plugin installed' : 'plugin updated', {
      plugin: id.name,
      kind: id.kind,
      version: plugin.description.version,
    })
    await this.#parts.reloadRules(this.#parts.rulesUsing(contributions))
  }

  async #copiedChanged(entry: Pick<PluginEntry, 'kind' | 'name' | 'plugin' | 'copied' | 'error'>): Promise<void> {
    const { kind, name, plugin, copied } = entry
    try {
      if (plugin === undefined) throw entry.error
      const other = this.#entries.get(keyOf(kind, name))
      if (other !== undefined && other.copied === undefined) throw duplicate(name)
      const contributions = this.#contributions(entry, plugin)
      this.#register({ kind, name, plugin, copied }, contributions)
      this.#parts.log.info('plugin found', { plugin: name, kind, version: plugin.description.version })
      await this.#parts.reloadRules(this.#parts.rulesUsing(contributions))
    } catch (error) {
      this.#parts.log.error('a plugin copied by hand cannot be used', { plugin: name, kind, files: copied?.paths, error })
      const old = this.#entries.get(keyOf(kind, name))
      if (old !== undefined && old.copied === undefined) return
      this.#remember({ kind, name, plugin: old?.plugin, contributions: old?.contributions ?? [], copied, error })
    }
  }

  #contributions(id: PluginId, plugin: PluginPackage): readonly Contribution[] {
    const contributions = this.#parts.host.definitions(plugin)
    const own = this.#entries.get(keyOf(id.kind, id.name))?.contributions ?? []
    for (const { kind, name } of contributions) {
      const existing = this.#parts.registry.find(kind, name)
      if (existing === undefined || own.includes(existing)) continue
      const text =
        kind === 'function' ? `function name ${name} already exists` : `invalid name ${name}: a ${kind} of this name exists already`
      throw new PlutinoError('already_exists', text, { hint: 'give the plugin another name' })
    }
    return contributions
  }

  #register(
    entry: Pick<PluginEntry, 'kind' | 'name' | 'copied'> & { readonly plugin: PluginPackage },
    checked?: readonly Contribution[],
  ): void {
    const contributions = checked ?? this.#contributions(entry, entry.plugin)
    this.#forget(this.#entries.get(keyOf(entry.kind, entry.name)))
    for (const contribution of contributions) this.#parts.registry.add(contribution)
    this.#remember({ ...entry, contributions, error: undefined })
  }

  #remember(entry: PluginEntry): void {
    this.#entries.set(keyOf(entry.kind, entry.name), entry)
  }

  #forget(entry: PluginEntry | undefined): void {
    if (entry === undefined) return
    for (const { kind, name } of entry.contributions) this.#parts.registry.remove(kind, name)
    this.#entries.delete(keyOf(entry.kind, entry.name))
  }

  #checkName(name: string, kind: KindFolder | undefined): void {
    if (name === '') throw new PlutinoError('plugin_invalid', 'invalid name : should not be empty')
    checkId(name)
    if (kind !== undefined && this.list(kind).some((one) => one.toLowerCase() === name.toLowerCase())) throw duplicate(name, kind)
  }

  #find({ kind, name }: PluginId, verb: string): PluginEntry {
    const entry = this.#entries.get(keyOf(kind, name)) ?? this.#ofKind(kind).find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (entry !== undefined) return entry
    const near = nearest(name, this.list(kind))
    throw new PlutinoError(
      'not_found',
      `${verb} ${kind} plugin ${name} error: not found`,
      near === undefined ? {} : { hint: `did you mean "${near}"?` },
    )
  }

  #ofKind(kind: KindFolder): readonly PluginEntry[] {
    return [...this.#entries.values()].filter(
      (entry) => entry.kind === kind || entry.plugin?.description.kinds.some((one) => folderOf(one) === kind),
    )
  }
}

function keyOf(kind: KindFolder, name: string): string {
  return `${kind}/${name.toLowerCase()}`
}

function duplicate(name: string, kind?: KindFolder): PlutinoError {
  return new PlutinoError('already_exists', `invalid name ${name}: duplicate`, {
    hint: kind === undefined ? 'it is installed already' : `PUT /plugins/${kind}/${name} replaces it`,
  })
}
