import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import mysql from 'mysql2/promise'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { silentLogger } from '../../../../src/base/log.ts'
import { createDatabases } from '../../../../src/connectors/sql/databases.ts'
import { sqlLookup } from '../../../../src/connectors/sql/lookup.ts'
import { lookupContract } from '../../../contract/lookup.ts'
import { testContext } from '../../../support/context.ts'
import { service } from '../../../support/services.ts'

const CREATE = 'CREATE TABLE devices (id INTEGER PRIMARY KEY, name VARCHAR(20), size INTEGER)'
const REPLACE = 'REPLACE INTO devices (id, name, size) VALUES (?, ?, ?)'
const ctx = testContext()

function sqlite(): { readonly folder: string; readonly file: DatabaseSync } {
  const folder = mkdtempSync(path.join(tmpdir(), 'plutino-lookup-'))
  const file = new DatabaseSync(path.join(folder, 'a.db'), { timeout: 5_000 })
  file.exec(CREATE)
  return { folder, file }
}

lookupContract('sqlite', async () => {
  const { folder, file } = sqlite()
  const databases = createDatabases({ log: silentLogger, clock: systemClock, folder })
  return {
    table: sqlLookup(databases).create({ datasource: 'devices', url: 'sqlite:a.db' }),
    put: async (rows) => {
      const replace = file.prepare(REPLACE)
      for (const { id, name, size } of rows) replace.run(id, name, size)
    },
    async cleanup() {
      await databases.close()
      file.close()
      rmSync(folder, { recursive: true })
    },
  }
})

const url = service('PLUTINO_TEST_MYSQL')
if (url === undefined) {
  test.skip('MariaDB: set PLUTINO_TEST_MYSQL to its address', () => {})
} else {
  lookupContract('mariadb', async () => {
    const databases = createDatabases({ log: silentLogger, clock: systemClock, folder: '/tmp' })
    const admin = await mysql.createConnection(url)
    await admin.query('DROP TABLE IF EXISTS devices')
    await admin.query(CREATE)
    return {
      table: sqlLookup(databases).create({ datasource: 'devices', url }),
      put: async (rows) => {
        for (const { id, name, size } of rows) await admin.query(REPLACE, [id, name, size])
      },
      async cleanup() {
        await databases.close()
        await admin.query('DROP TABLE devices')
        await admin.end()
      },
    }
  })
}

test('a table or a column that is not there is rejected: asking again would not help', async () => {
  const { folder, file } = sqlite()
  const databases = createDatabases({ log: silentLogger, clock: systemClock, folder })
  onTestFinished(async () => {
    await databases.close()
    file.close()
    rmSync(folder, { recursive: true })
  })
  const table = sqlLookup(databases).create({ datasource: 'nowhere', dburl: 'sqlite:a.db' })
  await table.connect(ctx)
  await expect(table.lookup({ keys: ['id'], tuples: [[1]] }, ctx)).rejects.toMatchObject({ code: 'rejected' })
  const devices = sqlLookup(databases).create({ datasource: 'devices', url: 'sqlite:a.db' })
  await devices.connect(ctx)
  await expect(devices.lookup({ keys: ['nothing'], tuples: [[1]] }, ctx)).rejects.toMatchObject({ code: 'rejected' })
  await expect(devices.lookup({ keys: ['id` = 1 OR `id'], tuples: [[1]] }, ctx)).rejects.toMatchObject({ retry: 'never' })
  expect(await devices.lookup({ keys: ['id'], tuples: [["1' OR '1"]] }, ctx)).toEqual([[]])
  await table.close()
  await devices.close()
})

test('a database that is not there is unavailable; a table without an address is refused at once', async () => {
  const databases = createDatabases({ log: silentLogger, clock: systemClock, folder: '/tmp' })
  onTestFinished(() => databases.close())
  const table = sqlLookup(databases).create({ datasource: 'devices', url: 'user:secret@tcp(127.0.0.1:1)/user' })
  await expect(table.connect(ctx)).rejects.toMatchObject({ code: 'unavailable' })
  expect(() => sqlLookup(databases).create({ datasource: 'devices' })).toThrow('url: is required')
})
