import { GuestTrap } from '../abi/trap.ts'
import { WireReader, WireWriter } from '../abi/wire.ts'
import type { StateEntry } from '../guest/messages.ts'
import { guestText } from '../values/guest-text.ts'
import type { HostFunction } from './host-import.ts'

/** What an entry takes beside its key and its value. */
const ENTRY_BYTES = 64

/** The `state` import: values stay in wire form, the changes of a call go back with its result. `intTag`: discriminant of `value.int`; `limit`: bytes. */
export class GuestState {
  readonly #values = new Map<string, Uint8Array>()
  readonly #changed = new Set<string>()
  readonly #intTag: number
  readonly #limit: number
  #bytes = 0

  constructor(entries: readonly StateEntry[], intTag: number, limit: number) {
    this.#intTag = intTag
    this.#limit = limit
    for (const [key, value] of entries) this.#set(key, value)
  }

  readonly functions: ReadonlyMap<string, HostFunction> = new Map<string, HostFunction>([
    ['state.get', (args, result) => this.#get(args.text(), result)],
    ['state.put', (args) => this.#change(args.text(), new Uint8Array(args.raw(args.bytes.length - args.at)))],
    ['state.delete', (args) => this.#change(args.text(), undefined)],
    ['state.increment', (args, result) => result.u64(this.#increment(args.text(), args.s64()))],
    ['state.keys', (args, result) => this.#keys(args.text(), result)],
  ])

  /** Forgets everything, also changes, and goes on with `entries`. */
  replace(entries: readonly StateEntry[]): void {
    this.#values.clear()
    this.#changed.clear()
    this.#bytes = 0
    for (const [key, value] of entries) this.#set(key, value)
  }

  /** What changed since the last call of this. */
  takeChanges(): readonly StateEntry[] {
    if (this.#changed.size === 0) return []
    const changes = [...this.#changed].map((key): StateEntry => [key, this.#values.get(key)])
    this.#changed.clear()
    return changes
  }

  #get(key: string, result: WireWriter): void {
    const value = this.#values.get(key)
    result.u8(value === undefined ? 0 : 1)
    if (value !== undefined) result.raw(value)
  }

  #keys(prefix: string, result: WireWriter): void {
    const found = [...this.#values.keys()].filter((key) => key.startsWith(prefix))
    result.u32(found.length)
    for (const key of found) result.text(key)
  }

  #increment(key: string, by: bigint): bigint {
    const before = this.#values.get(key)
    let sum = by
    if (before !== undefined) {
      const wire = new WireReader(before)
      if (wire.u8() !== this.#intTag) throw new GuestTrap(`the guest incremented the state "${guestText(key, 100)}", which is not an int`)
      sum = BigInt.asIntN(64, wire.s64() + by)
    }
    const wire = new WireWriter(16, 16)
    wire.u8(this.#intTag)
    wire.u64(BigInt.asUintN(64, sum))
    this.#change(key, wire.take())
    return BigInt.asUintN(64, sum)
  }

  #change(key: string, value: Uint8Array | undefined): void {
    this.#set(key, value)
    this.#changed.add(key)
    if (this.#bytes > this.#limit) throw new GuestTrap(`the guest keeps more than ${this.#limit} bytes of state`)
  }

  #set(key: string, value: Uint8Array | undefined): void {
    const before = this.#values.get(key)
    if (before !== undefined) this.#bytes -= before.length + key.length + ENTRY_BYTES
    if (value === undefined) this.#values.delete(key)
    else {
      this.#values.set(key, value)
      this.#bytes += value.length + key.length + ENTRY_BYTES
    }
  }
}
