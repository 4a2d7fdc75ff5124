import { createServer, type Server } from 'node:net'
import mysql from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Databases } from '../../../../src/api/database.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import { silentLogger } from '../../../../src/base/log.ts'
import { createDatabases, type DatabasesDeps } from '../../../../src/connectors/sql/databases.ts'
import { ALL, databaseContract } from '../../../contract/database.ts'
import { OwnMariadb } from '../../../support/mariadb.ts'
import { service } from '../../../support/services.ts'
import { until } from '../../../support/until.ts'

const url = service('PLUTINO_TEST_MYSQL')
const UPSERT = 'INSERT INTO t (id, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name)'
const opened: (Databases | Server)[] = []

function open(deps: Partial<DatabasesDeps> = {}): Databases {
  const databases = createDatabases({ log: silentLogger, clock: systemClock, folder: '/tmp', ...deps })
  opened.push(databases)
  return databases
}

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

test('a server that is not there is unavailable, with a hint and without the password', async () => {
  const error: unknown = await open()
    .open('user:secret@tcp(127.0.0.1:1)/user', ALL)
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'unavailable', hint: 'check that the database runs and listens at this address' })
  expect(JSON.stringify([String(error), error])).not.toContain('secret')
})

test('a server that says nothing is unavailable when the time to connect is over', async () => {
  const server = createServer()
  opened.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await expect(open({ connectTimeout: 50 }).open(`user:secret@tcp(127.0.0.1:${address.port})/user`, ALL)).rejects.toMatchObject({
    code: 'unavailable',
  })
})

if (url === undefined) {
  test.skip('MariaDB: set PLUTINO_TEST_MYSQL to its address', () => {})
} else {
  databaseContract('mariadb', async () => {
    const databases = createDatabases({ log: silentLogger, clock: systemClock, folder: '/tmp' })
    const admin = await mysql.createConnection(url)
    return {
      url,
      databases,
      async admin(sql) {
        await admin.query(sql)
      },
      async close() {
        await databases.close()
        await admin.end()
      },
    }
  })

  describe('mariadb', () => {
    test('datetimes are in UTC, decimals are text, JSON is text', async () => {
      const admin = await mysql.createConnection(url)
      await admin.query('DROP TABLE IF EXISTS kinds')
      await admin.query(
        'CREATE TABLE kinds (at DATETIME(3), stamp TIMESTAMP(3) NULL, price DECIMAL(30,10), doc JSON, ok BOOLEAN, big BIGINT UNSIGNED, day DATE, small REAL)',
      )
      const session = await open().open(url, ALL)
      const at = new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789))
      await session.execBatch('INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?, ?)', [
        [at, at, '12345678901234567890.0123456789', { a: 1n }, true, 18446744073709551615n, '2024-02-29', 0.1],
      ])
      const { rows } = await session.query('SELECT * FROM kinds WHERE big = ?', [18446744073709551615n])
      expect(rows).toEqual([
        [at, at, '12345678901234567890.0123456789', '{"a":1}', 1n, 18446744073709551615n, new Date('2024-02-29T00:00:00Z'), 0.1],
      ])
      const [[raw]] = await admin.query<mysql.RowDataPacket[]>('SELECT CAST(at AS CHAR) AS at FROM kinds')
      expect(raw?.['at']).toBe('2024-02-29 12:34:56.789')
      await admin.query('DROP TABLE kinds')
      await admin.end()
    })

    test('data that does not fit is an error, never cut', async () => {
      const admin = await mysql.createConnection(url)
      await admin.query('DROP TABLE IF EXISTS narrow')
      await admin.query('CREATE TABLE narrow (id INT PRIMARY KEY AUTO_INCREMENT, a VARCHAR(3), n TINYINT, at DATETIME)')
      const session = await open().open(url, ALL)
      for (const [sql, value] of [
        ['INSERT INTO narrow (a) VALUES (?)', 'four'],
        ['INSERT INTO narrow (n) VALUES (?)', 1000],
        ['INSERT INTO narrow (n) VALUES (?)', 'x'],
        ['INSERT INTO narrow (at) VALUES (?)', 'yesterday'],
      ] as const) {
        await expect(session.exec(sql, [value])).rejects.toMatchObject({ code: 'rejected' })
        await expect(session.execBatch(sql, [[null], [value]])).rejects.toMatchObject({ code: 'rejected' })
      }
      expect((await session.query('SELECT COUNT(*) FROM narrow', [])).rows).toEqual([[0n]])
      const { lastInsertId } = await session.execBatch('INSERT INTO narrow (a) VALUES (?)', [['a'], ['b']])
      expect((await session.query('SELECT a FROM narrow WHERE id = ?', [lastInsertId])).rows).toEqual([['a']])
      await admin.query('DROP TABLE narrow')
      await admin.end()
    })

    test.each([
      ['a wrong password', 'test:wrong-secret', '', 'denied'],
      ['a missing database', '', 'no_such_database', 'config_invalid'],
    ])('%s is %s', async (_what, credentials, database, code) => {
      const address = new URL(url)
      const form = `${credentials || 'test:test'}@tcp(${address.host})/${database || 'user'}`
      const error: unknown = await open()
        .open(form, ALL)
        .catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code })
      expect(String(error)).not.toContain('secret')
    })

    test('a statement that takes too long ends with timeout, and the session goes on', async () => {
      const admin = await mysql.createConnection(url)
      await admin.query('DROP TABLE IF EXISTS slow')
      await admin.query('CREATE TABLE slow (id INT PRIMARY KEY)')
      const session = await open({ queryTimeout: 200 }).open(url, ALL)
      await admin.query('LOCK TABLES slow WRITE')
      await expect(session.exec('INSERT INTO slow VALUES (?)', [1])).rejects.toMatchObject({ code: 'timeout' })
      await admin.query('UNLOCK TABLES')
      expect((await session.query('SELECT COUNT(*) FROM slow', [])).rows).toEqual([[0n]])
      await admin.query('DROP TABLE slow')
      await admin.end()
    })

    test('an answer without end is cut off before it fills the memory, and the session goes on', async () => {
      const admin = await mysql.createConnection(url)
      await admin.query('DROP TABLE IF EXISTS large')
      await admin.query('CREATE TABLE large (id INT PRIMARY KEY, data LONGBLOB)')
      await admin.query('INSERT INTO large SELECT seq, NULL FROM seq_1_to_200000')
      await admin.query("INSERT INTO large VALUES (0, REPEAT('x', 10000000))")
      const session = await open({ result: { values: 10_000, bytes: 1_000_000 } }).open(url, ALL)
      await expect(session.query('SELECT id FROM large WHERE id > 0', [])).rejects.toMatchObject({
        code: 'rejected',
        message: 'the query brings more than 10000 values',
        hint: 'ask for less, with WHERE and LIMIT, or raise the setting database.maxResultValues',
      })
      // one row is enough, and is not waited for
      await expect(session.query('SELECT data FROM large WHERE id = ?', [0])).rejects.toMatchObject({
        code: 'rejected',
        message: 'the query brings more than 1000000 bytes',
        hint: 'ask for less, with WHERE and LIMIT, or raise the setting database.maxResultSize',
      })
      expect((await session.query('SELECT COUNT(*) FROM large', [])).rows).toEqual([[200_001n]])
      // a transaction ends with its connection, and says so
      await session.begin()
      await session.exec('UPDATE large SET id = ? WHERE id = ?', [-1, 0])
      await expect(session.query('SELECT id FROM large', [])).rejects.toMatchObject({ code: 'rejected' })
      await expect(session.commit()).rejects.toMatchObject({ code: 'unavailable' })
      await session.rollback()
      expect((await session.query('SELECT MIN(id) FROM large', [])).rows).toEqual([[0n]])
      // what goes away in the middle of an answer is lost, not waited for
      await admin.query('LOCK TABLES large WRITE')
      const pending = session.query('SELECT id FROM large LIMIT 1', [])
      const lost = expect(pending).rejects.toMatchObject({ code: 'unavailable' })
      const reader = async (): Promise<number | undefined> => {
        const [list] = await admin.query<mysql.RowDataPacket[]>('SHOW PROCESSLIST')
        return list.find((one) => String(one['State']).includes('lock'))?.['Id']
      }
      await until('the query', async () => (await reader()) !== undefined)
      await admin.query(`KILL ${await reader()}`)
      await lost
      await admin.query('UNLOCK TABLES')
      await admin.query('DROP TABLE large')
      await admin.end()
    })

    test('more sessions than connections wait for their turn, and not for ever', async () => {
      const databases = open({ maxConnections: 1, queryTimeout: 300 })
      const [first, second] = [await databases.open(url, ALL), await databases.open(url, ALL)]
      await first.begin()
      await expect(second.query('SELECT 1', [])).rejects.toMatchObject({ code: 'timeout', message: 'no connection was free within 300 ms' })
      const waiting = second.query('SELECT 1', [])
      await first.commit()
      expect((await waiting).rows).toEqual([[1n]])
    })

    test('a deadlock is unavailable and ends the transaction, of which nothing stays', async () => {
      const admin = await mysql.createConnection(url)
      await admin.query('DROP TABLE IF EXISTS dead')
      await admin.query('CREATE TABLE dead (id INT PRIMARY KEY, n INT)')
      const databases = open()
      const [a, b] = [await databases.open(url, ALL), await databases.open(url, ALL)]
      await a.execBatch('INSERT INTO dead VALUES (?, ?)', [
        [1, 0],
        [2, 0],
      ])
      await a.begin()
      await b.begin()
      await a.exec('UPDATE dead SET n = 1 WHERE id = 1', [])
      await b.exec('UPDATE dead SET n = 2 WHERE id = 2', [])
      const results = await Promise.allSettled([
        a.exec('UPDATE dead SET n = 1 WHERE id = 2', []),
        b.exec('UPDATE dead SET n = 2 WHERE id = 1', []),
      ])
      const [loser, winner] = results[0].status === 'rejected' ? [a, b] : [b, a]
      expect(results.filter((result) => result.status === 'rejected')).toMatchObject([{ reason: { code: 'unavailable' } }])
      await expect(loser.exec('UPDATE dead SET n = 9', [])).rejects.toMatchObject({
        code: 'unavailable',
        hint: 'roll back and begin again',
      })
      await expect(loser.commit()).rejects.toMatchObject({ code: 'unavailable' })
      await loser.rollback()
      await winner.commit()
      const { rows } = await loser.query('SELECT DISTINCT n FROM dead', [])
      expect(rows).toEqual([[winner === a ? 1n : 2n]])
      await admin.query('DROP TABLE dead')
      await admin.end()
    })

    test('a deadlock in the middle of a batch of several statements leaves nothing of those before and behind it', async () => {
      const admin = await mysql.createConnection(url)
      await admin.query('DROP TABLE IF EXISTS dead')
      await admin.query('CREATE TABLE dead (id INT PRIMARY KEY, n INT)')
      const databases = open()
      const session = await databases.open(url, ALL)
      const other = await databases.open(url, ALL)
      // The database gives up the transaction that has changed less.
      await other.begin()
      await other.execBatch(
        'INSERT INTO dead VALUES (?, ?)',
        Array.from({ length: 8000 }, (_, i) => [i + 1500, 0]),
      )
      const batch = session.execBatch(
        'INSERT INTO dead VALUES (?, ?)',
        Array.from({ length: 5000 }, (_, i) => [i < 1000 ? i : 1400 + (i - 1000) * 10, 1]),
      )
      const refused = expect(batch).rejects.toMatchObject({ code: 'unavailable' })
      // the tables about locks are not renewed while somebody asks again and again
      const waits = async (): Promise<boolean> => {
        const [[status]] = await admin.query<mysql.RowDataPacket[]>('SHOW ENGINE INNODB STATUS')
        return /of table `\w+`\.`dead` .* waiting/.test(String(status?.['Status']))
      }
      await until('the batch waits for a lock', waits)
      await other.exec('INSERT INTO dead VALUES (?, ?)', [1, 0])
      await refused
      await other.commit()
      expect((await session.query('SELECT COUNT(*), SUM(n) FROM dead', [])).rows).toEqual([[8001n, '0']])
      // the connection is as good as any other
      await session.exec('DELETE FROM dead WHERE id = ?', [1])
      const [rows] = await admin.query<mysql.RowDataPacket[]>('SELECT COUNT(*) AS n FROM dead')
      expect(rows[0]?.['n']).toBe(8000)
      await admin.query('DROP TABLE dead')
      await admin.end()
    })

    describe('batches of more rows than one statement takes', () => {
      const many = (from: number, count: number): [number, string][] => Array.from({ length: count }, (_, i) => [from + i, 'x'])

      async function withTable(work: (count: () => Promise<number>) => Promise<void>): Promise<void> {
        const admin = await mysql.createConnection(url ?? '')
        await admin.query('DROP TABLE IF EXISTS wide')
        await admin.query('CREATE TABLE wide (id INT PRIMARY KEY, name LONGTEXT)')
        await work(async () => {
          const [rows] = await admin.query<mysql.RowDataPacket[]>('SELECT COUNT(*) AS n FROM wide')
          return Number(rows[0]?.['n'])
        })
        await admin.query('DROP TABLE wide')
        await admin.end()
      }

      test('what the same connection does afterwards is stored at once', async () => {
        await withTable(async (count) => {
          const session = await open({ maxConnections: 1 }).open(url, ALL)
          await session.execBatch('INSERT INTO wide VALUES (?, ?)', many(0, 3000))
          expect(await count()).toBe(3000)
          await session.execBatch('INSERT INTO wide VALUES (?, ?)', many(3000, 3000))
          expect(await count()).toBe(6000)
          await session.execBatch('INSERT INTO wide VALUES (?, ?)', many(6000, 2))
          expect(await count()).toBe(6002)
          await session.execBatch('INSERT INTO wide VALUES (?, ?)', many(7000, 3000))
          await session.exec('DELETE FROM wide WHERE id < ?', [6000])
          expect(await count()).toBe(3002)
          await session.execBatch('INSERT INTO wide VALUES (?, ?)', many(0, 3000))
          await session.begin()
          await session.execBatch('INSERT INTO wide VALUES (?, ?)', many(20_000, 3000))
          await session.rollback()
          expect(await count()).toBe(6002)
        })
      })

      test('a value that no database takes in a late row leaves nothing of the others, and the session goes on', async () => {
        await withTable(async (count) => {
          const session = await open({ maxConnections: 1 }).open(url, ALL)
          for (const at of [0, 2999]) {
            const rows: [number, string | number][] = many(0, 3000)
            rows[at] = [at, Number.NaN]
            await expect(session.execBatch('INSERT INTO wide VALUES (?, ?)', rows)).rejects.toMatchObject({ code: 'rejected' })
            expect(await count()).toBe(0)
          }
          await session.execBatch('INSERT INTO wide VALUES (?, ?)', many(0, 3000))
          expect(await count()).toBe(3000)
        })
      })

      test('rows that are too long for a packet of many go in smaller ones', async () => {
        await withTable(async (count) => {
          const session = await open({ maxConnections: 1 }).open(url, ALL)
          const rows = many(0, 1200)
          for (let i = 600; i < 640; i++) rows[i] = [i, 'x'.repeat(1_000_000)]
          await session.execBatch('INSERT INTO wide VALUES (?, ?)', rows)
          expect(await count()).toBe(1200)
        })
      })
    })

    test('a result column named __proto__ is rejected, because the driver refuses it, and the session goes on', async () => {
      const session = await open().open(url, ALL)
      await expect(session.query('SELECT 1 AS `__proto__`', [])).rejects.toMatchObject({ code: 'rejected' })
      expect((await session.query('SELECT 1 AS p', [])).rows).toEqual([[1n]])
    })

    test('a row larger than a packet is rejected, and the session goes on', async () => {
      const session = await open().open(url, ALL)
      const huge = 'x'.repeat(20_000_000)
      await expect(session.execBatch('INSERT INTO nothing (a) VALUES (?)', [[huge]])).rejects.toMatchObject({ code: 'rejected' })
      expect((await session.query('SELECT 1', [])).rows).toEqual([[1n]])
    })
  })

  describe('mariadb, killed', () => {
    // A server of its own: nobody else's connections are there to be killed.
    let server: OwnMariadb
    beforeAll(async () => {
      server = await OwnMariadb.create()
    })
    afterAll(() => server.remove())
    const connect = (): Promise<mysql.Connection> =>
      mysql.createConnection({ host: '127.0.0.1', port: server.port, user: 'test', password: 'test', database: 'user' })

    test('during load and back: with retries every row is there once', async () => {
      const databases = open({ connectTimeout: 2000 })
      const admin = await connect()
      await admin.query('CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(20))')
      await admin.end()
      let written = 0
      let failures = 0
      const load = async (): Promise<void> => {
        const session = await databases.open(server.url, ALL)
        for (let batch = 0; batch < 60;) {
          const rows = Array.from({ length: 1500 }, (_, i) => [BigInt(batch * 1500 + i), `n${batch}`])
          const error: unknown = await session.execBatch(UPSERT, rows).then(
            () => undefined,
            (thrown: unknown) => thrown,
          )
          if (error !== undefined) expect(error).toMatchObject({ code: 'unavailable' })
          if (error === undefined) written = ++batch
          else {
            failures++
            await systemClock.sleep(10)
          }
        }
        await session.close()
      }
      const done = load()
      for (const after of [10, 30]) {
        await until(`${after} batches`, () => written >= after)
        await server.kill()
        const before = failures
        await until('a failure', () => failures > before)
        await server.start()
      }
      await done
      const session = await databases.open(server.url, ALL)
      expect((await session.query('SELECT COUNT(*), COUNT(DISTINCT name), MAX(id) FROM t', [])).rows).toEqual([[90_000n, 60n, 89_999n]])
      await session.close()
      await databases.close()
    }, 120_000)

    test('a transaction that lost its connection does not go on as single statements', async () => {
      const admin = await connect()
      const session = await open().open(server.url, ALL)
      await admin.query('CREATE TABLE lost (id INT PRIMARY KEY, connection BIGINT)')
      await session.begin()
      await session.exec('INSERT INTO lost (id) VALUES (?)', [1])
      const [mine] = await admin.query<mysql.RowDataPacket[]>(
        "SELECT id FROM information_schema.processlist WHERE user = 'test' AND id <> CONNECTION_ID()",
      )
      expect(mine).toHaveLength(1)
      await admin.query(`KILL ${String(mine[0]?.['id'])}`)
      await expect(session.exec('INSERT INTO lost (id) VALUES (?)', [2])).rejects.toMatchObject({ code: 'unavailable' })
      await expect(session.exec('INSERT INTO lost (id) VALUES (?)', [3])).rejects.toMatchObject({
        code: 'unavailable',
        hint: 'roll back and begin again',
      })
      await session.rollback()
      await session.begin()
      await session.exec('INSERT INTO lost (id) VALUES (?)', [4])
      await session.commit()
      expect((await session.query('SELECT id FROM lost', [])).rows).toEqual([[4n]])
      await admin.end()
    })
  })
}
