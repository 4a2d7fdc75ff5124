import type { Contribution } from '../../api/definition.ts'
import type { PluginHost, PluginPackage } from '../../api/plugin.ts'
import { toPlutinoError } from '../../base/errors.ts'
import type { JsonObject } from '../../config/json-object.ts'
import type { CopiedFiles } from './copied-files.ts'
import type { KindFolder } from './kinds.ts'
import type { VersionRecord } from './version-record.ts'

/** A plugin of the catalog. */
export interface PluginEntry {
  readonly kind: KindFolder
  readonly name: string
  /** Undefined when it is broken. */
  readonly plugin: PluginPackage | undefined
  /** What it has put into the registry. */
  readonly contributions: readonly Contribution[]
  /** Its versions on the disk; undefined when a person copied it by hand, or it is broken. */
  readonly record: VersionRecord | undefined
  /** The files, when a person copied them by hand. */
  readonly copied: CopiedFiles | undefined
  /** Why it, or what was copied over it, cannot be used. */
  readonly error: unknown
}

/** Names of its functions, as it spells them. */
export function functionsOf({ contributions, plugin }: PluginEntry): readonly string[] {
  const spelt = new Map(plugin?.description.functions?.map(({ name }) => [name.toLowerCase(), name]))
  return contributions.flatMap((one) => (one.kind === 'function' ? [spelt.get(one.name) ?? one.name] : []))
}

/** Body of `GET /plugins/{kind}/{name}`. */
export function describePlugin(entry: PluginEntry, host: PluginHost): JsonObject {
  const { name, plugin, copied, error, contributions } = entry
  if (plugin === undefined) return { name, version: '', error: toPlutinoError(error).message }
  const { version, kinds, capabilities, wit, size, sha256, signing = { signed: 'no' } } = plugin.description
  const functions = functionsOf(entry)
  return {
    name,
    version,
    ...(functions.length === 0 ? {} : { functions }),
    kinds,
    capabilities,
    ...(plugin.allow === undefined ? {} : { allow: plugin.allow }),
    wit,
    size,
    sha256,
    ...signing,
    installed: copied === undefined ? 'package' : 'copied',
    limits: { ...host.limits(plugin) },
    versions: versionsOf(entry),
    uses: host.uses(contributions).map((use) => ({ ...use, limits: { ...use.limits } })),
    ...(error === undefined ? {} : { error: toPlutinoError(error).message }),
  }
}

function versionsOf({ plugin, record }: PluginEntry): readonly JsonObject[] {
  if (record === undefined)
    return plugin === undefined ? [] : [{ version: plugin.description.version, sha256: plugin.description.sha256, current: true }]
  return record.versions.map(({ folder, description: { version, sha256 }, failed }) => ({
    version,
    sha256,
    current: folder === record.folder,
    ...(failed === undefined ? {} : { failed }),
  }))
}
