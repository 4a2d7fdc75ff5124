import { Layouts } from '../../wit/layout.ts'
import { resolve, type Package, type Resolved, type Type } from '../../wit/model.ts'
import { camel } from '../generate/names.ts'

/**
 * Values of the WIT in JavaScript: numbers, bigint for 64 bits, strings, booleans; list: array (list<u8>: Uint8Array); record: object with camelCase keys;
 * tuple: array; enum: its name; option: undefined or the value; variant and result: `{ tag, val }`; handle: the object that stands for the resource.
 */
export type WitValue = unknown

/** Objects behind the handles that a guest holds. */
class Handles {
  readonly #objects = new Map<number, unknown>()
  #next = 1

  get open(): number {
    return this.#objects.size
  }

  add(object: unknown): number {
    const handle = this.#next++
    this.#objects.set(handle, object)
    return handle
  }

  get(handle: number): unknown {
    if (!this.#objects.has(handle)) throw new Error(`the guest used the handle ${handle}, which it does not have`)
    return this.#objects.get(handle)
  }

  drop(handle: number): unknown {
    const object = this.get(handle)
    this.#objects.delete(handle)
    return object
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

type Allocate = (alignment: number, size: number) => number

/** Reads and writes values in a guest's memory: a plain, slow form of the Canonical ABI for tests. */
export class GuestMemory {
  readonly layouts: Layouts
  readonly handles = new Handles()
  readonly #pkg: Package
  readonly #memory: WebAssembly.Memory
  readonly allocate: Allocate

  constructor(pkg: Package, memory: WebAssembly.Memory, allocate: Allocate) {
    this.#pkg = pkg
    this.#memory = memory
    this.allocate = allocate
    this.layouts = new Layouts(pkg)
  }

  get view(): DataView {
    return new DataView(this.#memory.buffer)
  }

  lift(type: Type, at: number): WitValue {
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'primitive':
        return this.#number(t.name, at)
      case 'string':
        return decoder.decode(this.#bytes(at))
      case 'list':
        return this.#liftList(t.item, at)
      case 'handle':
        return t.borrowed ? this.handles.get(this.view.getUint32(at, true)) : this.handles.drop(this.view.getUint32(at, true))
      case 'record':
        return Object.fromEntries(t.fields.map((f, i) => [camel(f.name), this.lift(f.type, at + this.#offset(type, i))]))
      case 'tuple':
        return t.items.map((item, i) => this.lift(item, at + this.#offset(type, i)))
      case 'enum':
      case 'option':
      case 'result':
      case 'variant':
        return this.#liftCase(type, t, at)
    }
  }

  lower(type: Type, value: WitValue, at: number): void {
    const t = resolve(this.#pkg, type)
    switch (t.kind) {
      case 'primitive':
        return this.#storeNumber(t.name, value, at)
      case 'string':
        return this.#storeBytes(encoder.encode(String(value)), at)
      case 'list':
        return this.#lowerList(t.item, value, at)
      case 'handle':
        return this.view.setUint32(at, this.handles.add(value), true)
      case 'record':
        return t.fields.forEach((f, i) => this.lower(f.type, member(value, camel(f.name)), at + this.#offset(type, i)))
      case 'tuple':
        return t.items.forEach((item, i) => this.lower(item, member(value, String(i)), at + this.#offset(type, i)))
      case 'enum':
      case 'option':
      case 'result':
      case 'variant':
        return this.#lowerCase(type, t, value, at)
    }
  }

  #offset(type: Type, index: number): number {
    return this.layouts.sequence(this.layouts.members(type) ?? []).offsets[index] ?? 0
  }

  #bytes(at: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.view.getUint32(at, true), this.view.getUint32(at + 4, true))
  }

  #storeBytes(bytes: Uint8Array, at: number): void {
    const p = this.allocate(1, bytes.length)
    new Uint8Array(this.#memory.buffer).set(bytes, p)
    this.view.setUint32(at, p, true)
    this.view.setUint32(at + 4, bytes.length, true)
  }

  #isByte(type: Type): boolean {
    const t = resolve(this.#pkg, type)
    return t.kind === 'primitive' && t.name === 'u8'
  }

  #liftList(item: Type, at: number): WitValue {
    if (this.#isByte(item)) return this.#bytes(at).slice()
    const start = this.view.getUint32(at, true)
    const { size } = this.layouts.of(item)
    return Array.from({ length: this.view.getUint32(at + 4, true) }, (_, i) => this.lift(item, start + i * size))
  }

  #lowerList(item: Type, value: WitValue, at: number): void {
    if (value instanceof Uint8Array) return this.#storeBytes(value, at)
    if (!Array.isArray(value)) throw new Error('a list expected')
    const { size, align } = this.layouts.of(item)
    const start = this.allocate(align, value.length * size)
    value.forEach((each, i) => this.lower(item, each, start + i * size))
    this.view.setUint32(at, start, true)
    this.view.setUint32(at + 4, value.length, true)
  }

  #names(t: Resolved): readonly string[] {
    if (t.kind === 'variant' || t.kind === 'enum') return t.cases.map((c) => c.name)
    return t.kind === 'result' ? ['ok', 'err'] : ['none', 'some']
  }

  #liftCase(type: Type, t: Resolved, at: number): WitValue {
    const index = this.view.getUint8(at)
    const payload = this.layouts.cases(type)?.[index]
    const val = payload === undefined ? undefined : this.lift(payload, at + this.layouts.payload(type))
    const tag = this.#names(t)[index]
    if (tag === undefined) throw new Error(`the guest gave case ${index} of ${t.kind}`)
    if (t.kind === 'option') return val
    return t.kind === 'enum' ? tag : { tag, val }
  }

  #lowerCase(type: Type, t: Resolved, value: WitValue, at: number): void {
    const given: WitValue = t.kind === 'option' ? { tag: value === undefined ? 'none' : 'some', val: value } : value
    const index = this.#names(t).indexOf(String(t.kind === 'enum' ? given : member(given, 'tag')))
    if (index < 0) throw new Error(`no such case: ${JSON.stringify(given)}`)
    this.view.setUint8(at, index)
    const payload = this.layouts.cases(type)?.[index]
    if (payload !== undefined) this.lower(payload, member(given, 'val'), at + this.layouts.payload(type))
  }

  #number(name: string, at: number): WitValue {
    const { view } = this
    switch (name) {
      case 'bool':
        return view.getUint8(at) !== 0
      case 'u8':
        return view.getUint8(at)
      case 'u16':
        return view.getUint16(at, true)
      case 'u32':
        return view.getUint32(at, true)
      case 'u64':
        return view.getBigUint64(at, true)
      case 's64':
        return view.getBigInt64(at, true)
      case 'f64':
        return view.getFloat64(at, true)
      default:
        throw new Error(`the test host has no ${name}`)
    }
  }

  #storeNumber(name: string, value: WitValue, at: number): void {
    const { view } = this
    switch (name) {
      case 'bool':
        return view.setUint8(at, value === true ? 1 : 0)
      case 'u8':
        return view.setUint8(at, Number(value))
      case 'u16':
        return view.setUint16(at, Number(value), true)
      case 'u32':
        return view.setUint32(at, Number(value), true)
      case 'u64':
      case 's64':
        return view.setBigInt64(at, typeof value === 'bigint' ? value : BigInt(Number(value)), true)
      case 'f64':
        return view.setFloat64(at, Number(value), true)
      default:
        throw new Error(`the test host has no ${name}`)
    }
  }
}

function member(value: WitValue, name: string): WitValue {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
