/** Below this many dropped items it is not worth moving the others. */
const FEW = 1_024

/** First in, first out, as one stretch of an array: items that left are given back in runs, never one by one. */
export class RowQueue<T> {
  #items: T[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  /** The oldest item is at 0. */
  at(index: number): T | undefined {
    return this.#items[this.#head + index]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** The `count` oldest leave. */
  drop(count: number): void {
    this.#head += count
    if (this.#head < FEW || this.#head * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }

  /** Puts another item into the place of each. */
  change(to: (item: T) => T): void {
    this.#items = this.toArray().map(to)
    this.#head = 0
  }

  clear(): void {
    this.#items = []
    this.#head = 0
  }

  toArray(): T[] {
    return this.#items.slice(this.#head)
  }
}
