import type { Contribution } from '../../api/definition.ts'
import type { PluginPackage } from '../../api/plugin.ts'
import { toPlutinoError } from '../../base/errors.ts'
import type { JsonObject } from '../../config/json-object.ts'
import type { CopiedFiles } from './copied-files.ts'
import type { KindFolder } from './kinds.ts'

/** A plugin of the catalog. */
export interface PluginEntry {
  readonly kind: KindFolder
  readonly name: string
  /** Undefined when it is broken. */
  readonly plugin: PluginPackage | undefined
  /** What it has put into the registry. */
  readonly contributions: readonly Contribution[]
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
export function describePlugin(entry: PluginEntry): JsonObject {
  const { name, plugin, copied, error } = entry
  if (plugin === undefined) return { name, version: '', error: toPlutinoError(error).message }
  const { version, kinds, capabilities, wit, size, sha256, signing = { signed: 'no' } } = plugin.description
  const functions = functionsOf(entry)
  return {
    name,
    version,
    ...(functions.length === 0 ? {} : { functions }),
    kinds,
    capabilities,
    wit,
    size,
    sha256,
    ...signing,
    installed: copied === undefined ? 'package' : 'copied',
    ...(error === undefined ? {} : { error: toPlutinoError(error).message }),
  }
}
