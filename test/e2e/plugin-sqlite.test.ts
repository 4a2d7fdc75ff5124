import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/log.ts'
import { createDatabases } from '../../src/connectors/sql/databases.ts'
import { createPluginHost } from '../../src/wasm/plugin-host.ts'
import { testContext } from '../support/context.ts'
import { rowsOf } from '../support/plugins.ts'

const folder = mkdtempSync(join(tmpdir(), 'plutino-plugin-'))
const databases = createDatabases({ log: silentLogger, clock: systemClock, folder })
const host = createPluginHost({ databases, clock: systemClock, log: silentLogger })
afterAll(async () => {
  await host.close()
  await databases.close()
  rmSync(folder, { recursive: true })
})

test('the MySQL plugin writes into a database file, tells bad rows from bad statements, and loses nothing', async () => {
  const file = new DatabaseSync(join(folder, 'demo.db'), { timeout: 5000 })
  file.exec('CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL, seen REAL, big INTEGER)')
  const zip = readFileSync(new URL('../../plugins/mysql/prebuilt/mysql.zip', import.meta.url))
  const [definition] = host.definitions(await host.unpack(zip, 'mysql'))
  if (definition?.kind !== 'sink') throw new Error('no sink')
  const ctx = testContext(systemClock)
  const columns = ['id', 'name', 'seen', 'big'].map((name) => ({ name }))
  const sink = definition.create({ url: 'sqlite:demo.db', table: 'device' })
  await sink.connect(ctx)
  const send = (...rows: (readonly (string | number | bigint | null)[])[]): Promise<void> =>
    sink.write({ ...rowsOf(...rows), rows: { schema: { columns }, rows } }, ctx)
  await send([1, 'größe', 1.5, 2n ** 60n], [2, '💡', null, -1])
  await send(...Array.from({ length: 1000 }, (_, i): [number, string, number, number] => [10 + i, `device-${i}`, i / 8, i]))
  await expect(send([3, 'x', 0, 0], [1, 'again', 0, 0])).rejects.toMatchObject({ code: 'rejected' })
  await send([3, 'x', 0, 0])
  await sink.close()
  const statement = file.prepare('SELECT id, name, seen, big FROM device WHERE id < 4 ORDER BY id')
  statement.setReadBigInts(true)
  expect(statement.all().map((row) => Object.values(row))).toEqual([
    [1n, 'größe', 1.5, 2n ** 60n],
    [2n, '💡', null, -1n],
    [3n, 'x', 0, 0n],
  ])
  expect(file.prepare('SELECT count(*) AS n FROM device').get()).toEqual({ n: 1003 })
  file.close()

  const wrong = definition.create({ url: 'sqlite:demo.db', table: 'nothing' })
  await wrong.connect(ctx)
  await expect(wrong.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code: 'rejected' })
  await wrong.close()
})
