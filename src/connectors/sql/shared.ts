interface Entry<T> {
  readonly resource: Promise<T>
  users: number
}

/** Things that are opened once per address, whoever asks, and closed when their last user gives them back. */
export class SharedByAddress<A, T> {
  readonly #open: (address: A) => Promise<T>
  readonly #end: (resource: T) => Promise<void>
  readonly #keep: (address: A) => boolean
  readonly #entries = new Map<string, Entry<T>>()

  /** `keep`: those of this address stay open until `close`. */
  constructor(open: (address: A) => Promise<T>, end: (resource: T) => Promise<void>, keep: (address: A) => boolean = () => false) {
    this.#open = open
    this.#end = end
    this.#keep = keep
  }

  /** Opens it if nobody has. An attempt that failed is forgotten. */
  async take(address: A): Promise<T> {
    const key = JSON.stringify(address)
    const entry = this.#entries.get(key) ?? { resource: this.#open(address), users: 0 }
    this.#entries.set(key, entry)
    entry.users++
    try {
      return await entry.resource
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
      throw error
    }
  }

  async giveBack(address: A): Promise<void> {
    const key = JSON.stringify(address)
    const entry = this.#entries.get(key)
    if (entry === undefined || --entry.users > 0 || this.#keep(address)) return
    this.#entries.delete(key)
    await this.#end(await entry.resource)
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.allSettled(entries.map(async (entry) => this.#end(await entry.resource)))
  }
}
