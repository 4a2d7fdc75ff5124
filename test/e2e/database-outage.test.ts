import { createPool, type Pool } from 'mysql2/promise'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { OwnMariadb } from '../support/mariadb.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { Publisher } from '../support/publisher.ts'
import { createRule, createStream, installMysql } from '../support/rules.ts'
import { ServerProcess } from '../support/server-process.ts'
import { service } from '../support/services.ts'
import { until } from '../support/until.ts'

const EACH = 4000
const SINK = 'sink_mysql_0_0'
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

let database: OwnMariadb

// the variable says that MariaDB is installed; the server that dies here is the test's own
describe.skipIf(service('PLUTINO_TEST_MYSQL') === undefined)('a MariaDB', () => {
  beforeAll(async () => {
    database = await OwnMariadb.create()
  })
  afterAll(() => database.remove())

  test('is away at the start and in the middle of the load: shown with cause and time, found again, no committed row lost or doubled', async () => {
    const { server } = await parties()
    const pool = poolOf()
    await pool.query('CREATE TABLE keyed (seq BIGINT PRIMARY KEY)')
    await pool.query('CREATE TABLE plain (id BIGINT AUTO_INCREMENT PRIMARY KEY, seq BIGINT)')
    await pool.end()
    await database.kill()
    const begin = Date.now()
    for (const [table, more] of [
      ['keyed', { keyField: 'seq' }],
      ['plain', {}],
    ] as const) {
      await createStream(server, `${table}_in`, { topic: 'load', port: server.brokerPort, clientid: `plutino-${table}` })
      await createRule(server, table, `SELECT seq FROM ${table}_in`, { mysql: { url: database.url, table, ...more } })
    }
    const publisher = await Publisher.connect(server.brokerPort)
    closing.push(() => publisher.close())
    await shown(server, begin)
    await publisher.publish('load', 0, EACH)
    await until('rows that wait', async () => Number((await server.status('keyed'))[`${SINK}_buffer_length`]) > 0)

    await database.start()
    const after = poolOf()
    await until('the rows that waited', async () => (await counts(after, 'keyed')).all === EACH)
    let interrupted = 0
    for (let round = 1; round <= 3; round++) {
      const load = publisher.publish('load', round * EACH, (round + 1) * EACH)
      await until('some rows of the round', async () => (await counts(after, 'keyed')).all > round * EACH)
      if ((await counts(after, 'keyed')).all < (round + 1) * EACH) interrupted++
      const killed = Date.now()
      await database.kill()
      await shown(server, killed)
      await database.start()
      await load
      await until('all rows of the round', async () => (await counts(after, 'keyed')).all === (round + 1) * EACH)
    }
    await until('all rows without a key', async () => (await counts(after, 'plain')).different === 4 * EACH)
    expect(interrupted).toBeGreaterThan(0)
    const { all, doubled } = await counts(after, 'plain')
    // without a key a batch that was committed but not answered comes again: one for each time that the database died
    expect(doubled).toBeLessThanOrEqual(3)
    expect(all).toBeGreaterThanOrEqual(4 * EACH)
    for (const rule of ['keyed', 'plain']) {
      expect(await server.status(rule)).toMatchObject({ status: 'running', [`${SINK}_connection_status`]: 1 })
    }
  })

  test('that is away does not hold a rule that writes elsewhere, nor the stop of its own or of the server', async () => {
    const { server, listener } = await parties()
    await database.kill()
    await createStream(server, 'rows', { topic: 'in', port: server.brokerPort })
    await createRule(server, 'keyed', 'SELECT seq FROM rows', { mysql: { url: database.url, table: 't' } })
    await createRule(server, 'calm', 'SELECT seq FROM rows', { mqtt: { topic: 'out', qos: 1, sendSingle: true } })
    await server.connected('calm')
    await shown(server, 1)
    await listener.publish('in', { seq: 1 })
    expect(await listener.received('out', 1)).toEqual(['{"seq":1}'])
    await server.expect('POST', '/rules/keyed/stop')
    expect((await server.status('keyed'))['status']).toBe('stopped')
    await server.expect('POST', '/rules/keyed/start')
    await listener.publish('in', { seq: 2 })
    await shown(server, 1)
    expect((await server.stop()).code).toBe(0)
    await database.start()
  })

  test('refuses rows: they end on the error path alone, the others are written in order, with exact values', async () => {
    const { server, listener } = await parties()
    const pool = poolOf()
    closing.push(() => pool.end())
    await createStream(server, 'rows', { topic: 'in', port: server.brokerPort, columns: '' })
    await createRule(server, 'keyed', 'SELECT * FROM rows', { mysql: { url: database.url, table: 'late' } })
    await server.connected('keyed')
    const failures = async (): Promise<number> => Number((await server.status('keyed'))[`${SINK}_exceptions_total`])
    const cause = async (): Promise<unknown> => (await server.status('keyed'))[`${SINK}_last_exception`]

    await listener.publish('in', { name: 'too early' })
    await until('the missing table', async () => (await failures()) === 1)
    expect(await cause()).toContain('late')
    await pool.query(`CREATE TABLE late (place INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(12) NOT NULL, big BIGINT, yes BOOLEAN,
      number DOUBLE, bytes BLOB, object TEXT, list TEXT)`)
    const rows = [
      { name: 'first', big: '9007199254740993', yes: true, number: 0.1 },
      { name: 'longer than twelve' },
      { name: null },
      { name: 'no', unknown_column: 1 },
      { name: '💡 größe', big: '-9223372036854775808', yes: false, number: -1e300, object: { a: [1, { b: null }] }, list: [1, 'x'] },
      { name: 'nothing', big: null, yes: null, number: null, object: null, list: null },
      { name: '' },
    ]
    for (const row of rows) await listener.publish('in', JSON.stringify(row).replace(/"(-?\d{16,})"/, '$1'))
    await until('four rows and three more failures', async () => (await failures()) === 4 && (await names(pool)).length === 4)
    expect(await names(pool)).toEqual(['first', '💡 größe', 'nothing', ''])
    const [stored] = await pool.query('SELECT big, yes, number, object, list FROM late ORDER BY place LIMIT 3')
    expect(stored).toEqual([
      { big: '9007199254740993', yes: 1, number: 0.1, object: null, list: null },
      { big: '-9223372036854775808', yes: 0, number: -1e300, object: '{"a":[1,{"b":null}]}', list: '[1,"x"]' },
      { big: null, yes: null, number: null, object: null, list: null },
    ])
    expect(await server.status('keyed')).toMatchObject({ status: 'running', [`${SINK}_connection_status`]: 1 })
  })

  test('refuses a few of thousands in one batch: each is found alone', async () => {
    const { server } = await parties()
    const pool = poolOf()
    closing.push(() => pool.end())
    await pool.query('CREATE TABLE odd (place INT AUTO_INCREMENT PRIMARY KEY, seq BIGINT, CHECK (seq % 500 <> 7))')
    await createStream(server, 'rows', { topic: 'load', port: server.brokerPort })
    await createRule(server, 'keyed', 'SELECT seq FROM rows', { mysql: { url: database.url, table: 'odd' } })
    await server.connected('keyed')
    const publisher = await Publisher.connect(server.brokerPort)
    closing.push(() => publisher.close())
    await publisher.publish('load', 0, EACH)
    await until('the failures', async () => (await server.status('keyed'))[`${SINK}_exceptions_total`] === EACH / 500)
    const read = async (): Promise<number[]> => {
      const [found] = await pool.query<never>({ sql: 'SELECT seq FROM odd ORDER BY place', rowsAsArray: true })
      return (found as (string | number)[][]).map(([seq]) => Number(seq))
    }
    await until('the others', async () => (await read()).length === EACH - EACH / 500)
    expect(await read()).toEqual(Array.from({ length: EACH }, (_, i) => i).filter((seq) => seq % 500 !== 7))
  })

  test('gets binary messages byte for byte', async () => {
    const { server, listener } = await parties()
    const pool = poolOf()
    closing.push(() => pool.end())
    await pool.query('CREATE TABLE raw (bytes BLOB)')
    const sql = `CREATE STREAM raw () WITH (DATASOURCE="raw", FORMAT="BINARY")`
    await server.expect('POST', '/streams', { sql })
    await createRule(server, 'keyed', 'SELECT self AS bytes FROM raw', { mysql: { url: database.url, table: 'raw' } })
    await server.connected('keyed')
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
    await listener.publish('raw', bytes)
    await until('the row', async () => {
      const [rows] = await pool.query<never>({ sql: 'SELECT bytes FROM raw', rowsAsArray: true })
      return (rows as Buffer[][])[0]?.[0]?.equals(bytes) === true
    })
  })
})

interface Parties {
  readonly server: ServerProcess
  readonly listener: MqttListener
}

async function parties(): Promise<Parties> {
  const server = await ServerProcess.start({ broker: true })
  closing.push(() => server.stop())
  await installMysql(server)
  const listener = await MqttListener.connect(server.brokerPort)
  closing.push(() => listener.close())
  return { server, listener }
}

function poolOf(): Pool {
  const [, port = ''] = /:(\d+)\)/.exec(database.url) ?? []
  return createPool({ uri: `mysql://test:test@127.0.0.1:${port}/user`, supportBigNumbers: true, bigNumberStrings: true })
}

/** The cause and the time of the outage are in the status, and the rule runs. */
async function shown(server: ServerProcess, since: number): Promise<void> {
  await until('the outage in the status', async () => {
    const status = await server.status('keyed')
    expect(status['status']).toBe('running')
    return status[`${SINK}_connection_status`] !== 1 && Number(status[`${SINK}_connection_last_disconnected_time`]) >= since
  })
  const status = await server.status('keyed')
  expect(status[`${SINK}_last_exception`]).toMatch(/ECONNREFUSED|closed|ECONNRESET|lost/)
}

interface Counts {
  readonly all: number
  readonly different: number
  /** Most of the repetitions that one number has. */
  readonly doubled: number
}

/** 0 while the database cannot answer. */
async function counts(pool: Pool, table: string): Promise<Counts> {
  const sql = `SELECT count(*), count(DISTINCT seq), (SELECT coalesce(max(n), 1) - 1 FROM (SELECT count(*) AS n FROM ${table} GROUP BY seq) AS each_one) FROM ${table}`
  const answer = await pool.query<never>({ sql, rowsAsArray: true }).catch(() => undefined)
  const [all = 0, different = 0, doubled = 0] = ((answer?.[0] ?? []) as unknown[][])[0] ?? []
  return { all: Number(all), different: Number(different), doubled: Number(doubled) }
}

async function names(pool: Pool): Promise<string[]> {
  const [rows] = await pool.query<never>({ sql: 'SELECT name FROM late ORDER BY place', rowsAsArray: true })
  return (rows as string[][]).map(([name = '']) => name)
}
