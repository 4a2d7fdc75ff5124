import type { Json } from '../config/field.ts'
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
  /** Why the signature that is there does not count. */
  readonly signatureError?: string
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
