import { instantiateSync } from '@assemblyscript/loader'
import { readFileSync } from 'node:fs'
import type { Flat } from '../../wit/layout.ts'
import type { Function, Interface, Package, Type } from '../../wit/model.ts'
import { readWit } from '../../wit/read.ts'
import { GuestMemory, type WitValue } from './memory.ts'

/** Host functions: `{ 'state.get': (key) => …, 'connection.open': (source) => …, 'connection.exec': (self, sql, params) => … }`. */
export type HostFunctions = Readonly<Record<string, (...args: WitValue[]) => WitValue>>

export interface TestPlugin {
  /** `call('sink.configure', '{}')`; a WIT `result` comes as `{ tag: 'ok' | 'err', val }`. A trap is thrown as it is. */
  call(name: string, ...args: WitValue[]): WitValue
  readonly exports: Readonly<Record<string, unknown>>
  readonly memory: WebAssembly.Memory
  /** Resources that the guest has not dropped. */
  openHandles(): number
}

const pkg = readWit(readFileSync(new URL('../assembly/generated/plugin.wit', import.meta.url), 'utf8'))

/**
 * Runs the core module of a plugin in this thread with the given host functions, through AssemblyScript's own loader. For tests: slow, no limits,
 * and host functions must answer at once. The plugin's `log` goes to `log.log` like every other import.
 */
export function runPlugin(core: Uint8Array, functions: HostFunctions): TestPlugin {
  let guest: GuestMemory | undefined
  const memory = (): GuestMemory => {
    if (guest === undefined) throw new Error('the guest called the host before it was ready')
    return guest
  }
  const { instance } = instantiateSync(new Uint8Array(core), importsOf(core, functions, memory))
  // The loader's own view takes the # in our names for a class and its method.
  const exports: Record<string, unknown> = instance.exports
  const own = exports['memory']
  if (!(own instanceof WebAssembly.Memory)) throw new Error('the module exports no memory')
  const allocate = asFunction(exports['cabi_realloc'])
  guest = new GuestMemory(pkg, own, (alignment, size) => Number(allocate(0, 0, alignment, size)))
  asFunction(exports['_initialize'])()
  const abi = guest
  return {
    exports,
    memory: own,
    openHandles: () => abi.handles.open,
    call(name, ...args) {
      const [interface_, f] = find(pkg, name)
      const local = `${interface_.id}#${f.name}`
      const flat = f.params.flatMap((p, i) => lowerFlat(abi, p.type, args[i]))
      const raw: unknown = asFunction(exports[local])(...flat)
      const lifted = f.result === undefined ? undefined : liftResult(abi, f.result, raw)
      asFunction(exports[`cabi_post_${local}`])(...(raw === undefined ? [] : [raw]))
      return lifted
    },
  }
}

type Callable = (...args: unknown[]) => unknown

function asFunction(value: unknown): Callable {
  if (typeof value !== 'function') throw new Error('the module lacks an export that the component model needs')
  return (...args) => Reflect.apply(value, undefined, args)
}

function importsOf(core: Uint8Array, functions: HostFunctions, memory: () => GuestMemory): Record<string, Record<string, unknown>> {
  const out: Record<string, Record<string, unknown>> = {}
  for (const { module, name } of WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(core)))) {
    const interface_ = [...pkg.interfaces.values()].find((each) => each.id === module)
    if (interface_ === undefined) throw new Error(`the plugin imports ${module}, which the WIT does not have`)
    out[module] = { ...out[module], [name]: importOf(interface_, name, functions, memory) }
  }
  return out
}

function importOf(interface_: Interface, name: string, functions: HostFunctions, memory: () => GuestMemory): Callable {
  if (name.startsWith('[resource-drop]'))
    return (handle) => functions[`${name.slice('[resource-drop]'.length)}.drop`]?.(memory().handles.drop(Number(handle)))
  const [owner, method = ''] = name.includes(']') ? name.replace(/^\[\w+\]/, '').split('.') : [interface_.name, name]
  const f = functionOf(interface_, owner ?? '', method)
  const host = functions[`${owner}.${method}`]
  return (...raw) => {
    if (host === undefined) throw new Error(`the plugin called ${owner}.${method}, which this test does not provide`)
    const abi = memory()
    const self = f.kind === 'method' ? [abi.handles.get(Number(raw[0]))] : []
    const slots = raw.slice(self.length)
    const args = f.params.map((p) => liftFlat(abi, p.type, slots.splice(0, abi.layouts.flat(p.type).length)))
    const answer = host(...self, ...args)
    if (f.result === undefined) return undefined
    if (abi.layouts.flat(f.result).length === 1) return lowerFlat(abi, f.result, answer)[0]
    abi.lower(f.result, answer, Number(slots[0]))
    return undefined
  }
}

function functionOf(interface_: Interface, owner: string, name: string): Function {
  const resource = interface_.types.get(owner)
  const found = (resource?.kind === 'resource' ? resource.functions : interface_.functions).find((f) => f.name === name)
  if (found === undefined) throw new Error(`${interface_.name} has no function ${name}`)
  return found
}

function find(from: Package, name: string): [Interface, Function] {
  const [owner = '', function_ = ''] = name.split('.')
  const interface_ = from.interfaces.get(owner)
  if (interface_ === undefined) throw new Error(`no interface ${owner}`)
  return [interface_, functionOf(interface_, owner, function_)]
}

/** Where flat slots meet memory: written to a scratch place, slot by slot. */
function lowerFlat(abi: GuestMemory, type: Type, value: WitValue): unknown[] {
  const scratch = new Scratch(abi, type)
  abi.lower(type, value, scratch.at)
  return scratch.slots()
}

function liftFlat(abi: GuestMemory, type: Type, slots: readonly unknown[]): WitValue {
  const scratch = new Scratch(abi, type)
  scratch.fill(slots)
  return abi.lift(type, scratch.at)
}

function liftResult(abi: GuestMemory, type: Type, raw: unknown): WitValue {
  return abi.layouts.flat(type).length === 1 ? liftFlat(abi, type, [raw]) : abi.lift(type, Number(raw))
}

interface Leaf {
  readonly slot: number
  readonly at: number
  readonly size: number
  readonly flat: Flat
}

/** A value in memory together with its flat slots. */
class Scratch {
  readonly at: number
  readonly #abi: GuestMemory
  readonly #type: Type
  readonly #flat: readonly Flat[]

  constructor(abi: GuestMemory, type: Type) {
    this.#abi = abi
    this.#type = type
    this.#flat = abi.layouts.flat(type)
    const { size, align } = abi.layouts.of(type)
    this.at = abi.allocate(Math.max(align, 1), Math.max(size, 1))
  }

  slots(): unknown[] {
    const out: unknown[] = this.#flat.map((flat) => (flat === 'i64' ? 0n : 0))
    this.#walk(this.#type, this.at, 0, (leaf) => {
      const { view } = this.#abi
      const bits =
        leaf.size === 8
          ? view.getBigUint64(leaf.at, true)
          : BigInt(
              leaf.size === 4 ? view.getUint32(leaf.at, true) : leaf.size === 2 ? view.getUint16(leaf.at, true) : view.getUint8(leaf.at),
            )
      out[leaf.slot] = fromBits(bits, this.#flat[leaf.slot] ?? 'i32')
      return Number(bits)
    })
    return out
  }

  fill(slots: readonly unknown[]): void {
    this.#walk(this.#type, this.at, 0, (leaf) => {
      const { view } = this.#abi
      const bits = toBits(slots[leaf.slot], this.#flat[leaf.slot] ?? 'i32')
      if (leaf.size === 8) view.setBigUint64(leaf.at, bits, true)
      else if (leaf.size === 4) view.setUint32(leaf.at, Number(bits & 0xffff_ffffn), true)
      else if (leaf.size === 2) view.setUint16(leaf.at, Number(bits & 0xffffn), true)
      else view.setUint8(leaf.at, Number(bits & 0xffn))
      return Number(bits)
    })
  }

  /** Visits the leaves of a value; the visitor answers with the number there, which picks the case of a variant. */
  #walk(type: Type, at: number, slot: number, visit: (leaf: Leaf) => number): void {
    const { layouts } = this.#abi
    const members = layouts.members(type)
    if (members !== undefined) {
      const { offsets } = layouts.sequence(members)
      let next = slot
      for (const [i, each] of members.entries()) {
        this.#walk(each, at + (offsets[i] ?? 0), next, visit)
        next += layouts.flat(each).length
      }
      return
    }
    const cases = layouts.cases(type)
    if (cases === undefined) {
      const flat = layouts.flat(type)
      const size = layouts.of(type).size / flat.length
      for (const [i, each] of flat.entries()) visit({ slot: slot + i, at: at + i * size, size, flat: each })
      return
    }
    const index = visit({ slot, at, size: layouts.discriminant(type), flat: 'i32' })
    const payload = cases[index]
    if (payload !== undefined) this.#walk(payload, at + layouts.payload(type), slot + 1, visit)
  }
}

function fromBits(value: bigint, flat: Flat): unknown {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, value, true)
  if (flat === 'i64') return view.getBigInt64(0, true)
  if (flat === 'f64') return view.getFloat64(0, true)
  return flat === 'f32' ? view.getFloat32(0, true) : view.getInt32(0, true)
}

function toBits(value: unknown, flat: Flat): bigint {
  const view = new DataView(new ArrayBuffer(8))
  if (flat === 'i64') view.setBigInt64(0, typeof value === 'bigint' ? value : 0n, true)
  else if (flat === 'f64') view.setFloat64(0, Number(value), true)
  else if (flat === 'f32') view.setFloat32(0, Number(value), true)
  else view.setInt32(0, Number(value), true)
  return view.getBigUint64(0, true)
}
