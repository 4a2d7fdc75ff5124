/** What a plugin's thread runs, ready to be posted to it. */
export type GuestCode = OwnCode | TranslatedCode

/** One core module, for our own canonical ABI. */
interface OwnCode {
  readonly kind: 'own'
  readonly module: WebAssembly.Module
}

/** A component of any shape: JavaScript that jco generated ties its core modules together. */
export interface TranslatedCode {
  readonly kind: 'translated'
  readonly script: string
  /** By the names that the script calls them. */
  readonly modules: ReadonlyMap<string, WebAssembly.Module>
  /** Names of the modules that own a memory: each may be instantiated once. */
  readonly owners: readonly string[]
}
