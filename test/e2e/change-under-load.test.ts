import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { unzip } from '../../src/wasm/install/unzip.ts'
import { Mosquitto } from '../support/mosquitto.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { Publisher } from '../support/publisher.ts'
import { createStream, installMysql, intoTable, MYSQL_ZIP, SeqTable } from '../support/rules.ts'
import { ServerProcess } from '../support/server-process.ts'
import { mosquittoBinary } from '../support/services.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

const TOTAL = 8000
/** The broker begins the packet ids of each connection at random: here all at the same, which must not cost a message. */
const SAME_IDS = '--import=data:text/javascript,Math.random=()=>0.5'
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Change {
  readonly name: string
  readonly apply: (server: ServerProcess, rule: string, port: number) => Promise<void>
}

const changes: readonly Change[] = [
  {
    name: 'PUT of the rule',
    apply: async (server, rule, port) => {
      const sql = `SELECT seq FROM ${rule}_in WHERE seq >= 0`
      await server.expect('PUT', `/rules/${rule}`, { sql, actions: actions(rule, port) })
    },
  },
  { name: 'restart of the rule', apply: async (server, rule) => void (await server.expect('POST', `/rules/${rule}/restart`)) },
  {
    name: 'stop and start of the rule',
    apply: async (server, rule) => {
      await server.expect('POST', `/rules/${rule}/stop`)
      await server.expect('POST', `/rules/${rule}/start`)
    },
  },
  {
    name: 'PUT of the plugin as it is',
    apply: async (server) => void (await server.expect('PUT', '/plugins/sinks/mysql', MYSQL_ZIP)),
  },
  {
    name: 'PUT of a new version of the plugin',
    apply: async (server) => {
      await server.expect('PUT', '/plugins/sinks/mysql', await newVersion())
      expect(JSON.parse(await server.expect('GET', '/plugins/sinks/mysql'))).toMatchObject({ version: '1.0.1' })
    },
  },
]

describe('with the broker inside the server', () => {
  let server: ServerProcess
  beforeAll(async () => {
    server = await ServerProcess.start({ broker: true, env: { NODE_OPTIONS: SAME_IDS } })
    await installMysql(server)
  })
  afterAll(() => server.stop())

  test.each(changes.map((change, i) => ({ ...change, rule: `load${i}` })))(
    '$name under load loses no message, and with a key none is there twice',
    ({ apply, rule }) => underLoad({ server, rule, port: server.brokerPort }, () => apply(server, rule, server.brokerPort)),
  )
})

const binary = mosquittoBinary()
describe.skipIf(binary === undefined)('with mosquitto', () => {
  test('all changes, one after another, under one load lose no message', async () => {
    const broker = await Mosquitto.start(binary ?? '')
    closing.push(() => broker.close())
    const server = await ServerProcess.start()
    closing.push(() => server.stop())
    await installMysql(server)
    const port = broker.ports.plain
    await underLoad({ server, rule: 'load', port }, async () => {
      for (const { apply } of changes) await apply(server, 'load', port)
    })
  })
})

interface Load {
  readonly server: ServerProcess
  readonly rule: string
  readonly port: number
}

async function underLoad({ server, rule, port }: Load, change: () => Promise<void>): Promise<void> {
  const table = new SeqTable(server.folder, `${rule}.db`)
  closing.push(() => Promise.resolve(table.close()))
  await createStream(server, `${rule}_in`, { topic: `${rule}/in`, port, clientid: `plutino-${rule}` })
  await server.expect('POST', '/rules', { id: rule, sql: `SELECT seq FROM ${rule}_in`, actions: actions(rule, port) })
  await server.connected(rule)
  const [publisher, listener] = await Promise.all([Publisher.connect(port), MqttListener.connect(port)])
  closing.push(
    () => publisher.close(),
    () => listener.close(),
  )
  const published = publisher.publish(`${rule}/in`, 0, TOTAL)
  await until('some rows', () => table.count > 300)
  const before = table.count
  await change()
  expect(before).toBeLessThan(TOTAL)
  await published
  const seqs = (): number => new Set(listener.of(`${rule}/out`)).size
  await until(
    () => `${TOTAL} rows and messages, there are ${table.count} and ${seqs()}`,
    () => table.count === TOTAL && seqs() === TOTAL,
    20_000,
  )
  await server.connected(rule)
  expect((await server.status(rule))['status']).toBe('running')
}

function actions(rule: string, port: number): readonly object[] {
  return [intoTable(`${rule}.db`), { mqtt: { server: `tcp://127.0.0.1:${port}`, topic: `${rule}/out`, qos: 1, sendSingle: true } }]
}

/** The plugin under another version. */
async function newVersion(): Promise<Uint8Array<ArrayBuffer>> {
  const files = [...(await unzip(MYSQL_ZIP))].map(([name, bytes]): [string, string | Uint8Array] => [
    name.replace('@v1.0.0', '@v1.0.1'),
    name === 'mysql.json' ? Buffer.from(bytes).toString().replace('"1.0.0"', '"1.0.1"') : bytes,
  ])
  return new Uint8Array(zipOf(Object.fromEntries(files)))
}
