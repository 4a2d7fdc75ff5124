import type { PluginHost, PluginPackage, PluginUse } from '../../api/plugin.ts'
import type { Registry } from '../../api/registry.ts'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { JsonObject } from '../../config/json-object.ts'
import type { PluginSettings } from '../../config/setting-fields.ts'
import type { KvStore } from '../../store/kv.ts'
import { Turns } from '../turns.ts'
import { CopiedPlugins } from './copied-plugins.ts'
import { removeCopied } from './copied-files.ts'
import { fetchZip, type PluginRequest, unpack, type Wanted } from './packages.ts'
import { folderOf, type KindFolder } from './kinds.ts'
import { describePlugin, functionsOf, type PluginEntry } from './plugin-entry.ts'
import { duplicate, PluginEntries, type PluginId } from './plugin-entries.ts'
import { PluginFolder } from './plugin-folder.ts'
import { Replacements, type RulesOfPlugins } from './replacements.ts'
import { versionBefore } from './version-record.ts'

export interface PluginParts extends RulesOfPlugins {
  readonly host: PluginHost
  readonly registry: Registry
  readonly store: KvStore
  readonly clock: Clock
  readonly log: Logger
  /** `<data>/plugins`. */
  readonly folder: string
  readonly settings: PluginSettings
}

/** The installed plugins: on the disk, in the registry, in lists. */
export class Plugins {
  readonly #parts: PluginParts
  readonly #folder: PluginFolder
  readonly #replacements: Replacements
  readonly #copied: CopiedPlugins
  readonly #entries: PluginEntries
  readonly #turns = new Turns()

  constructor(parts: PluginParts) {
    this.#parts = parts
    this.#entries = new PluginEntries(parts.host, parts.registry)
    this.#folder = new PluginFolder(parts.folder, parts.settings.keepVersions)
    this.#replacements = new Replacements({ ...parts, entries: this.#entries, folder: this.#folder, turns: this.#turns })
    this.#copied = new CopiedPlugins({
      ...parts,
      found: (id) => this.#entries.get(id),
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
        this.#entries.register({ ...one, copied: undefined })
      } catch (error) {
        this.#parts.log.error('an installed plugin cannot be used', { plugin: one.name, error })
        this.#entries.remember({
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
    if (request.name !== undefined) this.#entries.checkNew(request.name, kind)
    const zip = await fetchZip(request, this.#parts)
    return this.installZip(zip, { name: request.name, kind, allow: request.allow })
  }

  async installZip(zip: Uint8Array, wanted: Wanted): Promise<PluginId> {
    const plugin = await unpack(zip, wanted, this.#parts)
    const kind = wanted.kind ?? folderOf(plugin.description.kinds[0] ?? 'sink')
    const { name } = plugin.description
    return this.#turns.run('', async () => {
      this.#entries.checkNew(name, kind)
      await this.#store({ kind, name }, plugin)
      return { kind, name }
    })
  }

  /**
   * Replaces the package; rules that use it move to the new one without a stop. When anything is wrong with the new one the old one stays,
   * also when its first calls fail.
   */
  async update(id: PluginId, request: PluginRequest): Promise<void> {
    this.#entries.find(id, 'update')
    await this.updateZip(id, await fetchZip({ ...request, name: id.name }, this.#parts), request.allow)
  }

  /** `allow` undefined: as the version before. */
  async updateZip(id: PluginId, zip: Uint8Array, allow?: readonly string[]): Promise<void> {
    const { name, kind, plugin: before } = this.#entries.find(id, 'update')
    const plugin = await unpack(zip, { name, kind: id.kind, allow: allow ?? before?.allow }, this.#parts)
    await this.#turns.run('', async () => {
      const old = this.#entries.find({ kind, name }, 'update')
      await this.#store({ kind: old.kind, name }, plugin)
      if (old.copied !== undefined) await removeCopied(old.copied)
    })
  }

  /** Back to the version before, or to `version`. Gives the version that counts now. Throws `plugin_invalid` when there is none. */
  async rollback(id: PluginId, version?: string): Promise<string> {
    return this.#turns.run('', async () => {
      const { kind, name, record } = this.#entries.find(id, 'rollback')
      const wanted = record === undefined ? undefined : versionBefore(record, version)
      if (wanted === undefined) {
        const known = record?.versions.map((one) => one.description.version).join(', ') ?? 'none'
        const which = version === undefined ? 'no earlier version' : `no other version ${version}`
        throw new PlutinoError('plugin_invalid', `there is ${which} of plugin ${name}`, { hint: `versions on the disk: ${known}` })
      }
      const plugin = await this.#folder.read(kind, name, wanted)
      await this.#replacements.replace({ kind, name }, plugin, { trial: false, store: () => this.#folder.use(kind, name, wanted) })
      this.#parts.log.info('plugin rolled back', { plugin: name, kind, version: wanted.description.version })
      return wanted.description.version
    })
  }

  /** Throws `plugin_invalid` while rules use it, unless `force`. */
  async remove(id: PluginId, force = false): Promise<void> {
    await this.#turns.run('', async () => {
      const entry = this.#entries.find(id, 'delete')
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
    return this.#entries.names(kind)
  }

  get(id: PluginId): JsonObject {
    return describePlugin(this.#entries.find(id, 'describe'), this.#parts.host)
  }

  /** Names of all functions of plugins, in alphabetical order. */
  functions(): readonly string[] {
    return this.#entries.functions()
  }

  /** Which plugin a function comes from. Throws `not_found`. */
  getFunction(name: string): JsonObject {
    return this.#entries.findFunction(name)
  }

  /**
   * In eKuiper the functions of a plugin had to be named; here the component names them itself. Throws `not_found`, or `plugin_invalid` for
   * names that the plugin does not have.
   */
  checkFunctions(id: PluginId, names: readonly string[]): void {
    const own = functionsOf(this.#entries.find(id, 'register')).map((one) => one.toLowerCase())
    const strange = names.find((name) => !own.includes(name.toLowerCase()))
    if (strange === undefined) return
    throw new PlutinoError('plugin_invalid', `the plugin ${id.name} has no function ${strange}`, { hint: `it has ${own.join(', ')}` })
  }

  /** Everything, as `get` shows each. */
  all(): readonly JsonObject[] {
    return this.#entries.all().map((entry) => describePlugin(entry, this.#parts.host))
  }

  /** Where plugins are at work. */
  uses(): readonly PluginUse[] {
    return this.#entries.all().flatMap(({ contributions }) => this.#parts.host.uses(contributions))
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
    const old = this.#entries.get(id)
    await this.#replacements.replace(id, plugin, { trial: true, store: () => this.#folder.save(id.kind, id.name, plugin) })
    this.#parts.log.info(old === undefined ? 'plugin installed' : 'plugin updated', {
      plugin: id.name,
      kind: id.kind,
      version: plugin.description.version,
    })
  }

  async #gone(entry: PluginEntry): Promise<void> {
    const rules = this.#parts.rulesUsing(entry.contributions)
    this.#entries.forget(entry)
    await this.#parts.reloadRules(rules, `the plugin ${entry.name} was deleted`)
  }

  async #copiedChanged(entry: Pick<PluginEntry, 'kind' | 'name' | 'plugin' | 'copied' | 'error'>): Promise<void> {
    const { kind, name, plugin, copied } = entry
    try {
      if (plugin === undefined) throw entry.error
      const other = this.#entries.get(entry)
      if (other !== undefined && other.copied === undefined) throw duplicate(name)
      const contributions = this.#entries.contributionsOf(entry, plugin)
      const move = await this.#replacements.prepareMove(other, contributions)
      await move?.commit()
      this.#entries.register({ kind, name, plugin, copied, record: undefined }, contributions)
      this.#parts.log.info('plugin found', { plugin: name, kind, version: plugin.description.version })
      await this.#replacements.reload(contributions, move)
    } catch (error) {
      this.#parts.log.error('a plugin copied by hand cannot be used', { plugin: name, kind, files: copied?.paths, error })
      const old = this.#entries.get(entry)
      if (old !== undefined && old.copied === undefined) return
      this.#entries.remember({ kind, name, plugin: old?.plugin, contributions: old?.contributions ?? [], record: undefined, copied, error })
    }
  }
}
