import { BLOCK_SIZE } from './write-buffer.ts'
import { WINDOW } from './packet-ids.ts'

const MASK = WINDOW - 1

/** Bytes of messages that wait for their acknowledgement, about at most. */
const MAX_BYTES = 16 << 20

const DUP = 8

/**
 * Messages of QoS 1 from `publish` to their acknowledgement. What is kept is the packet itself, in a block with its neighbours: sending
 * again is writing the same bytes. Message n has slot n modulo WINDOW, and its packet id says the slot.
 */
export class InFlight {
  /** Where the next packet goes in the block; whoever has reserved room moves it on by `add`. */
  end = 0
  /** Messages below are acknowledged, all of them. */
  first = 0
  /** Messages below have been written on this connection. */
  sent = 0
  /** Number of the next message. */
  next = 0
  /** Written, but not acknowledged, on this connection. */
  unacknowledged = 0
  resent = 0
  /** Messages below have been written on some connection. */
  #written = 0
  #bytes = 0
  #block: Buffer = Buffer.alloc(0)
  #blocks: (Buffer | undefined)[] = []
  #starts = new Uint32Array(0)
  #sizes = new Uint32Array(0)

  get full(): boolean {
    return this.next - this.first >= WINDOW || this.#bytes > MAX_BYTES
  }

  /** There is room for more than a few. */
  get roomy(): boolean {
    return this.next - this.first <= WINDOW / 2 && this.#bytes <= MAX_BYTES / 2
  }

  get length(): number {
    return this.next - this.first
  }

  get slot(): number {
    return this.next & MASK
  }

  /** Memory with room for `size` bytes from `end` on. */
  reserve(size: number): Buffer {
    if (this.end + size > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_SIZE, size))
      this.end = 0
    }
    return this.#block
  }

  /** The packet from `start` to `end` is the next message; returns its number, from 1. */
  add(start: number, end: number): number {
    if (this.#starts.length === 0) {
      this.#starts = new Uint32Array(WINDOW)
      this.#sizes = new Uint32Array(WINDOW)
      this.#blocks = Array.from({ length: WINDOW }, () => undefined)
    }
    const { slot } = this
    this.#blocks[slot] = this.#block
    this.#starts[slot] = start
    this.#sizes[slot] = end - start
    this.#bytes += end - start
    this.end = end
    return ++this.next
  }

  /** Frees the slot. Returns the number of the message, 0 when there was none: acknowledged twice, or never ours. */
  acknowledge(id: number): number {
    const slot = id & MASK
    const message = this.first + ((slot - this.first) & MASK)
    if (message >= this.next || this.#blocks[slot] === undefined) return 0
    if (message < this.sent) this.unacknowledged--
    this.#blocks[slot] = undefined
    this.#bytes -= this.#sizes[slot] ?? 0
    while (this.first < this.next && this.#blocks[this.first & MASK] === undefined) this.first++
    if (this.sent < this.first) this.sent = this.first
    return message + 1
  }

  /** A new connection: everything unacknowledged goes again. DUP belongs to a session that goes on; for a new one they are new messages. */
  restart(sessionPresent: boolean): void {
    this.unacknowledged = 0
    this.#written = Math.max(this.#written, this.sent)
    for (let message = this.first; message < this.next; message++) {
      const slot = message & MASK
      const block = this.#blocks[slot]
      if (block === undefined) continue
      const at = this.#starts[slot] ?? 0
      // what was never written is no duplicate
      if (message < this.#written) this.resent++
      block[at] = sessionPresent && message < this.#written ? (block[at] ?? 0) | DUP : (block[at] ?? 0) & ~DUP
    }
    this.sent = this.first
  }

  /** The next packets to write, as many as lie side by side and as `quota` allows; undefined: there are none. */
  run(quota: number): Buffer | undefined {
    while (this.sent < this.next && this.#blocks[this.sent & MASK] === undefined) this.sent++
    const block = this.#blocks[this.sent & MASK]
    if (block === undefined || this.sent >= this.next || this.unacknowledged >= quota) return undefined
    const start = this.#starts[this.sent & MASK] ?? 0
    let end = start
    for (let slot = this.sent & MASK; this.#continues(slot, block, end) && this.unacknowledged < quota; slot = this.sent & MASK) {
      end += this.#sizes[slot] ?? 0
      this.sent++
      this.unacknowledged++
    }
    return block.subarray(start, end)
  }

  #continues(slot: number, block: Buffer, end: number): boolean {
    return this.sent < this.next && this.#blocks[slot] === block && this.#starts[slot] === end
  }
}
