import type { StateStore } from '../../api/context.ts'
import type { StateEntry } from '../guest/messages.ts'

/** The keys that a plugin uses; StateStore does not list them. */
const KEYS = 'plugin keys'
const PREFIX = 'plugin/'

/** What a plugin keeps, in the state of its node: the values stay in wire form, exactly as the plugin put them. */
export class SavedState {
  readonly #store: StateStore
  readonly #keys: Set<string>

  constructor(store: StateStore) {
    this.#store = store
    this.#keys = new Set()
    this.refresh()
  }

  /** Another instance of the same node may have changed it meanwhile. */
  refresh(): void {
    const keys = this.#store.get(KEYS)
    this.#keys.clear()
    for (const key of Array.isArray(keys) ? keys : []) this.#keys.add(String(key))
  }

  entries(): readonly StateEntry[] {
    return [...this.#keys].flatMap((key): StateEntry[] => {
      const value = this.#store.get(PREFIX + key)
      return value instanceof Uint8Array ? [[key, value]] : []
    })
  }

  save(changes: readonly StateEntry[]): void {
    let listed = false
    for (const [key, value] of changes) {
      if (this.#keys.has(key) !== (value !== undefined)) listed = true
      if (value === undefined) {
        this.#keys.delete(key)
        this.#store.delete(PREFIX + key)
      } else {
        this.#keys.add(key)
        this.#store.set(PREFIX + key, value)
      }
    }
    if (listed) this.#store.set(KEYS, [...this.#keys])
  }
}
