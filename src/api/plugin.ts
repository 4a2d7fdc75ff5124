import type { Json } from '../config/field.ts'
import type { PluginLimitsGiven } from '../config/plugin-limits.ts'
import type { PlutinoError } from '../base/errors.ts'
import type { Contribution, PayloadKind } from './definition.ts'
import type { Parameter, TypeName } from './function.ts'

export type PluginKind = 'source' | 'sink' | 'function'

/** What a source says about itself, whatever its configuration. */
export interface SourceDescription {
  readonly payload: PayloadKind
  /** It can go on from an offset. */
  readonly resumes: boolean
}

/** A function as its component declares it. */
export interface PluginFunction {
  /** As the component spells it; matched without regard to case. */
  readonly name: string
  readonly doc: string
  /** The interface of the WIT that has it, and its place there. */
  readonly interface: 'scalar' | 'aggregate'
  readonly index: number
  readonly params: readonly Parameter[]
  readonly returns: TypeName
  /** `null`: the result is null when an argument is, and the function is not called. */
  readonly nulls: 'null' | 'call'
  readonly effect: 'pure' | 'volatile' | 'stateful'
  /** Of aggregates: rows can be taken out; groups can be put together. */
  readonly removes?: boolean
  readonly merges?: boolean
}

/** What is known of the signature of a package. */
export interface PluginSigning {
  /** `yes`: the package is as the owner of the key signed it. Whether that key is trusted is for the reader to say. */
  readonly signed: 'yes' | 'no'
  /** Fingerprint of the key. */
  readonly signedBy?: string
}

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
  readonly source?: SourceDescription
  readonly functions?: readonly PluginFunction[]
  /** Absent in what was installed before packages could be signed. */
  readonly signing?: PluginSigning
}

/** A checked package: every file that is to be stored, by its name inside the zip. Nothing in it has been run yet. */
export interface PluginPackage {
  readonly description: PluginDescription
  /** The WebAssembly component. */
  readonly component: Uint8Array
  /** Content of `<name>.json`, when there is one. */
  readonly manifest?: Json
  readonly files: ReadonlyMap<string, Uint8Array>
  /**
   * What the installer lets it do: `db`, `http`, `tcp`, alone or with a place: `http:https://api.example/*`, `tcp:plc.example:502`. Absent:
   * whatever it imports and its manifest names.
   */
  readonly allow?: readonly string[]
}

/** A plugin at work in one node of one rule. Counts go over all instances and versions since the node started. */
export interface PluginUse {
  /** Id of the rule; of a shared stream, `$stream/<name>`. */
  readonly rule: string
  readonly node: string
  readonly plugin: string
  /** The version that runs there now. */
  readonly version: string
  readonly calls: number
  /** Microseconds of all calls. */
  readonly micros: number
  /** Calls that ended their instance: traps, limits. */
  readonly traps: number
  /** Instances after the first. */
  readonly restarts: number
  /** Memory of the guest, in bytes. */
  readonly memoryBytes: number
  /** Which version failed its first calls here and why, the last time; empty: none. */
  readonly lastRollback: string
  /** Those of the plugin, narrowed by the rule. */
  readonly limits: PluginLimitsShown
}

/** Limits of a plugin, by name: those of the server, narrowed by its manifest. Bytes, milliseconds, counts. */
export interface PluginLimitsShown {
  readonly memory: number
  readonly callTimeout: number
  readonly waitTimeout: number
  readonly totalWaitTimeout: number
  /** A second. */
  readonly hostCalls: number
  readonly payload: number
  readonly state: number
  readonly logLines: number
  readonly instances: number
  readonly connections: number
}

/** Rules that run one version of a plugin, about to run another one. One of the two functions must be called. */
export interface PluginMove {
  /** Definitions of the old version that the new one does not replace one to one: rules that use them must start anew. */
  readonly restart: readonly Contribution[]
  /** Moves every node between two of its calls. Rejects with `plugin_invalid` when one cannot; then all go on with the old version. */
  commit(): Promise<void>
  cancel(): Promise<void>
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
  /** Throws `plugin_invalid` when it needs more than its `allow`, `config_invalid` when that says nothing that is known. */
  checkAllowed(plugin: PluginPackage): void
  /** Definitions of a checked package, one for each kind (and each function). They run its code in workers of their rules. */
  definitions(plugin: PluginPackage): readonly Contribution[]
  /**
   * Starts the version `to` beside the version `from`, wherever that runs. Rejects with `plugin_invalid` when it does not start somewhere.
   * `failed`: called once, when first calls of `to` have failed after the move and the node has gone back to `from`: the others are to be moved back.
   */
  move(from: readonly Contribution[], to: readonly Contribution[], failed?: (error: PlutinoError) => void): Promise<PluginMove>
  /** Where definitions of a plugin are at work. */
  uses(of: readonly Contribution[]): readonly PluginUse[]
  limits(plugin: PluginPackage): PluginLimitsShown
  /** Asked at every start of an instance: to what a rule narrows the limits of the plugins that it uses. */
  ruleLimits(of: (rule: string) => PluginLimitsGiven | undefined): void
  /** Ends what is left of workers and connections. */
  close(): Promise<void>
}
