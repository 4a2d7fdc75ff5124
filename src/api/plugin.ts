import type { Json } from '../config/field.ts'
import type { Contribution } from './definition.ts'

export type PluginKind = 'source' | 'sink' | 'function'

/** What an installed plugin is, as REST shows it. Found from the component itself; the manifest only adds words. */
export interface PluginDescription {
  readonly name: string
  /** From the file name, without a leading `v`; `1.0.0` when the file name has none. */
  readonly version: string
  readonly kinds: readonly PluginKind[]
  /** The interfaces that the component imports: what it can do. */
  readonly capabilities: readonly string[]
  /** Version of the WIT package that it was built against. */
  readonly wit: string
  readonly size: number
  readonly sha256: string
}

/** A checked package: every file that is to be stored, by its name inside the zip. Nothing in it has been run yet. */
export interface PluginPackage {
  readonly description: PluginDescription
  /** The WebAssembly component. */
  readonly component: Uint8Array
  /** Content of `<name>.json`, when there is one. */
  readonly manifest?: Json
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** Turns files into definitions. The catalog stores and lists plugins; only this knows WebAssembly. */
export interface PluginHost {
  /**
   * Checks a zip completely, the component in a throw-away worker. Throws `plugin_invalid` that says what is wrong and what to do.
   * `name`: the name that the request gave, with which the package must agree.
   */
  unpack(zip: Uint8Array, name?: string): Promise<PluginPackage>
  /** The same checks for files that a person copied into the plugins folder. */
  check(files: ReadonlyMap<string, Uint8Array>): Promise<PluginPackage>
  /** Definitions of a checked package, one for each kind (and each function). They run its code in workers of their rules. */
  definitions(plugin: PluginPackage): readonly Contribution[]
  /** Ends what is left of workers and connections. */
  close(): Promise<void>
}
