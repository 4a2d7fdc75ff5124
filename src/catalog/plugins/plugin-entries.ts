import type { Contribution } from '../../api/definition.ts'
import type { PluginHost, PluginPackage } from '../../api/plugin.ts'
import type { Registry } from '../../api/registry.ts'
import { PlutinoError } from '../../base/errors.ts'
import { nearest } from '../../base/suggest.ts'
import type { JsonObject } from '../../config/json-object.ts'
import { checkId } from '../names.ts'
import { folderOf, type KindFolder } from './kinds.ts'
import { functionsOf, type PluginEntry } from './plugin-entry.ts'

export interface PluginId {
  readonly kind: KindFolder
  readonly name: string
}

/** Which plugins there are, by name whatever its case, and what of them is in the registry. */
export class PluginEntries {
  readonly #host: PluginHost
  readonly #registry: Registry
  readonly #entries = new Map<string, PluginEntry>()

  constructor(host: PluginHost, registry: Registry) {
    this.#host = host
    this.#registry = registry
  }

  all(): readonly PluginEntry[] {
    return [...this.#entries.values()]
  }

  /** The plugin that was installed as this kind. */
  get({ kind, name }: PluginId): PluginEntry | undefined {
    return this.#entries.get(keyOf(kind, name))
  }

  /** The plugin that is of this kind, also among others. Throws `not_found`; `verb` says what for. */
  find({ kind, name }: PluginId, verb: string): PluginEntry {
    const entry = this.get({ kind, name }) ?? this.#ofKind(kind).find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (entry !== undefined) return entry
    const near = nearest(name, this.names(kind))
    throw new PlutinoError(
      'not_found',
      `${verb} ${kind} plugin ${name} error: not found`,
      near === undefined ? {} : { hint: `did you mean "${near}"?` },
    )
  }

  /** In alphabetical order. */
  names(kind: KindFolder): readonly string[] {
    return this.#ofKind(kind)
      .map(({ name }) => name)
      .toSorted()
  }

  /** Names of all functions, in alphabetical order. */
  functions(): readonly string[] {
    return this.all().flatMap(functionsOf).toSorted()
  }

  /** Which plugin a function comes from. Throws `not_found`. */
  findFunction(name: string): JsonObject {
    for (const entry of this.all()) {
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

  /** Throws `plugin_invalid` or `already_exists` when no plugin can be installed under this name. `kind` undefined: it is not known yet. */
  checkNew(name: string, kind: KindFolder | undefined): void {
    if (name === '') throw new PlutinoError('plugin_invalid', 'invalid name : should not be empty')
    checkId(name)
    if (kind !== undefined && this.names(kind).some((one) => one.toLowerCase() === name.toLowerCase())) throw duplicate(name, kind)
  }

  /** What the plugin adds to the registry. Throws `already_exists` when something else has one of its names. */
  contributionsOf(id: PluginId, plugin: PluginPackage): readonly Contribution[] {
    const contributions = this.#host.definitions(plugin)
    const own = this.get(id)?.contributions ?? []
    for (const { kind, name } of contributions) {
      const existing = this.#registry.find(kind, name)
      if (existing === undefined || own.includes(existing)) continue
      const text =
        kind === 'function' ? `function name ${name} already exists` : `invalid name ${name}: a ${kind} of this name exists already`
      throw new PlutinoError('already_exists', text, { hint: 'give the plugin another name' })
    }
    return contributions
  }

  /** Into the registry, in the place of what was there under the name. */
  register(
    entry: Pick<PluginEntry, 'kind' | 'name' | 'copied' | 'record'> & { readonly plugin: PluginPackage },
    contributions: readonly Contribution[] = this.contributionsOf(entry, entry.plugin),
  ): void {
    this.forget(this.get(entry))
    for (const contribution of contributions) this.#registry.add(contribution)
    this.remember({ ...entry, contributions, error: undefined })
  }

  /** Into the list alone: what is broken is shown there. */
  remember(entry: PluginEntry): void {
    this.#entries.set(keyOf(entry.kind, entry.name), entry)
  }

  forget(entry: PluginEntry | undefined): void {
    if (entry === undefined) return
    for (const { kind, name } of entry.contributions) this.#registry.remove(kind, name)
    this.#entries.delete(keyOf(entry.kind, entry.name))
  }

  #ofKind(kind: KindFolder): readonly PluginEntry[] {
    return this.all().filter((entry) => entry.kind === kind || entry.plugin?.description.kinds.some((one) => folderOf(one) === kind))
  }
}

function keyOf(kind: KindFolder, name: string): string {
  return `${kind}/${name.toLowerCase()}`
}

export function duplicate(name: string, kind?: KindFolder): PlutinoError {
  return new PlutinoError('already_exists', `invalid name ${name}: duplicate`, {
    hint: kind === undefined ? 'it is installed already' : `PUT /plugins/${kind}/${name} replaces it`,
  })
}
