/** The part of the store that the catalog needs: texts by namespace and key; a write is durable when it returns. */
export interface KeyValues {
  get(namespace: string, key: string): string | undefined
  set(namespace: string, key: string, value: string): void
  delete(namespace: string, key: string): void
  list(namespace: string): Iterable<readonly [key: string, value: string]>
}
