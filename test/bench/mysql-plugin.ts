import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { LoadProcess, ServerProcess } from './load/process.ts'
import type { Figure } from './report.ts'

const ROWS = 300_000
const WARM_UP = 50_000
const TABLE = 'CREATE TABLE bench (deviceId VARCHAR(40), temperature DOUBLE, humidity DOUBLE, pressure DOUBLE, seq BIGINT)'
const SQL = 'SELECT deviceId, temperature, humidity, pressure, seq FROM bench'

/**
 * MQTT QoS 1 -> rule -> plugin `mysql` -> table, whole server: rows a second from the first message to the acknowledgement of the last,
 * which leaves when its row is committed.
 */
export async function mysqlFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = [
    { name: 'plugin mysql into SQLite, MQTT QoS 1 to committed row', value: await throughput(undefined), unit: 'rows/s', least: 200_000 },
  ]
  const url = process.env['PLUTINO_TEST_MYSQL']
  if (url !== undefined) {
    const value = await throughput(url)
    figures.push({ name: 'plugin mysql into MariaDB, durable, MQTT QoS 1 to committed row', value, unit: 'rows/s', least: 200_000 })
  }
  return figures
}

async function throughput(url: string | undefined): Promise<number> {
  const load = await LoadProcess.start('broker')
  const server = await ServerProcess.start({ MQTT_SOURCE__DEFAULT__SERVER: `tcp://127.0.0.1:${load.port}`, MQTT_SOURCE__DEFAULT__QOS: '1' })
  await install(server)
  await createTable(server, url)
  await server.request('POST', '/streams', { sql: 'CREATE STREAM bench () WITH (DATASOURCE="bench/in", FORMAT="json", TYPE="mqtt")' })
  const subscribed = load.subscribed()
  await server.request('POST', '/rules', { id: 'bench', sql: SQL, actions: [{ mysql: { url: url ?? 'sqlite:bench.db', table: 'bench' } }] })
  await subscribed
  await load.run({ count: WARM_UP, size: 150, qos: 1, out: 0 })
  const seconds = await load.run({ count: ROWS, size: 150, qos: 1, out: 0 })
  const stored = await countRows(server, url)
  await server.stop()
  load.stop()
  if (stored !== WARM_UP + ROWS) throw new Error(`${WARM_UP + ROWS} messages were acknowledged, but the table has ${stored} rows`)
  return ROWS / seconds
}

/** A QoS 1 message may come twice, but the broker of the load sends each once. */
async function countRows(server: ServerProcess, url: string | undefined): Promise<number> {
  const sql = 'SELECT count(*) AS n FROM bench WHERE seq IS NOT NULL'
  if (url === undefined) {
    const database = new DatabaseSync(join(server.dataFolder, 'bench.db'), { readOnly: true })
    const found = database.prepare(sql).get()
    database.close()
    return Number(found?.['n'])
  }
  const connection = await mysql.createConnection(url)
  const [rows] = await connection.query<mysql.RowDataPacket[]>(sql)
  await connection.end()
  return Number(rows[0]?.['n'])
}

async function install(server: ServerProcess): Promise<void> {
  const zip = readFileSync(join(import.meta.dirname, '../../plugins/mysql/prebuilt/mysql.zip'))
  const answer = await fetch(`http://127.0.0.1:${server.port}/plugins`, {
    method: 'POST',
    body: zip,
    headers: { 'content-type': 'application/zip' },
  })
  if (!answer.ok) throw new Error(await answer.text())
}

async function createTable(server: ServerProcess, url: string | undefined): Promise<void> {
  if (url === undefined) {
    const database = new DatabaseSync(join(server.dataFolder, 'bench.db'))
    database.exec(TABLE)
    database.close()
    return
  }
  const connection = await mysql.createConnection(url)
  await connection.query('DROP TABLE IF EXISTS bench')
  await connection.query(TABLE)
  await connection.end()
}
