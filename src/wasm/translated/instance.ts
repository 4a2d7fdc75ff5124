import { GuestTrap } from '../abi/trap.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import type { TranslatedCode } from '../guest/code.ts'
import type { Component, ComponentHost } from '../guest/component.ts'
import { camelCase, codecOf, type WitCodec, type WitValue } from '../values/codec.ts'
import type { Contract } from '../wit/contract.ts'
import { hostImports } from './host-imports.ts'
import { GuestMemories } from './memories.ts'
import { wasiImports } from './wasi.ts'

/** What the translator's script exports. */
interface Script {
  readonly instantiate: (
    module: (name: string) => WebAssembly.Module,
    imports: Readonly<Record<string, unknown>>,
    instantiate: (module: WebAssembly.Module, imports: WebAssembly.Imports) => WebAssembly.Instance,
  ) => Readonly<Record<string, unknown>>
}

type Call = (...args: readonly WitValue[]) => unknown

interface Export {
  readonly call: Call
  readonly params: readonly WitCodec[]
  readonly ok: WitCodec | undefined
  /** Undefined for functions whose type is no `result`. */
  readonly err: WitCodec | undefined
}

/** Text is decoded as the component model has it: a byte order mark stays, and what is no UTF-8 is a trap. */
const PRELUDE = `class TextDecoder extends globalThis.TextDecoder {
  constructor(encoding) { super(encoding, { fatal: true, ignoreBOM: true }) }
}
`

/** One instance of a component as jco translates it. */
export class TranslatedInstance implements Component {
  readonly #contract: Contract
  readonly #exports: Readonly<Record<string, unknown>>
  readonly #memories: GuestMemories
  readonly #bound = new Map<string, Export>()
  /** Of results: calls do not overlap. */
  readonly #out: WireWriter

  private constructor(contract: Contract, exports: Readonly<Record<string, unknown>>, memories: GuestMemories, limit: number) {
    this.#contract = contract
    this.#exports = exports
    this.#memories = memories
    this.#out = new WireWriter(limit, 256)
  }

  /** `limit`: how many bytes one call may bring or return. Runs the component's start code. */
  static async start(code: TranslatedCode, contract: Contract, host: ComponentHost, limit: number): Promise<TranslatedInstance> {
    // a thread loads one script, so that what the engine keeps of it ends with the thread
    const url = `data:text/javascript;base64,${Buffer.from(PRELUDE + code.script).toString('base64')}`
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the translator makes in this mode
    const script = (await import(url)) as Script
    const memories = new GuestMemories(code)
    const own = hostImports(contract, host, limit)
    const exports = script.instantiate(
      (name) => memories.module(name),
      { ...wasiImports((level, text) => own.print(level, text)), ...own.imports },
      (module, imports) => memories.instantiate(module, imports),
    )
    return new TranslatedInstance(contract, exports, memories, limit)
  }

  get memoryBytes(): number {
    return this.#memories.bytes
  }

  call(interfaceName: string, functionName: string, args: Uint8Array): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    const bound = this.#bind(interfaceName, functionName)
    const wire = new WireReader(args)
    const values = bound.params.map((param) => param.read(wire))
    let returned: unknown
    try {
      returned = bound.call(...values)
    } catch (error) {
      return this.#failed(bound, error)
    }
    if (!(returned instanceof Promise)) return this.#succeeded(bound, returned)
    return returned.then(
      (value: unknown) => this.#succeeded(bound, value),
      (error: unknown) => this.#failed(bound, error),
    )
  }

  #bind(interfaceName: string, functionName: string): Export {
    const key = `${interfaceName}.${functionName}`
    const known = this.#bound.get(key)
    if (known !== undefined) return known
    const id = this.#contract.idIn(Object.keys(this.#exports), interfaceName) ?? ''
    const found = memberOf(memberOf(this.#exports, id), camelCase(functionName))
    if (typeof found !== 'function') throw new GuestTrap(`the plugin does not export ${key}`)
    const { params, result } = this.#contract.function(interfaceName, functionName)
    const type = result?.kind === 'result' ? result : { ok: result, err: undefined }
    const bound: Export = {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the translator's functions take and give values of the WIT
      call: found as Call,
      params: params.map((param) => codecOf(param.type)),
      ok: type.ok === undefined ? undefined : codecOf(type.ok),
      err: type.err === undefined ? undefined : codecOf(type.err),
    }
    this.#bound.set(key, bound)
    return bound
  }

  #succeeded({ ok, err }: Export, value: unknown): Uint8Array<ArrayBuffer> {
    const out = this.#out
    out.restart()
    if (err !== undefined) out.u8(0)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the translator's functions give values of the WIT
    ok?.write(out, value as WitValue)
    return out.written()
  }

  /** An error of the WIT is thrown as it is; a trap or a mistake of the host as an Error. */
  #failed({ err }: Export, error: unknown): Uint8Array<ArrayBuffer> {
    if (err === undefined || error instanceof Error) throw error
    const out = this.#out
    out.restart()
    out.u8(1)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
    err.write(out, error as WitValue)
    return out.written()
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
