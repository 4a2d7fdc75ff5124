import { isUtf8 } from 'node:buffer'
import { GuestTrap } from './trap.ts'

export type Realloc = (oldAt: number, oldSize: number, align: number, newSize: number) => unknown

const SHORT = 24

/**
 * A guest's linear memory. `bytes` and `view` are valid until the next call into the guest: whoever calls it says `refresh` afterwards;
 * `allocate` does so itself. Everything that a guest names (addresses, counts) is checked before it is used.
 */
export class GuestMemory {
  bytes: Uint8Array
  view: DataView
  readonly #memory: WebAssembly.Memory
  readonly #realloc: Realloc

  constructor(memory: WebAssembly.Memory, realloc: Realloc) {
    this.#memory = memory
    this.#realloc = realloc
    this.bytes = new Uint8Array(memory.buffer)
    this.view = new DataView(memory.buffer)
  }

  /** Growing detaches the old buffer, whose views then have no length. */
  refresh(): void {
    if (this.bytes.length !== 0) return
    const { buffer } = this.#memory
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
  }

  /** Memory of the guest's own, from its `cabi_realloc`. */
  allocate(size: number, align: number): number {
    if (size === 0) return align
    const given = this.#realloc(0, 0, align, size)
    const at = typeof given === 'number' ? given >>> 0 : 0
    this.refresh()
    this.checkRange(at, size, align)
    return at
  }

  checkRange(at: number, size: number, align: number): void {
    if (at + size > this.bytes.length) {
      throw new GuestTrap(`the guest named ${size} bytes at address ${at}, but its memory has ${this.bytes.length}`)
    }
    if ((at & (align - 1)) !== 0) throw new GuestTrap(`the guest named address ${at}, which is not a multiple of ${align}`)
  }

  /** Copies `size` bytes of `source` in, from its index `from` on; gives their address. */
  put(source: Uint8Array, from: number, size: number, align: number): number {
    const at = this.allocate(size, align)
    const { bytes } = this
    if (size > SHORT) bytes.set(source.subarray(from, from + size), at)
    else for (let i = 0; i < size; i++) bytes[at + i] = source[from + i] ?? 0
    return at
  }

  /** Stores what stands for a string or a list. */
  putPair(at: number, address: number, count: number): void {
    this.view.setUint32(at, address, true)
    this.view.setUint32(at + 4, count, true)
  }

  /** A range of bytes, not copied: valid until the next call into the guest. */
  range(at: number, size: number, align = 1): Uint8Array {
    this.checkRange(at, size, align)
    return this.bytes.subarray(at, at + size)
  }

  /** As `range`, of UTF-8. */
  text(at: number, size: number): Uint8Array {
    const bytes = this.range(at, size)
    if (!isUtf8(bytes)) throw new GuestTrap('the guest gave text that is not UTF-8')
    return bytes
  }
}
