import { type CoreFunction, importAbi, liftingResult, loweringParams } from '../abi/calls.ts'
import type { Flat, Guest } from '../abi/guest.ts'
import { GuestMemory } from '../abi/guest-memory.ts'
import { Resources } from '../abi/resources.ts'
import { GuestTrap } from '../abi/trap.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import { waits } from '../imports/host-import.ts'
import type { Contract } from '../wit/contract.ts'
import type { WitFunction, WitInterface } from '../wit/model.ts'
import type { Component, ComponentHost } from './component.ts'

interface Export {
  readonly run: (wire: WireReader, out: WireWriter) => void | Promise<void>
}

/** One instance of a plugin's core module behind our own canonical ABI. */
export class GuestInstance implements Component {
  readonly #contract: Contract
  readonly #host: ComponentHost
  readonly #limit: number
  readonly #exports: WebAssembly.Exports
  readonly #guest: Guest
  readonly #waits: boolean
  readonly #bound = new Map<string, Map<string, Export>>()
  /** Of results: calls do not overlap. */
  readonly #out: WireWriter
  /** What the host threw into the guest: it ends the call even if the guest catches it. */
  #thrown: { readonly error: unknown } | undefined

  /** `limit`: how many bytes one call may bring or return. Runs the module's start code. */
  constructor(module: WebAssembly.Module, contract: Contract, host: ComponentHost, limit: number) {
    this.#contract = contract
    this.#host = host
    this.#limit = limit
    this.#out = new WireWriter(limit, 256)
    const needed = WebAssembly.Module.imports(module)
    this.#waits = needed.some((one) => waits(contract.byId(one.module)?.name ?? '', one.name))
    let guest: Guest | undefined
    const imports = this.#imports(needed, () => {
      if (guest === undefined)
        throw new GuestTrap('the guest called the host before its memory was ready: its start code must be exported as _initialize')
      return guest
    })
    this.#exports = new WebAssembly.Instance(module, imports).exports
    const { memory } = this.#exports
    const realloc = this.#core('cabi_realloc')
    if (!(memory instanceof WebAssembly.Memory)) throw new GuestTrap('the core module exports no memory')
    if (realloc === undefined) throw new GuestTrap('the core module exports no cabi_realloc')
    guest = { memory: new GuestMemory(memory, realloc), resources: new Resources() }
    this.#guest = guest
    this.#core('_initialize')?.()
    this.#checkThrown()
  }

  get memoryBytes(): number {
    this.#guest.memory.refresh()
    return this.#guest.memory.bytes.length
  }

  call(interfaceName: string, functionName: string, args: Uint8Array): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    const found = this.#bound.get(interfaceName)?.get(functionName) ?? this.#remember(interfaceName, functionName)
    const out = this.#out
    out.restart()
    const done = found.run(new WireReader(args), out)
    return done === undefined ? out.written() : done.then(() => out.written())
  }

  /** Remembers what `work` throws: a guest with exceptions of its own may catch it, and go on as if nothing had been. */
  #noting<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      this.#thrown ??= { error }
      throw error
    }
  }

  #checkThrown(): void {
    if (this.#thrown !== undefined) throw this.#thrown.error
  }

  #remember(interfaceName: string, functionName: string): Export {
    const bound = this.#bind(interfaceName, this.#contract.function(interfaceName, functionName))
    const known = this.#bound.get(interfaceName) ?? new Map<string, Export>()
    this.#bound.set(interfaceName, known.set(functionName, bound))
    return bound
  }

  #core(name: string): CoreFunction | undefined {
    const found = Object.hasOwn(this.#exports, name) ? this.#exports[name] : undefined
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an exported wasm function takes and gives core values
    return typeof found === 'function' ? (found as CoreFunction) : undefined
  }

  /** As the plugin spells it, which may have been built against an earlier version. */
  #idOf(interfaceName: string): string {
    const ids = new Set(Object.keys(this.#exports).map((name) => name.replace(/#.*$/, '')))
    return this.#contract.idIn(ids, interfaceName) ?? this.#contract.id(interfaceName)
  }

  #bind(interfaceName: string, signature: WitFunction): Export {
    const name = `${this.#idOf(interfaceName)}#${signature.name}`
    const core = this.#core(name)
    if (core === undefined) throw new GuestTrap(`the plugin does not export ${name}`)
    const post = this.#core(`cabi_post_${name}`)
    const lower = loweringParams(signature)
    const lift = liftingResult(signature)
    const guest = this.#guest
    const finish = (returned: unknown, out: WireWriter): void => {
      this.#checkThrown()
      guest.memory.refresh()
      lift(returned, guest, out)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- post-return takes what the function returned
      post?.(...(signature.result === undefined ? [] : [returned as Flat]))
      this.#checkThrown()
    }
    if (!this.#waits) return { run: (wire, out) => finish(core(...lower(wire, guest)), out) }
    const suspendable = WebAssembly.promising(core)
    return { run: async (wire, out) => finish(await suspendable(...lower(wire, guest)), out) }
  }

  #imports(needed: ReturnType<typeof WebAssembly.Module.imports>, guest: () => Guest): WebAssembly.Imports {
    const imports: Record<string, Record<string, unknown>> = Object.create(null)
    for (const { module, name } of needed) {
      const known = this.#contract.byId(module)
      if (known === undefined) throw new GuestTrap(`the plugin needs ${module}, which the host does not offer`)
      const functions = (imports[module] ??= {})
      functions[name] = this.#import(known, name, guest)
    }
    return imports
  }

  #import(known: WitInterface, name: string, guest: () => Guest): unknown {
    const drop = '[resource-drop]'
    if (name.startsWith(drop) && known.resources.includes(name.slice(drop.length))) {
      return (handle: number): void =>
        this.#noting(() => this.#host.drop(known.name, guest().resources.take(handle >>> 0, name.slice(drop.length))))
    }
    const direct = this.#host.direct.get(`${known.name}.${name}`)
    if (direct !== undefined) return direct
    const { liftParams, lowerResult } = importAbi(this.#contract.function(known.name, name), this.#limit)
    const full = `${known.name}.${name}`
    if (waits(known.name, name)) {
      return new WebAssembly.Suspending(async (...flats: Flat[]) => {
        try {
          const answer = await this.#host.wait(known.name, name, liftParams(flats, guest()).take())
          return lowerResult(WireReader.of(answer), flats, guest())
        } catch (error) {
          this.#thrown ??= { error }
          throw error
        }
      })
    }
    const answer = this.#host.functions.get(full)
    if (answer === undefined) throw new GuestTrap(`the plugin needs ${full}, which the host does not offer`)
    const result = new WireWriter(this.#limit, 64)
    return (...flats: Flat[]): Flat | undefined =>
      this.#noting(() => {
        const caller = guest()
        const args = new WireReader(liftParams(flats, caller).written())
        result.restart()
        answer(args, result)
        return lowerResult(new WireReader(result.written()), flats, caller)
      })
  }
}
