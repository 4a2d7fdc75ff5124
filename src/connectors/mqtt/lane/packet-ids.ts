/** How many messages of QoS 1 the lane may have in flight; a power of two. */
export const WINDOW = 0x4000

/** Packet ids from here to 65535 are the lane's, those below mqtt.js's: whose an acknowledgement is takes one comparison. */
export const FIRST_LANE_ID = 0x10000 - WINDOW

/** mqtt.js's share of the ids. It calls `clear` at every CONNACK, which must not touch the lane's: hence the split. */
export class SessionIds {
  readonly #used = new Set<number>()
  #last = 0

  allocate(): number | null {
    if (this.#used.size >= FIRST_LANE_ID - 1) return null
    do this.#last = (this.#last % (FIRST_LANE_ID - 1)) + 1
    while (this.#used.has(this.#last))
    this.#used.add(this.#last)
    return this.#last
  }

  getLastAllocated(): number | null {
    return this.#last === 0 ? null : this.#last
  }

  register(id: number): boolean {
    if (id >= FIRST_LANE_ID || this.#used.has(id)) return false
    this.#used.add(id)
    return true
  }

  deallocate(id: number): void {
    this.#used.delete(id)
  }

  clear(): void {
    this.#used.clear()
  }
}
