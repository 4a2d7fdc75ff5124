import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packPlugin } from '../../plugin-sdk/assemblyscript/build/pack.ts'
import { unzip } from '../../src/wasm/install/unzip.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { Publisher } from '../support/publisher.ts'
import { createStream, MYSQL_ZIP } from '../support/rules.ts'
import { ROOT, ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

const TOTAL = 6000

let server: ServerProcess
let listener: MqttListener
let publisher: Publisher
let echo: Uint8Array

beforeAll(async () => {
  server = await ServerProcess.start({ broker: true })
  listener = await MqttListener.connect(server.brokerPort)
  publisher = await Publisher.connect(server.brokerPort)
  echo = (await packPlugin(path.join(ROOT, 'plugins/echo'))).zip
}, 120_000)
afterAll(async () => {
  await publisher.close()
  await listener.close()
  await server.stop()
})

/** The same plugin under another version. */
async function version(zip: Uint8Array, number: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = [...(await unzip(zip))].map(([name, bytes]): [string, Uint8Array] => {
    if (name.endsWith('.json')) return [name, Buffer.from(Buffer.from(bytes).toString().replaceAll('1.0.0', number))]
    return [name.replace('1.0.0', number), bytes]
  })
  return new Uint8Array(zipOf(Object.fromEntries(files)))
}

const shown = async (plugin: string): Promise<Record<string, unknown>> => JSON.parse(await server.expect('GET', `/plugins/${plugin}`))

test('a function gets new versions and a rollback under load: no message is lost or doubled, and the rule is not stopped', async () => {
  await server.expect('POST', '/plugins/functions', new Uint8Array(echo))
  await createStream(server, 'load_in', { topic: 'load/in', port: server.brokerPort, clientid: 'plutino-load' })
  const action = { mqtt: { server: `tcp://127.0.0.1:${server.brokerPort}`, topic: 'load/out', qos: 1, sendSingle: true } }
  const options = { limits: { memory: 16, timeout: '2s' } }
  await server.expect('POST', '/rules', { id: 'load', sql: 'SELECT echo(seq) AS seq FROM load_in', actions: [action], options })
  await server.connected('load')
  const started = (await server.status('load'))['lastStartTimestamp']
  const published = publisher.publish('load/in', 0, TOTAL)
  await until('some messages', () => listener.of('load/out').length > 200)
  await server.expect('PUT', '/plugins/functions/echo', await version(echo, '1.1.0'))
  await server.expect('PUT', '/plugins/functions/echo', await version(echo, '1.2.0'))
  expect(await server.expect('POST', '/plugins/functions/echo/rollback')).toBe('functions plugin echo is rolled back to version 1.1.0')
  await published
  await until(`${TOTAL} messages`, () => listener.of('load/out').length >= TOTAL, 20_000)
  const seqs = listener.of('load/out').map((one) => Number(JSON.parse(one).seq))
  expect(seqs).toEqual(Array.from({ length: TOTAL }, (_, i) => i))
  const status = await server.status('load')
  expect(status).toMatchObject({ status: 'running', lastStartTimestamp: started })
  const calls = Object.keys(status).find((key) => key.endsWith('_plugin_echo_calls_total')) ?? ''
  expect(status[calls]).toBeGreaterThan(0)
  expect(status[calls.replace('calls_total', 'version')]).toBe('1.1.0')
  expect(status[calls.replace('calls_total', 'memory_bytes')]).toBeGreaterThan(0)
  expect(status[calls.replace('calls_total', 'limit_memory')]).toBe(16 * 1_048_576)
  expect(status[calls.replace('calls_total', 'limit_callTimeout')]).toBe(2000)
  expect(await shown('functions/echo')).toMatchObject({
    version: '1.1.0',
    limits: { memory: 67_108_864, callTimeout: 10_000, totalWaitTimeout: 120_000, hostCalls: 10_000, state: 16_777_216 },
    versions: [
      { version: '1.0.0', current: false },
      { version: '1.1.0', current: true },
      { version: '1.2.0', current: false },
    ],
    uses: [{ rule: 'load', version: '1.1.0', traps: 0 }],
  })
}, 120_000)

test('the installer says what a plugin may do', async () => {
  const refused = await server.refusal('POST', '/plugins/sinks?allow=http', MYSQL_ZIP)
  expect(refused).toMatchObject({
    status: 400,
    message: 'sinks plugins create command error: fail to install plugin: version 1.0.0 of plugin mysql needs db, but only http is allowed',
    hint: 'to allow it, send "allow": ["http","db"]',
  })
  const installed = await server.request('POST', '/plugins/sinks?allow=db', MYSQL_ZIP)
  expect(installed).toMatchObject({ status: 201, text: 'sinks plugin mysql is created' })
  expect(installed.headers.get('plutino-capabilities')).toContain('db')
  expect(installed.headers.get('plutino-allowed')).toBe('db')
  expect(await shown('sinks/mysql')).toMatchObject({ allow: ['db'], capabilities: expect.arrayContaining(['db']) })
  expect((await server.refusal('POST', '/plugins/sinks/mysql/rollback')).message).toBe(
    'sinks plugins rollback command error: there is no earlier version of plugin mysql',
  )
}, 60_000)

test('an aggregate in a window gets new versions and a rollback under load: every row is counted once', async () => {
  const { zip } = await packPlugin(path.join(ROOT, 'plugins/count-plus-one'))
  await server.expect('POST', '/plugins/functions', new Uint8Array(zip))
  await createStream(server, 'groups_in', { topic: 'groups/in', port: server.brokerPort, clientid: 'plutino-groups' })
  const action = { mqtt: { server: `tcp://127.0.0.1:${server.brokerPort}`, topic: 'groups/out', qos: 1, sendSingle: true } }
  const sql = 'SELECT min(seq) AS first, countPlusOne(seq) AS n FROM groups_in GROUP BY seq % 3, COUNTWINDOW(150)'
  await server.expect('POST', '/rules', { id: 'groups', sql, actions: [action] })
  await server.connected('groups')
  const results = (): { first: number; n: number }[] => listener.of('groups/out').map((one) => JSON.parse(one))
  const published = publisher.publish('groups/in', 0, TOTAL)
  await until('some windows', () => results().length > 0)
  for (const number of ['1.1.0', '1.2.0', '1.3.0'])
    await server.expect('PUT', '/plugins/functions/countPlusOne', await version(zip, number))
  await server.expect('POST', '/plugins/functions/countPlusOne/rollback')
  await published
  const windows = Array.from({ length: TOTAL / 150 }, (_, i) => i * 150)
  await until(`${windows.length} windows`, () => results().length >= 3 * windows.length, 20_000)
  expect(results()).toEqual(windows.flatMap((first) => [0, 1, 2].map((k) => ({ first: first + k, n: 51 }))))
  expect((await server.status('groups'))['status']).toBe('running')
}, 60_000)
