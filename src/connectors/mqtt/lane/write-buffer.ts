/** Size of a buffer in which packets are put together. */
export const BLOCK_SIZE = 64 * 1024

/** What takes the bytes: the lane's connection, when there is one. */
export interface Target {
  /** Bytes that were written but not taken by the system. */
  readonly waiting: number
  readonly ready: boolean
  write(bytes: Buffer): void
}

/** Gathers packets that need not be kept (QoS 0, acknowledgements) so that one turn of the event loop is one write. */
export class WriteBuffer {
  /** Where the next byte goes; whoever has reserved room moves it on. */
  end = 0
  readonly #target: Target
  readonly #schedule: () => void
  #bytes: Buffer = Buffer.allocUnsafeSlow(BLOCK_SIZE)
  #start = 0

  constructor(target: Target, schedule: () => void) {
    this.#target = target
    this.#schedule = schedule
  }

  /** Memory with room for `size` bytes from `end` on. */
  reserve(size: number): Buffer {
    if (this.end + size > this.#bytes.length) {
      this.write()
      if (this.end + size > this.#bytes.length) this.#replace(size)
    }
    return this.#bytes
  }

  /** Has everything written at the end of this turn. */
  schedule(): void {
    this.#schedule()
  }

  write(): void {
    if (this.end === this.#start || !this.#target.ready) return
    this.#target.write(this.#bytes.subarray(this.#start, this.end))
    // when the system has taken everything at once the memory is free again
    if (this.#target.waiting === 0) this.end = 0
    this.#start = this.end
  }

  /** Forgets what was not written: it belonged to a connection that is gone. */
  clear(): void {
    this.#start = this.end = 0
    this.#bytes = Buffer.allocUnsafeSlow(BLOCK_SIZE)
  }

  #replace(size: number): void {
    const rest = this.#bytes.subarray(this.#start, this.end)
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(BLOCK_SIZE, rest.length + size))
    rest.copy(this.#bytes)
    this.#start = 0
    this.end = rest.length
  }
}
