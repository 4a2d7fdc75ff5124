import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import mysql from 'mysql2/promise'
import type { DatabaseSession } from '../../src/api/database.ts'
import { monotonicMicros, systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/log.ts'
import { createDatabases } from '../../src/connectors/sql/databases.ts'
import type { Cell } from '../../src/data/value.ts'

const TABLE = 'CREATE TABLE bench (id BIGINT PRIMARY KEY, device VARCHAR(40), temperature DOUBLE, ok TINYINT, at DATETIME(3))'
const INSERT = 'INSERT INTO `bench` (`id`, `device`, `temperature`, `ok`, `at`) VALUES (?, ?, ?, ?, ?)'
const SECONDS = 3

let next = 0

function batch(size: number): Cell[][] {
  return Array.from({ length: size }, () => [
    next++,
    `device-${next % 100}`,
    20 + (next % 70) / 7,
    true,
    new Date(1_700_000_000_000 + next),
  ])
}

/** Rows per second that one session writes, durably. */
async function measure(name: string, session: DatabaseSession, size: number): Promise<void> {
  for (let i = 0; i < 20; i++) await session.execBatch(INSERT, batch(size))
  const [start, cpu] = [monotonicMicros(), process.cpuUsage()]
  let rows = 0
  while (monotonicMicros() - start < SECONDS * 1_000_000) rows += (await session.execBatch(INSERT, batch(size))).affectedRows
  const seconds = (monotonicMicros() - start) / 1_000_000
  const { user, system } = process.cpuUsage(cpu)
  const figures = `${Math.round(rows / seconds).toLocaleString('en')} rows/s, ${((user + system) / rows).toFixed(2)} us of CPU a row`
  process.stdout.write(`${name}, batches of ${size}: ${figures}\n`)
}

const folder = mkdtempSync(join(tmpdir(), 'plutino-bench-'))
const databases = createDatabases({ log: silentLogger, clock: systemClock, folder })
const file = new DatabaseSync(join(folder, 'bench.db'))
file.exec(TABLE)
file.close()
const sqlite = await databases.open('sqlite:bench.db', { verbs: ['insert'] })
for (const size of [100, 1000]) await measure('sqlite', sqlite, size)

const url = process.env['PLUTINO_TEST_MYSQL']
if (url === undefined) process.stdout.write('mariadb: set PLUTINO_TEST_MYSQL to its address\n')
else {
  const admin = await mysql.createConnection(url)
  await admin.query('DROP TABLE IF EXISTS bench')
  await admin.query(TABLE)
  const session = await databases.open(url, { verbs: ['insert'] })
  for (const size of [100, 1000]) await measure('mariadb', session, size)
  await admin.query('DROP TABLE bench')
  await admin.end()
}
await databases.close()
rmSync(folder, { recursive: true })
