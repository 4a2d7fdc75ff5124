/** The part of the WebAssembly JavaScript API that the host uses; Node's own types leave it out. */
declare namespace WebAssembly {
  type ExternKind = 'function' | 'global' | 'memory' | 'table' | 'tag'
  type Exports = Readonly<Record<string, unknown>>
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>

  class Module {
    constructor(bytes: Uint8Array)
    static imports(module: Module): readonly { readonly module: string; readonly name: string; readonly kind: ExternKind }[]
    static exports(module: Module): readonly { readonly name: string; readonly kind: ExternKind }[]
  }
  class Instance {
    constructor(module: Module, imports?: Imports)
    readonly exports: Exports
  }
  class Memory {
    readonly buffer: ArrayBuffer
  }
  /** In the background. */
  function compile(bytes: Uint8Array): Promise<Module>
  class RuntimeError extends Error {}
  class CompileError extends Error {}
  class LinkError extends Error {}
  /** An import whose promise suspends the guest (JavaScript Promise Integration). */
  const Suspending: new (func: (...args: never[]) => Promise<unknown>) => object
  /** An export that may suspend; gives a promise. */
  function promising(func: (...args: never[]) => unknown): (...args: unknown[]) => Promise<unknown>
}
