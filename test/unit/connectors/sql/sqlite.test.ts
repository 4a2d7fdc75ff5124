import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import type { Databases } from '../../../../src/api/database.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import { silentLogger } from '../../../../src/base/log.ts'
import { createDatabases } from '../../../../src/connectors/sql/databases.ts'
import { ALL, databaseContract } from '../../../contract/database.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const folders: string[] = []
const opened: Databases[] = []

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'plutino-sqlite-'))
  folders.push(path)
  return path
}

function open(path: string, clock = new FakeClock(), queryTimeout = 30_000): Databases {
  const databases = createDatabases({ log: silentLogger, clock, folder: path, queryTimeout })
  opened.push(databases)
  return databases
}

function admin(path: string, sql: string): void {
  const database = new DatabaseSync(path, { timeout: 5000 })
  database.exec(sql)
  database.close()
}

afterEach(async () => {
  for (const databases of opened.splice(0)) await databases.close()
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true })
})

databaseContract('sqlite', async () => {
  const path = mkdtempSync(join(tmpdir(), 'plutino-sqlite-'))
  const databases = createDatabases({ log: silentLogger, clock: systemClock, folder: path })
  return {
    url: 'sqlite:test.db',
    databases,
    admin: async (sql) => admin(join(path, 'test.db'), sql),
    async close() {
      await databases.close()
      rmSync(path, { recursive: true })
    },
  }
})

test('a datetime is stored as text in UTC, and now() comes from the clock', async () => {
  const path = folder()
  admin(join(path, 'a.db'), 'CREATE TABLE t (at DATETIME, n TEXT)')
  const session = await open(path).open('sqlite:a.db', ALL)
  await session.exec('INSERT INTO t (at, n) VALUES (?, now())', [new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789))])
  expect((await session.query('SELECT at, n FROM t', [])).rows).toEqual([['2024-02-29 12:34:56.789', '2023-11-14 22:13:20']])
})

test('an integer beyond 64 bits is rejected', async () => {
  const session = await open(folder()).open('sqlite::memory:', ALL)
  await expect(session.query('SELECT ?', [2n ** 63n])).rejects.toMatchObject({ code: 'rejected' })
})

test('an answer without end is refused before it fills the memory, and so is a text that grows without end', async () => {
  const path = folder()
  admin(
    join(path, 'a.db'),
    `CREATE TABLE t (a, b); INSERT INTO t SELECT value, 1 FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 340000) SELECT value FROM n)`,
  )
  const session = await open(path).open('sqlite:a.db', ALL)
  await expect(session.query('SELECT a, b FROM t', [])).rejects.toMatchObject({
    code: 'rejected',
    message: 'the query brings more than 1000000 values',
  })
  const long = 'x'.repeat(1_000_000)
  await expect(session.query('SELECT ? FROM t', [long])).rejects.toMatchObject({ message: 'the query brings more than 67108864 bytes' })
  await expect(session.query("SELECT REPLACE(?, 'x', ?)", [long, long])).rejects.toMatchObject({
    code: 'rejected',
    message: expect.stringContaining('too big'),
  })
  expect((await session.query('SELECT a FROM t LIMIT 1', [])).rows).toEqual([[1n]])
})

test('a database in memory outlives its sessions and ends with the databases', async () => {
  const databases = open(folder())
  const first = await databases.open('sqlite::memory:', ALL)
  await first.close()
  const second = await databases.open('sqlite::memory:', ALL)
  expect((await second.query('SELECT 1', [])).rows).toEqual([[1n]])
  await databases.close()
  await expect(databases.open('sqlite::memory:', ALL)).rejects.toMatchObject({ code: 'unavailable' })
})

test('the folder of a file is made', async () => {
  const path = folder()
  await open(path).open('sqlite:sub/a.db', ALL)
  admin(join(path, 'sub', 'a.db'), 'SELECT 1')
})

test.each([
  ['a folder that cannot be made', 'unavailable', 'sqlite:/proc/none/a.db'],
  ['a folder in place of the file', 'unavailable', 'sqlite:.'],
  ['a file that is no database', 'config_invalid', 'sqlite:text.db'],
])('%s is %s', async (_what, code, url) => {
  const path = folder()
  writeFileSync(join(path, 'text.db'), 'x'.repeat(5000))
  await expect(open(path).open(url, ALL)).rejects.toMatchObject({ code, path: [`database ${url}`], hint: expect.any(String) })
})

test('a lock of another process is waited for, and is unavailable when the time is over', async () => {
  const path = folder()
  admin(join(path, 'a.db'), 'CREATE TABLE t (id INTEGER)')
  const clock = new FakeClock()
  const session = await open(path, clock, 50).open('sqlite:a.db', ALL)
  const other = new DatabaseSync(join(path, 'a.db'))
  other.exec('BEGIN IMMEDIATE')
  const first = session.execBatch('INSERT INTO t (id) VALUES (?)', [[1], [2]])
  await clock.advance(20)
  other.exec('COMMIT')
  await clock.advance(20)
  expect((await first).affectedRows).toBe(2)

  other.exec('BEGIN IMMEDIATE')
  const second = session.exec('INSERT INTO t (id) VALUES (?)', [3]).catch((error: unknown) => error)
  await clock.advance(100)
  expect(await second).toMatchObject({ code: 'unavailable', hint: 'another process is writing to this database' })
  other.exec('ROLLBACK')
  other.close()
  expect((await session.query('SELECT COUNT(*) FROM t', [])).rows).toEqual([[2n]])
})

test('a session waits for the transaction of another one, and not for ever', async () => {
  const clock = new FakeClock()
  const databases = open(folder(), clock)
  const [first, second] = [await databases.open('sqlite::memory:', ALL), await databases.open('sqlite::memory:', ALL)]
  await first.begin()
  const late = second.query('SELECT 1', []).catch((error: unknown) => error)
  await clock.advance(30_001)
  expect(await late).toMatchObject({ code: 'timeout' })
  const waiting = second.query('SELECT 1', [])
  await first.commit()
  expect((await waiting).rows).toEqual([[1n]])
})
