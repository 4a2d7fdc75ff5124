import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { Publisher } from '../support/publisher.ts'
import { createRule, createStream, installMysql, intoTable, SeqTable } from '../support/rules.ts'
import { ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const TOTAL = 3000
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

test('a database file that another program holds: rows wait, the server answers, and then they are written once', async () => {
  const server = await ServerProcess.start({ broker: true })
  closing.push(() => server.stop())
  const held = new SeqTable(server.folder, 'held.db', false)
  const free = new SeqTable(server.folder, 'free.db')
  closing.push(() => Promise.resolve([held.close(), free.close()]))
  await installMysql(server)
  for (const name of ['held', 'free']) {
    await createStream(server, `${name}_in`, { topic: 'load', port: server.brokerPort, clientid: `plutino-${name}` })
    await createRule(server, name, `SELECT seq FROM ${name}_in`, intoTable(`${name}.db`, name === 'free'))
    await server.connected(name)
  }
  const other = new DatabaseSync(path.join(server.folder, 'held.db'))
  other.exec('BEGIN IMMEDIATE')
  const publisher = await Publisher.connect(server.brokerPort)
  closing.push(() => publisher.close())
  await publisher.publish('load', 0, TOTAL)
  await until('the rows of the other rule', () => free.count === TOTAL)
  const status = await server.status('held')
  expect(status['status']).toBe('running')
  expect(Number(status['sink_mysql_0_0_buffer_length'])).toBeGreaterThan(0)
  expect(held.count).toBe(0)
  other.exec('COMMIT')
  other.close()
  await until('the rows that waited', () => held.distinct === TOTAL)
  expect(held.count).toBe(TOTAL)
})

test('a table of a database file that is missing, and then there: rows before it end on the error path, later ones are written', async () => {
  const server = await ServerProcess.start({ broker: true })
  closing.push(() => server.stop())
  await installMysql(server)
  await createStream(server, 'rows', { topic: 'load', port: server.brokerPort, clientid: 'plutino-rows' })
  await createRule(server, 'late', 'SELECT seq FROM rows', intoTable('late.db'))
  await server.connected('late')
  const publisher = await Publisher.connect(server.brokerPort)
  closing.push(() => publisher.close())
  await publisher.publish('load', 0, 10)
  await until('ten failures', async () => (await server.status('late'))['sink_mysql_0_0_exceptions_total'] === 10)
  expect((await server.status('late'))['sink_mysql_0_0_last_exception']).toContain('no such table: seqs')
  const table = new SeqTable(server.folder, 'late.db')
  closing.push(() => Promise.resolve(table.close()))
  await publisher.publish('load', 10, 20)
  await until('ten rows', () => table.count === 10)
  expect(table.last).toBe(19)
  expect(await server.status('late')).toMatchObject({ status: 'running', sink_mysql_0_0_connection_status: 1 })
})
