import { expect, test } from 'vitest'
import type { Json, KvStore } from '../../src/store/kv.ts'

/** What every store promises. `open` gives an empty one. */
export function storeContract(name: string, open: () => KvStore): void {
  test(`${name}: gives back what was set, the last write wins`, () => {
    const store = open()
    expect(store.get('rule', 'r1')).toBeUndefined()
    const first = store.set('rule', 'r1', { sql: 'SELECT 1' })
    const second = store.set('rule', 'r1', { sql: 'SELECT 2' })
    expect(second).toBeGreaterThan(first)
    expect(store.get('rule', 'r1')).toEqual({ key: 'r1', value: { sql: 'SELECT 2' }, version: second })
    store.close()
  })

  const values: Json[] = [
    null,
    true,
    0.1,
    'ü😀\u0000"',
    [],
    [1, [2]],
    { a: { b: null } },
    JSON.parse('{"__proto__":{"x":1},"toString":2}') as Json,
  ]
  test.each(values)(`${name}: keeps %j`, (value) => {
    const store = open()
    store.set('n', 'k', value)
    expect(JSON.stringify(store.get('n', 'k')?.value)).toBe(JSON.stringify(value))
    store.close()
  })

  test.each(['__proto__', 'toString', 'constructor', '', 'a/b c', '😀'])(`${name}: takes %j as key and namespace`, (key) => {
    const store = open()
    expect(store.get(key, key)).toBeUndefined()
    expect(store.list(key)).toEqual([])
    store.set(key, key, 1)
    expect(store.list(key).map((entry) => entry.key)).toEqual([key])
    expect(store.delete(key, key)).toBe(true)
    expect(store.delete(key, key)).toBe(false)
    store.close()
  })

  test(`${name}: lists one namespace in the order of its keys`, () => {
    const store = open()
    for (const key of ['b', 'a', '\u{1F600}', '\uFFFD', 'B']) store.set('stream', key, key)
    store.set('table', 'z', 1)
    expect(store.list('stream').map((entry) => entry.key)).toEqual(['B', 'a', 'b', '\uFFFD', '\u{1F600}'])
    store.close()
  })

  test(`${name}: hands out copies`, () => {
    const store = open()
    const value = { list: [1] }
    store.set('n', 'k', value)
    value.list.push(2)
    const read = store.get('n', 'k')?.value as { list: number[] } | undefined
    read?.list.push(3)
    expect(store.get('n', 'k')?.value).toEqual({ list: [1] })
    store.close()
  })

  test(`${name}: setIf writes only over the version that was read`, () => {
    const store = open()
    const version = store.setIf('n', 'k', undefined, 1)
    expect(version).toBeDefined()
    expect(store.setIf('n', 'k', undefined, 2)).toBeUndefined()
    expect(store.setIf('n', 'k', (version ?? 0) + 1, 2)).toBeUndefined()
    expect(store.setIf('n', 'k', version, 3)).toBeGreaterThan(version ?? 0)
    expect(store.get('n', 'k')?.value).toBe(3)
    store.close()
  })

  test(`${name}: a deleted and new entry never has a version that was there before`, () => {
    const store = open()
    const version = store.set('n', 'k', 1)
    store.delete('n', 'k')
    store.set('n', 'k', 1)
    expect(store.setIf('n', 'k', version, 2)).toBeUndefined()
    store.close()
  })

  test(`${name}: a transaction that throws leaves nothing, with its inner ones`, () => {
    const store = open()
    store.set('n', 'kept', 1)
    expect(() =>
      store.transaction(() => {
        store.set('n', 'kept', 2)
        store.transaction(() => store.set('n', 'inner', 1))
        store.delete('n', 'kept')
        expect(store.get('n', 'inner')?.value).toBe(1)
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(store.list('n').map((entry) => [entry.key, entry.value])).toEqual([['kept', 1]])
    expect(store.transaction(() => store.set('n', 'after', 1))).toBeGreaterThan(0)
    expect(store.get('n', 'after')?.value).toBe(1)
    store.close()
  })

  test(`${name}: refuses a transaction that waits`, () => {
    const store = open()
    expect(() => store.transaction(() => Promise.resolve(store.set('n', 'k', 1)))).toThrow('must not be asynchronous')
    expect(store.get('n', 'k')).toBeUndefined()
    store.close()
  })

  test(`${name}: says that it is closed`, () => {
    const store = open()
    store.close()
    store.close()
    expect(() => store.get('n', 'k')).toThrow('the store is closed')
    expect(() => store.transaction(() => 1)).toThrow('the store is closed')
  })

  test(`${name}: keeps bytes in pieces, in their order`, () => {
    const store = open()
    expect(store.pieces('checkpoint', 'r1')).toEqual([])
    store.putPiece('checkpoint', 'r1', 1, Uint8Array.of(2))
    store.putPiece('checkpoint', 'r1', 0, Uint8Array.of(0, 255))
    store.putPiece('checkpoint', 'r2', 0, Uint8Array.of(9))
    store.putPiece('checkpoint', 'r1', 1, Uint8Array.of(3))
    expect(store.pieces('checkpoint', 'r1')).toEqual([Uint8Array.of(0, 255), Uint8Array.of(3)])
    expect(store.list('checkpoint')).toEqual([])
    store.deletePieces('checkpoint', 'r1')
    expect(store.pieces('checkpoint', 'r1')).toEqual([])
    expect(store.pieces('checkpoint', 'r2')).toEqual([Uint8Array.of(9)])
    store.close()
  })

  test(`${name}: pieces are part of a transaction`, () => {
    const store = open()
    store.putPiece('n', 'k', 0, Uint8Array.of(1))
    const failing = (): void => {
      store.deletePieces('n', 'k')
      store.putPiece('n', 'other', 0, Uint8Array.of(2))
      throw new Error('no')
    }
    expect(() => store.transaction(failing)).toThrow('no')
    expect(store.pieces('n', 'k')).toEqual([Uint8Array.of(1)])
    expect(store.pieces('n', 'other')).toEqual([])
    store.close()
  })
}
