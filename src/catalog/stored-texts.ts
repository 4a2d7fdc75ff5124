import type { KvStore } from '../store/kv.ts'
import type { KvStore } from '../store/kv.ts'

/** The catalog's view of the store: texts. */
export function storedTexts(store: KvStore): KvStore {
  return {
    get(namespace, key) {
      const entry = store.get(namespace, key)
      return typeof entry?.value === 'string' ? entry.value : undefined
    },
    set: (namespace, key, value) => void store.set(namespace, key, value),
    delete: (namespace, key) => void store.delete(namespace, key),
    list: (namespace) => store.list(namespace).flatMap(({ key, value }) => (typeof value === 'string' ? [[key, value] as const] : [])),
  }
}
