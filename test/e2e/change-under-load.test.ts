import { afterEach, describe, expect, test } from 'vitest'
import { unzip } from '../../src/wasm/install/unzip.ts'
import { Mosquitto } from '../support/mosquitto.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { Publisher } from '../support/publisher.ts'
import { createRule, createStream, installMysql, intoTable, MYSQL_ZIP, SeqTable } from '../support/rules.ts'
import { ServerProcess } from '../support/server-process.ts'
import { mosquittoBinary } from '../support/services.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

const TOTAL = 8000
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Change {
  readonly name: string
  /** What the rule does with its rows after it. */
  readonly apply: (server: ServerProcess, port: number) => Promise<void>
}

const changes: readonly Change[] = [
  {
    name: 'PUT of the rule',
    apply: async (server, port) => {
      const rule = { sql: 'SELECT seq FROM load WHERE seq >= 0', actions: [intoTable('seqs.db'), passedOn(port)] }
      await server.expect('PUT', '/rules/load', rule)
    },
  },
  { name: 'restart of the rule', apply: async (server) => void (await server.expect('POST', '/rules/load/restart')) },
  {
    name: 'stop and start of the rule',
    apply: async (server) => {
      await server.expect('POST', '/rules/load/stop')
      await server.expect('POST', '/rules/load/start')
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
  test.each(changes)('$name under load loses no message, and with a key none is there twice', async ({ apply }) => {
    const server = await ServerProcess.start({ broker: true })
    closing.push(() => server.stop())
    await underLoad(server, server.brokerPort, apply)
  })
})

const binary = mosquittoBinary()
describe.skipIf(binary === undefined)('with mosquitto', () => {
  test('all changes, one after another, under one load lose no message', async () => {
    const broker = await Mosquitto.start(binary ?? '')
    closing.push(() => broker.close())
    const server = await ServerProcess.start()
    closing.push(() => server.stop())
    await underLoad(server, broker.ports.plain, async () => {
      for (const { apply } of changes) await apply(server, broker.ports.plain)
    })
  })
})

async function underLoad(server: ServerProcess, port: number, apply: Change['apply']): Promise<void> {
  const table = new SeqTable(server.folder, 'seqs.db')
  closing.push(() => Promise.resolve(table.close()))
  await installMysql(server)
  await createStream(server, 'load', { topic: 'load', port, clientid: 'plutino-load' })
  await createRule(server, 'load', 'SELECT seq FROM load', intoTable('seqs.db'), passedOn(port))
  await server.connected('load')
  const [publisher, listener] = await Promise.all([Publisher.connect(port), MqttListener.connect(port)])
  closing.push(
    () => publisher.close(),
    () => listener.close(),
  )
  const published = publisher.publish('load', 0, TOTAL)
  await until('some rows', () => table.count > 300)
  const before = table.count
  await apply(server, port)
  expect(before).toBeLessThan(TOTAL)
  await published
  const seqs = (): number => new Set(listener.of('out')).size
  await until(
    () => `${TOTAL} rows and messages, there are ${table.count} and ${seqs()}`,
    () => table.count === TOTAL && seqs() === TOTAL,
  )
  await server.connected('load')
  expect((await server.status('load'))['status']).toBe('running')
}

function passedOn(port: number): object {
  return { mqtt: { server: `tcp://127.0.0.1:${port}`, topic: 'out', qos: 1, sendSingle: true } }
}

/** The plugin under another version. */
async function newVersion(): Promise<Uint8Array<ArrayBuffer>> {
  const files = [...(await unzip(MYSQL_ZIP))].map(([name, bytes]): [string, string | Uint8Array] => [
    name.replace('@v1.0.0', '@v1.0.1'),
    name === 'mysql.json' ? Buffer.from(bytes).toString().replace('"1.0.0"', '"1.0.1"') : bytes,
  ])
  return new Uint8Array(zipOf(Object.fromEntries(files)))
}
