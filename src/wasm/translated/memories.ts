import { GuestTrap } from '../abi/trap.ts'
import type { TranslatedCode } from '../guest/code.ts'

/** How many core instances one component may make. */
const MOST_INSTANCES = 64

/** Makes the core instances of one component, and knows their memories. */
export class GuestMemories {
  readonly #code: TranslatedCode
  readonly #memories = new Set<WebAssembly.Memory>()
  readonly #owning = new Set<WebAssembly.Module>()
  #instances = 0

  constructor(code: TranslatedCode) {
    this.#code = code
    this.#owners = new Set(code.owners.map((name) => this.module(name)))
  }

  readonly #owners: ReadonlySet<WebAssembly.Module>

  get bytes(): number {
    let sum = 0
    for (const memory of this.#memories) sum += memory.buffer.byteLength
    return sum
  }

  module(name: string): WebAssembly.Module {
    const found = this.#code.modules.get(name)
    if (found === undefined) throw new GuestTrap(`the component has no module ${name}`)
    return found
  }

  /** Each memory has its limit: a module must not bring it twice. */
  instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
    if (++this.#instances > MOST_INSTANCES) throw new GuestTrap(`the component has more than ${MOST_INSTANCES} core instances`)
    if (this.#owners.has(module)) {
      if (this.#owning.has(module)) throw new GuestTrap('the component makes the same memory twice')
      this.#owning.add(module)
    }
    const instance = new WebAssembly.Instance(module, imports)
    for (const one of Object.values(instance.exports)) if (one instanceof WebAssembly.Memory) this.#memories.add(one)
    return instance
  }
}
