import type { Contribution } from '../../api/definition.ts'
import type { PluginHost, PluginMove, PluginPackage, PluginUse } from '../../api/plugin.ts'
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
import { fetchZip, type PluginRequest, unpack, type Wanted } from './packages.ts'
import { folderOf, type KindFolder } from './kinds.ts'
import { describePlugin, functionsOf, type PluginEntry } from './plugin-entry.ts'
import { PluginFolder } from './plugin-folder.ts'
import { currentOf, versionBefore, type VersionRecord } from './version-record.ts'

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
  /** Definitions went or changed: the rules that use them start anew. `because`: why they cannot, if they cannot. */
  readonly reloadRules: (ids: readonly string[], because?: string) => Promise<void>
  /** Definitions came: rules that waited for them start. */
  readonly reviveRules: (ids: readonly string[]) => Promise<void>
}

export interface PluginId {
  readonly kind: KindFolder
  readonly name: string
}

interface Replacement {
  /** Goes back by itself when the first calls fail. */
  readonly trial: boolean
  /** Makes it count on the disk. */
  readonly store: () => Promise<VersionRecord>
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
    this.#folder = new PluginFolder(parts.folder, parts.settings.keepVersions)
    this.#copied = new CopiedPlugins({
      ...parts,
      found: (id) => this.#entries.get(keyOf(id.kind, id.name)),
      changed: (entry) => this.#turns.run('', () => this.#copiedChanged(entry)),
      gone: (entry) => this.#turns.run('', () => this.#gone(entry)),
    })
  }

  /** Registers what is installed and begins to look for files copied by hand. Broken plugins are reported, never fatal. */
  async load(): Promise<void> {
    await this.#folder.prepare()
    for (const one of await this.#folder.load()) {
      try {
        if ('error' in one) throw one.error
        this.#parts.host.checkAllowed(one.plugin)
        this.#register({ ...one, copied: undefined })
      } catch (error) {
        this.#parts.log.error('an installed plugin cannot be used', { plugin: one.name, error })
        this.#remember({
          kind: one.kind,
          name: one.name,
          plugin: undefined,
          contributions: [],
          record: undefined,
          copied: undefined,
          error,
        })
      }
    }
    await this.#copied.start()
  }

  /** Downloads and installs. `kind` undefined: as what the component is. */
  async install(request: PluginRequest, kind?: KindFolder): Promise<PluginId> {
    if (request.name !== undefined) this.#checkName(request.name, kind)
    const zip = await fetchZip(request, this.#parts)
    return this.installZip(zip, { name: request.name, kind, allow: request.allow })
  }

  async installZip(zip: Uint8Array, wanted: Wanted): Promise<PluginId> {
    const plugin = await unpack(zip, wanted, this.#parts)
    const kind = wanted.kind ?? folderOf(plugin.description.kinds[0] ?? 'sink')
    const { name } = plugin.description
    return this.#turns.run('', async () => {
      this.#checkName(name, kind)
      await this.#store({ kind, name }, plugin)
      return { kind, name }
    })
  }

  /**
   * Replaces the package; rules that use it move to the new one without a stop. When anything is wrong with the new one the old one stays,
   * also when its first calls fail.
   */
  async update(id: PluginId, request: PluginRequest): Promise<void> {
    this.#find(id, 'update')
    await this.updateZip(id, await fetchZip({ ...request, name: id.name }, this.#parts), request.allow)
  }

  /** `allow` undefined: as the version before. */
  async updateZip(id: PluginId, zip: Uint8Array, allow?: readonly string[]): Promise<void> {
    const { name, kind, plugin: before } = this.#find(id, 'update')
    const plugin = await unpack(zip, { name, kind: id.kind, allow: allow ?? before?.allow }, this.#parts)
    await this.#turns.run('', async () => {
      const old = this.#find({ kind, name }, 'update')
      await this.#store({ kind: old.kind, name }, plugin)
      if (old.copied !== undefined) await removeCopied(old.copied)
    })
  }

  /** Back to the version before, or to `version`. Gives the version that counts now. Throws `plugin_invalid` when there is none. */
  async rollback(id: PluginId, version?: string): Promise<string> {
    return this.#turns.run('', async () => {
      const { kind, name, record } = this.#find(id, 'rollback')
      const wanted = record === undefined ? undefined : versionBefore(record, version)
      if (wanted === undefined) {
        const known = record?.versions.map((one) => one.description.version).join(', ') ?? 'none'
        const which = version === undefined ? 'no earlier version' : `no other version ${version}`
        throw new PlutinoError('plugin_invalid', `there is ${which} of plugin ${name}`, { hint: `versions on the disk: ${known}` })
      }
      const plugin = await this.#folder.read(kind, name, wanted)
      await this.#replace({ kind, name }, plugin, { trial: false, store: () => this.#folder.use(kind, name, wanted) })
      this.#parts.log.info('plugin rolled back', { plugin: name, kind, version: wanted.description.version })
      return wanted.description.version
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
      this.#parts.log.info('plugin deleted', { plugin: entry.name, kind: entry.kind })
      await this.#gone(entry)
    })
  }

  /** Names in alphabetical order. */
  list(kind: KindFolder): readonly string[] {
    return this.#ofKind(kind)
      .map(({ name }) => name)
      .toSorted()
  }

  get(id: PluginId): JsonObject {
    return describePlugin(this.#find(id, 'describe'), this.#parts.host)
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
    return [...this.#entries.values()].map((entry) => describePlugin(entry, this.#parts.host))
  }

  /** Where plugins are at work. */
  uses(): readonly PluginUse[] {
    return [...this.#entries.values()].flatMap(({ contributions }) => this.#parts.host.uses(contributions))
  }

  /** Looks at once for files copied by hand, instead of at the next interval. */
  scan(): Promise<void> {
    return this.#copied.scan()
  }

  close(): Promise<void> {
    return this.#copied.close()
  }

  /** Checks for clashes first, then writes, then registers: a failure leaves everything as it was. */
  async #store(id: PluginId, plugin: PluginPackage): Promise<void> {
    const old = this.#entries.get(keyOf(id.kind, id.name))
    await this.#replace(id, plugin, { trial: true, store: () => this.#folder.save(id.kind, id.name, plugin) })
    this.#parts.log.info(old === undefined ? 'plugin installed' : 'plugin updated', {
      plugin: id.name,
      kind: id.kind,
      version: plugin.description.version,
    })
  }

  async #replace(id: PluginId, plugin: PluginPackage, how: Replacement): Promise<void> {
    const old = this.#entries.get(keyOf(id.kind, id.name))
    const contributions = this.#contributions(id, plugin)
    const failed = (error: PlutinoError): void => void this.#failed(id, contributions, { old, error })
    const move = await this.#prepareMove(old, contributions, how.trial ? failed : undefined)
    let record: VersionRecord | undefined
    try {
      record = await how.store()
    } catch (error) {
      await move?.cancel()
      throw error
    }
    this.#register({ ...id, plugin, record, copied: undefined }, contributions)
    try {
      await move?.commit()
    } catch (error) {
      await this.#restore(id, old, toPlutinoError(error).message)
      throw error
    }
    await this.#reload(contributions, move)
  }

  async #prepareMove(
    old: PluginEntry | undefined,
    next: readonly Contribution[],
    failed?: (error: PlutinoError) => void,
  ): Promise<PluginMove | undefined> {
    return old === undefined || old.contributions.length === 0 ? undefined : this.#parts.host.move(old.contributions, next, failed)
  }

  /** Rules that moved go on; those that cannot start anew, and those that waited for the plugin start. */
  async #reload(contributions: readonly Contribution[], move: PluginMove | undefined): Promise<void> {
    const { rulesUsing, reloadRules, reviveRules } = this.#parts
    await reloadRules(rulesUsing(move?.restart ?? []))
    await reviveRules(rulesUsing(contributions))
  }

  /** The entry before counts again, on the disk and for rules that start. */
  async #restore(id: PluginId, old: PluginEntry | undefined, why: string): Promise<void> {
    if (old?.plugin === undefined) return
    const before = old.record === undefined ? undefined : currentOf(old.record)
    const record = before === undefined ? undefined : await this.#folder.use(id.kind, id.name, before, why)
    if (before === undefined) await this.#folder.remove(id.kind, id.name)
    this.#register({ ...id, plugin: old.plugin, record, copied: old.copied }, old.contributions)
  }

  /** First calls of a version failed in some rule: all go back. */
  async #failed(
    id: PluginId,
    bad: readonly Contribution[],
    { old, error }: { readonly old: PluginEntry | undefined; readonly error: PlutinoError },
  ): Promise<void> {
    try {
      await this.#turns.run('', async () => {
        const entry = this.#entries.get(keyOf(id.kind, id.name))
        if (old === undefined || entry?.contributions !== bad) return
        const move = await this.#parts.host.move(bad, old.contributions)
        await this.#restore(id, old, error.message)
        await move.commit()
        await this.#parts.reloadRules(this.#parts.rulesUsing(move.restart))
        this.#parts.log.error('a new version of a plugin failed its first calls and was rolled back', {
          plugin: id.name,
          kind: id.kind,
          version: entry.plugin?.description.version ?? '',
          error: error.message,
        })
      })
    } catch (cause) {
      this.#parts.log.error('a plugin could not be rolled back', { plugin: id.name, kind: id.kind, error: cause })
    }
  }

  async #gone(entry: PluginEntry): Promise<void> {
    const rules = this.#parts.rulesUsing(entry.contributions)
    this.#forget(entry)
    await this.#parts.reloadRules(rules, `the plugin ${entry.name} was deleted`)
  }

  async #copiedChanged(entry: Pick<PluginEntry, 'kind' | 'name' | 'plugin' | 'copied' | 'error'>): Promise<void> {
    const { kind, name, plugin, copied } = entry
    try {
      if (plugin === undefined) throw entry.error
      const other = this.#entries.get(keyOf(kind, name))
      if (other !== undefined && other.copied === undefined) throw duplicate(name)
      const contributions = this.#contributions(entry, plugin)
      const move = await this.#prepareMove(other, contributions)
      await move?.commit()
      this.#register({ kind, name, plugin, copied, record: undefined }, contributions)
      this.#parts.log.info('plugin found', { plugin: name, kind, version: plugin.description.version })
      await this.#reload(contributions, move)
    } catch (error) {
      this.#parts.log.error('a plugin copied by hand cannot be used', { plugin: name, kind, files: copied?.paths, error })
      const old = this.#entries.get(keyOf(kind, name))
      if (old !== undefined && old.copied === undefined) return
      this.#remember({ kind, name, plugin: old?.plugin, contributions: old?.contributions ?? [], record: undefined, copied, error })
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
    entry: Pick<PluginEntry, 'kind' | 'name' | 'copied' | 'record'> & { readonly plugin: PluginPackage },
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
