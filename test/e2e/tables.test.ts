import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { MqttListener } from '../support/mqtt-listener.ts'
import { createRule, createStream } from '../support/rules.ts'
import { ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

interface World {
  readonly server: ServerProcess
  readonly listener: MqttListener
  /** Options that send results to a topic. */
  readonly to: (topic: string) => object
}

async function world(): Promise<World> {
  const server = await ServerProcess.start({ broker: true })
  onTestFinished(async () => void (await server.stop()))
  mkdirSync(path.join(server.folder, 'files'))
  const listener = await MqttListener.connect(server.brokerPort)
  onTestFinished(() => listener.close())
  const to = (topic: string): object => ({ mqtt: { server: `tcp://127.0.0.1:${server.brokerPort}`, topic, qos: 1 } })
  await createStream(server, 'demo', { topic: 'in', port: server.brokerPort, columns: '' })
  return { server, listener, to }
}

const table = async (server: ServerProcess, sql: string): Promise<unknown> => server.expect('POST', '/tables', { sql })

test('a stream joins a file: its rows are there, a broken line is an error of its own', async () => {
  const { server, listener, to } = await world()
  writeFileSync(path.join(server.folder, 'files/names.csv'), 'id,name\n1,one\nx,broken\n2,two\n')
  const extra = String.raw`EXTRA="{\"fileType\":\"csv\",\"hasHeader\":true}"`
  await table(server, `CREATE TABLE names (id bigint, name string) WITH (DATASOURCE="names.csv", ${extra})`)
  await createRule(server, 'r', 'SELECT demo.seq, names.name FROM demo INNER JOIN names ON demo.seq = names.id', to('out'))
  await server.connected('r')
  await until('the rows of the table', async () => (await server.request('GET', '/rules/r/scantables')).text.includes('two'))
  expect(JSON.parse(await server.expect('GET', '/rules/r/scantables'))).toEqual([
    { emitter: 'names', content: { id: 1, name: 'one' } },
    { emitter: 'names', content: { id: 2, name: 'two' } },
  ])
  for (const seq of [2, 7, 1]) await listener.publish('in', { seq })
  expect(await listener.received('out', 2)).toEqual(['[{"seq":2,"name":"two"}]', '[{"seq":1,"name":"one"}]'])
})

test('a stream joins a table of a database file, and one that another rule fills', async () => {
  const { server, listener, to } = await world()
  const database = new DatabaseSync(path.join(server.folder, 'plant.db'), { timeout: 5000 })
  onTestFinished(() => database.close())
  database.exec("CREATE TABLE devices (id INTEGER PRIMARY KEY, site TEXT); INSERT INTO devices VALUES (1, 'north'), (2, 'south')")
  await table(
    server,
    String.raw`CREATE TABLE devices () WITH (DATASOURCE="devices", TYPE="sql", KIND="lookup", EXTRA="{\"url\":\"sqlite:plant.db\"}")`,
  )
  await table(server, 'CREATE TABLE latest () WITH (DATASOURCE="latest", TYPE="memory", KIND="lookup", KEY="id")')
  await createStream(server, 'changes', { topic: 'changes', port: server.brokerPort, columns: '' })
  const sql =
    'SELECT demo.id, devices.site, latest.limit FROM demo INNER JOIN devices ON demo.id = devices.id LEFT JOIN latest ON demo.id = latest.id'
  await createRule(server, 'r', sql.replace('latest.limit', 'latest.most'), to('out'))
  await createRule(server, 'fill', 'SELECT * FROM changes', {
    memory: { topic: 'latest', rowkindField: 'kind', keyField: 'id', sendSingle: true },
  })
  await server.connected('r')
  await server.connected('fill')
  await listener.publish('in', { id: 1 })
  expect(await listener.received('out', 1)).toEqual(['[{"id":1,"site":"north"}]'])
  await listener.publish('changes', { kind: 'upsert', id: 1, most: 10 })
  await until('the change', async () => (await server.status('fill'))['sink_memory_0_0_records_out_total'] === 1)
  await listener.publish('in', { id: 1 })
  expect((await listener.received('out', 2))[1]).toBe('[{"id":1,"site":"north","most":10}]')
  await listener.publish('changes', { kind: 'delete', id: 1 })
  await until('the change', async () => (await server.status('fill'))['sink_memory_0_0_records_out_total'] === 2)
  await listener.publish('in', { id: 1 })
  expect((await listener.received('out', 3))[2]).toBe('[{"id":1,"site":"north"}]')
})

test('tables that cannot be are refused', async () => {
  const { server } = await world()
  const refusal = async (sql: string): Promise<string> => (await server.refusal('POST', '/tables', { sql })).message
  for (const outside of ['../../etc/passwd', '../plutino.db', '/etc/passwd'])
    expect(await refusal(`CREATE TABLE t () WITH (DATASOURCE="${outside}")`)).toContain('expected a path inside')
  expect(await refusal('CREATE TABLE t () WITH (DATASOURCE="t", TYPE="memory", KIND="lookup")')).toContain('KEY')
  expect(await refusal('CREATE TABLE t () WITH (DATASOURCE="t", TYPE="sql", KIND="lookup")')).toContain('url: is required')
  await table(server, 'CREATE TABLE t () WITH (DATASOURCE="later.json")')
  expect((await server.refusal('POST', '/rules', { id: 'r', sql: 'SELECT * FROM t', actions: [{ log: {} }] })).message).toContain('TABLE')
  await createRule(server, 'waits', 'SELECT * FROM demo INNER JOIN t ON demo.seq = t.id', { log: {} })
  expect((await server.refusal('GET', '/rules/waits/scantables')).message).toContain('scan table error')
  await until('the reason', async () =>
    String((await server.status('waits'))['source_t_0_connection_last_disconnected_message']).includes('no such file'),
  )
  writeFileSync(path.join(server.folder, 'files/later.json'), '[{"id":1},{"id":2}]')
  await until('the rows', async () => (await server.request('GET', '/rules/waits/scantables')).status === 200)
})

test.each([0, 1])('qos %i: a table of a file has each row once, also after restarts of the rule', async (qos) => {
  const { server, listener, to } = await world()
  writeFileSync(path.join(server.folder, 'files/names.json'), '[{"id":1,"name":"one"},{"id":2,"name":"two"}]')
  await table(server, 'CREATE TABLE names () WITH (DATASOURCE="names.json")')
  const sql = 'SELECT demo.seq, names.name FROM demo LEFT JOIN names ON demo.seq = names.id'
  await server.expect('POST', '/rules', { id: 'r', sql, options: { qos }, actions: [to('out')] })
  const rows = async (): Promise<number> => {
    const { status, text } = await server.request('GET', '/rules/r/scantables')
    return status === 200 ? (JSON.parse(text) as unknown[]).length : 0
  }
  await until('the rows of the table', async () => (await rows()) === 2)
  for (const count of [1, 2]) {
    await server.expect('POST', '/rules/r/restart')
    await until('the rows of the table', async () => (await rows()) >= 2)
    await server.connected('r')
    await listener.publish('in', { seq: 1 })
    expect((await listener.received('out', count)).at(-1)).toBe('[{"seq":1,"name":"one"}]')
    expect(await rows()).toBe(2)
  }
})
