import { PlutinoError } from '../base/errors.ts'
import { compareKeys } from './compare-keys.ts'
import type { Entry, Json, KvStore } from './kv.ts'
import { refusePromise } from './refuse-promise.ts'

interface Kept {
  /** JSON, so that nobody shares the value with its writer. */
  readonly text: string
  readonly version: number
}

/** A store that ends with the process: for tests, and for a server that shall leave nothing behind. */
export class MemoryStore implements KvStore {
  #namespaces = new Map<string, ReadonlyMap<string, Kept>>()
  #pieces = new Map<string, readonly Uint8Array[]>()
  #version = 0
  #inTransaction = false
  #closed = false

  get(namespace: string, key: string): Entry | undefined {
    const kept = this.#of(namespace).get(key)
    return kept && entry(key, kept)
  }

  list(namespace: string): readonly Entry[] {
    return [...this.#of(namespace)].toSorted(([a], [b]) => compareKeys(a, b)).map(([key, kept]) => entry(key, kept))
  }

  set(namespace: string, key: string, value: Json): number {
    const version = this.#version + 1
    this.#namespaces.set(namespace, new Map(this.#of(namespace)).set(key, { text: JSON.stringify(value), version }))
    this.#version = version
    return version
  }

  setIf(namespace: string, key: string, expected: number | undefined, value: Json): number | undefined {
    return this.#of(namespace).get(key)?.version === expected ? this.set(namespace, key, value) : undefined
  }

  delete(namespace: string, key: string): boolean {
    const rest = new Map(this.#of(namespace))
    const was = rest.delete(key)
    this.#namespaces.set(namespace, rest)
    return was
  }

  putPiece(namespace: string, key: string, part: number, bytes: Uint8Array): void {
    this.#checkOpen()
    const place = JSON.stringify([namespace, key])
    const list = [...(this.#pieces.get(place) ?? [])]
    list[part] = Uint8Array.from(bytes)
    this.#pieces = new Map(this.#pieces).set(place, list)
  }

  pieces(namespace: string, key: string): readonly Uint8Array[] {
    this.#checkOpen()
    const list = this.#pieces.get(JSON.stringify([namespace, key])) ?? []
    return list.filter((piece) => piece !== undefined).map((piece) => Uint8Array.from(piece))
  }

  deletePieces(namespace: string, key: string): void {
    this.#checkOpen()
    const rest = new Map(this.#pieces)
    rest.delete(JSON.stringify([namespace, key]))
    this.#pieces = rest
  }

  transaction<T>(work: () => T): T {
    this.#checkOpen()
    if (this.#inTransaction) return work()
    const before = new Map(this.#namespaces)
    const pieces = this.#pieces
    this.#inTransaction = true
    try {
      return refusePromise(work())
    } catch (error) {
      this.#namespaces = before
      this.#pieces = pieces
      throw error
    } finally {
      this.#inTransaction = false
    }
  }

  close(): void {
    this.#closed = true
  }

  #of(namespace: string): ReadonlyMap<string, Kept> {
    this.#checkOpen()
    return this.#namespaces.get(namespace) ?? new Map()
  }

  #checkOpen(): void {
    if (this.#closed) throw new PlutinoError('internal', 'the store is closed')
  }
}

function entry(key: string, kept: Kept): Entry {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.stringify made of Json
  return { key, value: JSON.parse(kept.text) as Json, version: kept.version }
}
