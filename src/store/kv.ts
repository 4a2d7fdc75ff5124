/** What can be written as JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

export interface Entry {
  readonly key: string
  readonly value: Json
  /** Of this write; larger than that of every earlier write to the store, so that no two writes share one. */
  readonly version: number
}

/**
 * Where definitions live: a value by namespace and key. A write that returned has reached the disk. Every call is synchronous and throws
 * `system` when the disk does not do what it should. Values come back as copies: changing one changes nothing in the store.
 */
export interface KvStore {
  get(namespace: string, key: string): Entry | undefined
  /** All entries of a namespace, by key in the order of its UTF-8 bytes. */
  list(namespace: string): readonly Entry[]
  /** Returns the version of the write. */
  set(namespace: string, key: string, value: Json): number
  /**
   * Writes only if the entry has still the version `expected`, or is still absent for `undefined`. Returns the version of the write, or
   * undefined when somebody else was faster.
   */
  setIf(namespace: string, key: string, expected: number | undefined, value: Json): number | undefined
  /** Was there something to delete? */
  delete(namespace: string, key: string): boolean
  /** Bytes in pieces beside the entries, which do not show them: piece `part` of what belongs to the key. On disk after the next `set`. */
  putPiece(namespace: string, key: string, part: number, bytes: Uint8Array): void
  /** In the order of `part`. */
  pieces(namespace: string, key: string): readonly Uint8Array[]
  /** All pieces of the key. */
  deletePieces(namespace: string, key: string): void
  /** All that `work` writes or, when it throws, nothing of it. `work` must not wait; within another transaction it is a part of that one. */
  transaction<T>(work: () => T): T
  /** Safe to call twice; no other call may follow. */
  close(): void
}
