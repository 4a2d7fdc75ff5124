import type { Value } from '../../data/value.ts'

export type Key = Value

/** Numbers the keys of groups, from 0. */
export class KeyIndex {
  readonly slots = new Map<Key, number>()
  #keys: Key[] = []

  get size(): number {
    return this.#keys.length
  }

  /** The slot of a key, which gets one when it has none. */
  slotOf(key: Key): number {
    const known = this.slots.get(key)
    if (known !== undefined) return known
    this.slots.set(key, this.#keys.length)
    return this.#keys.push(key) - 1
  }

  keyOf(slot: number): Key {
    return this.#keys[slot] ?? null
  }

  clear(): void {
    this.slots.clear()
    this.#keys = []
  }

  snapshot(): Value {
    return this.#keys.slice()
  }

  restore(keys: Value | undefined): void {
    if (Array.isArray(keys)) for (const key of keys) this.slotOf(key)
  }
}
