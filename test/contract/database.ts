import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Databases, DatabaseSession, Grant } from '../../src/api/database.ts'
import type { Cell } from '../../src/data/value.ts'

/** A database that the suite may fill, and a way past the guard to make its tables. */
export interface DatabaseUnderTest {
  readonly url: string
  readonly databases: Databases
  /** Runs any statement. */
  admin(sql: string): Promise<void>
  close(): Promise<void>
}

export const ALL: Grant = { verbs: ['select', 'insert', 'replace', 'update', 'delete'] }

const COLUMNS = "id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT '', n DOUBLE, data BLOB, at DATETIME(3)"

/** What every database promises to its users. */
export function databaseContract(name: string, make: () => Promise<DatabaseUnderTest>): void {
  let under: DatabaseUnderTest
  let session: DatabaseSession

  const ids = async (from: DatabaseSession = session): Promise<unknown[]> =>
    (await from.query('SELECT id FROM t ORDER BY id', [])).rows.map(([id]) => id)
  const many = (from: number, count: number): Cell[][] => Array.from({ length: count }, (_, i) => [BigInt(from + i), `n${i}`])

  beforeAll(async () => {
    under = await make()
  })
  beforeEach(async () => {
    await session?.close()
    await under.admin('DROP TABLE IF EXISTS t')
    await under.admin(`CREATE TABLE t (${COLUMNS})`)
    session = await under.databases.open(under.url, ALL)
  })
  afterAll(async () => {
    await session?.close()
    await under?.close()
  })

  test(`${name}: keeps integers of 64 bits, emoji, bytes and null`, async () => {
    const bytes = new Uint8Array([0, 255, 39, 92, 10])
    await session.exec('INSERT INTO t (id, name, n, data) VALUES (?, ?, ?, ?)', [9007199254740993n, 'ü😀\'\\"\u0000', -0.1, bytes])
    await session.execBatch('INSERT INTO t (id, name, n, data) VALUES (?, ?, ?, ?)', [
      [-9223372036854775808n, '', null, null],
      [9223372036854775807n, 'x', undefined, bytes],
    ])
    const { columns, rows } = await session.query('SELECT id, name, n, data FROM t ORDER BY id', [])
    expect(columns).toEqual(['id', 'name', 'n', 'data'])
    expect(rows).toEqual([
      [-9223372036854775808n, '', null, null],
      [9007199254740993n, 'ü😀\'\\"\u0000', -0.1, bytes],
      [9223372036854775807n, 'x', null, bytes],
    ])
  })

  test(`${name}: compares integers exactly`, async () => {
    await session.execBatch('INSERT INTO t (id) VALUES (?)', [[9007199254740992n], [9007199254740993n]])
    expect((await session.query('SELECT id FROM t WHERE id = ?', [9007199254740993n])).rows).toEqual([[9007199254740993n]])
    expect((await session.exec('DELETE FROM t WHERE id = ?', [9007199254740993n])).affectedRows).toBe(1)
    expect(await ids()).toEqual([9007199254740992n])
  })

  test(`${name}: stores booleans as 1 and 0, objects as JSON, whole numbers without a fraction`, async () => {
    const long = 1_700_000_000_123_000
    await session.execBatch('INSERT INTO t (id, n, name) VALUES (?, ?, ?)', [
      [1, true, 5],
      [2, false, { a: [1n], __proto__: null }],
      [3, 1.5, long],
    ])
    expect((await session.query('SELECT n, name FROM t ORDER BY id', [])).rows).toEqual([
      [1, '5'],
      [0, '{"a":[1]}'],
      [1.5, String(long)],
    ])
  })

  test(`${name}: inserts 10,000 rows at once`, async () => {
    const result = await session.execBatch('INSERT INTO t (id, name) VALUES (?, ?)', many(1, 10_000))
    expect(result.affectedRows).toBe(10_000)
    expect((await session.query('SELECT COUNT(*), MIN(id), MAX(id) FROM t', [])).rows).toEqual([[10_000n, 1n, 10_000n]])
  })

  test.each([0, 1, 2, 3, 99, 100, 101, 137, 999, 1001])(`${name}: inserts %d rows at once`, async (count) => {
    await session.execBatch('INSERT INTO t (id, name) VALUES (?, ?)', many(0, count))
    expect((await session.query('SELECT COUNT(*) FROM t', [])).rows).toEqual([[BigInt(count)]])
  })

  test(`${name}: a batch with one bad row leaves nothing`, async () => {
    const rows = [...many(0, 2500), [7n, 'double']]
    await expect(session.execBatch('INSERT INTO t (id, name) VALUES (?, ?)', rows)).rejects.toMatchObject({ code: 'rejected' })
    expect(await ids()).toEqual([])
    await session.execBatch('INSERT INTO t (id, name) VALUES (?, ?)', many(0, 3))
    expect(await ids()).toEqual([0n, 1n, 2n])
  })

  test(`${name}: a batch with one bad row leaves the transaction around it as it was`, async () => {
    await session.begin()
    await session.exec('INSERT INTO t (id) VALUES (?)', [10_000])
    await expect(session.execBatch('INSERT INTO t (id, name) VALUES (?, ?)', [...many(0, 1500), [7n, 'double']])).rejects.toMatchObject({
      code: 'rejected',
    })
    await session.commit()
    expect(await ids()).toEqual([10_000n])
  })

  test(`${name}: updates by key, in the dialect of MySQL`, async () => {
    const upsert = 'INSERT INTO `t` (`id`,`name`) VALUES (?,?) ON DUPLICATE KEY UPDATE `name` = VALUES(`name`)'
    await session.execBatch(upsert, [
      [1n, 'a'],
      [2n, 'b'],
      [1n, 'c'],
    ])
    await session.execBatch(upsert, [
      [2n, 'd'],
      [3n, 'e'],
    ])
    expect((await session.query('SELECT id, name FROM t ORDER BY id', [])).rows).toEqual([
      [1n, 'c'],
      [2n, 'd'],
      [3n, 'e'],
    ])
    await session.execBatch('REPLACE INTO t (id, name) VALUES (?, ?)', [
      [3n, 'f'],
      [4n, 'g'],
    ])
    await session.exec('INSERT IGNORE INTO t (id, name) VALUES (?, ?)', [4n, 'not'])
    expect((await session.query('SELECT name FROM t WHERE id > ? ORDER BY id', [2])).rows).toEqual([['f'], ['g']])
  })

  test(`${name}: updates and deletes with many rows of values in one transaction`, async () => {
    await session.execBatch('INSERT INTO t (id, name) VALUES (?, ?)', many(0, 5))
    expect(
      (
        await session.execBatch('UPDATE t SET name = ? WHERE id = ?', [
          ['x', 1n],
          ['y', 2n],
          ['z', 99n],
        ])
      ).affectedRows,
    ).toBe(2)
    await session.execBatch('DELETE FROM t WHERE id = ?', [[0n], [3n]])
    expect((await session.query('SELECT id, name FROM t ORDER BY id', [])).rows).toEqual([
      [1n, 'x'],
      [2n, 'y'],
      [4n, 'n4'],
    ])
  })

  test.each([
    ['a missing table', 'INSERT INTO missing (id) VALUES (?)', [1]],
    ['a missing column', 'INSERT INTO t (id, missing) VALUES (?, ?)', [1, 2]],
    ['null where it is not allowed', 'INSERT INTO t (id, name) VALUES (?, ?)', [1, null]],
    ['a key that is there', 'INSERT INTO t (id) VALUES (?)', [42]],
    ['NaN', 'INSERT INTO t (id, n) VALUES (?, ?)', [1, Number.NaN]],
    ['an invalid datetime', 'INSERT INTO t (id, at) VALUES (?, ?)', [1, new Date(Number.NaN)]],
    ['NaN in an object', 'INSERT INTO t (id, name) VALUES (?, ?)', [1, { a: Number.NaN }]],
    ['too few values', 'INSERT INTO t (id, n) VALUES (?, ?)', [1]],
    ['too many values', 'INSERT INTO t (id) VALUES (?)', [1, 2]],
  ])(`${name}: %s is rejected, alone and in a batch, and the session goes on`, async (_what, sql, params) => {
    await session.exec('INSERT INTO t (id, name) VALUES (?, ?)', [42, 'SECRETVALUE'])
    const error = await session.exec(sql, params).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'rejected' })
    expect(String(error)).not.toContain('VALUES (')
    await expect(session.execBatch(sql, [params, params])).rejects.toMatchObject({ code: 'rejected' })
    expect(await ids()).toEqual([42n])
  })

  test(`${name}: query and exec each take their kind of statement`, async () => {
    await expect(session.query('DELETE FROM t', [])).rejects.toMatchObject({ code: 'rejected', message: 'expected SELECT, got DELETE' })
    await expect(session.exec('SELECT 1', [])).rejects.toMatchObject({ code: 'rejected' })
    await expect(session.execBatch('SELECT ?', [[1]])).rejects.toMatchObject({ code: 'rejected' })
  })

  test(`${name}: what was not granted is denied and does not reach the database`, async () => {
    await expect(session.exec('DROP TABLE t', [])).rejects.toMatchObject({ code: 'denied' })
    const reader = await under.databases.open(under.url, { verbs: ['select'], tables: ['t'] })
    await expect(reader.exec('DELETE FROM t', [])).rejects.toMatchObject({ code: 'denied' })
    await expect(reader.query('SELECT 1 FROM u', [])).rejects.toMatchObject({ code: 'denied' })
    expect(await ids(reader)).toEqual([])
    await reader.close()
  })

  test(`${name}: a transaction is seen by others when it is committed, not before and not when it is rolled back`, async () => {
    const other = await under.databases.open(under.url, ALL)
    await session.begin()
    await session.exec('INSERT INTO t (id) VALUES (?)', [1])
    expect(await ids()).toEqual([1n])
    const seen = ids(other)
    await session.rollback()
    expect(await seen).toEqual([])
    await session.begin()
    await session.exec('INSERT INTO t (id) VALUES (?)', [2])
    await session.commit()
    expect(await ids(other)).toEqual([2n])
    await other.close()
  })

  test(`${name}: close rolls back, twice does no harm, and nothing runs afterwards`, async () => {
    const other = await under.databases.open(under.url, ALL)
    await other.begin()
    await other.exec('INSERT INTO t (id) VALUES (?)', [1])
    await other.close()
    await other.close()
    await expect(other.exec('DELETE FROM t', [])).rejects.toThrow('the database session is closed')
    await expect(other.begin()).rejects.toThrow('the database session is closed')
    expect(await ids()).toEqual([])
  })

  test(`${name}: commit and rollback need a transaction, begin needs none`, async () => {
    await expect(session.commit()).rejects.toThrow('no transaction is open')
    await expect(session.rollback()).rejects.toThrow('no transaction is open')
    await session.begin()
    await expect(session.begin()).rejects.toThrow('a transaction is open already')
    await session.rollback()
  })

  test(`${name}: ten sessions write at once`, async () => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => under.databases.open(under.url, ALL)))
    await Promise.all(
      sessions.map(async (one, i) => {
        for (let k = 0; k < 5; k++) await one.execBatch('INSERT INTO t (id, name) VALUES (?, ?)', many(i * 10_000 + k * 100, 100))
      }),
    )
    expect((await session.query('SELECT COUNT(*) FROM t', [])).rows).toEqual([[5000n]])
    await Promise.all(sessions.map((one) => one.close()))
  })

  test(`${name}: columns may have any name`, async () => {
    await under.admin('DROP TABLE IF EXISTS odd')
    await under.admin('CREATE TABLE odd (`order` INT, `a b` INT, `__proto__` INT, `constructor` INT)')
    await session.execBatch('INSERT INTO `odd` (`order`, `a b`, `__proto__`, `constructor`) VALUES (?, ?, ?, ?)', [[1, 2, 3, 4]])
    const { columns, rows } = await session.query(
      'SELECT `order`, `a b`, `constructor`, `__proto__` AS p FROM odd WHERE `__proto__` = ?',
      [3],
    )
    expect([columns, rows]).toEqual([['order', 'a b', 'constructor', 'p'], [[1n, 2n, 4n, 3n]]])
    await under.admin('DROP TABLE odd')
  })
}
