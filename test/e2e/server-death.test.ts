import { rmSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { Mosquitto } from '../support/mosquitto.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { Publisher } from '../support/publisher.ts'
import { createRule, createStream, installMysql, intoTable, SeqTable } from '../support/rules.ts'
import { ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { mosquittoBinary } from '../support/services.ts'
import { until } from '../support/until.ts'

const binary = mosquittoBinary()
const TOTAL = 8000
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

describe.skipIf(binary === undefined)('a server that ends under load', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s goes on where it was: no message is lost, with a key none is there twice',
    async (signal) => {
      const broker = await Mosquitto.start(binary ?? '')
      closing.push(() => broker.close())
      const folder = temporaryFolder()
      const keyed = new SeqTable(folder, 'keyed.db')
      const plain = new SeqTable(folder, 'plain.db', false)
      closing.push(async () => [keyed.close(), plain.close(), rmSync(folder, { recursive: true, force: true })])
      const out = await MqttListener.connect(broker.ports.plain)
      closing.push(() => out.close())

      const first = await ServerProcess.start({ folder })
      await rules(first, broker.ports.plain)
      const publisher = await Publisher.connect(broker.ports.plain)
      closing.push(() => publisher.close())
      const published = publisher.publish('load', 0, TOTAL)
      await until('some rows', () => keyed.count > 500 && plain.count > 500 && out.of('out').length > 500)
      const { code } = await first.stop(signal)
      expect(code).toBe(signal === 'SIGTERM' ? 0 : signal)
      expect(publisher.acknowledged).toBeLessThan(TOTAL)

      const second = await ServerProcess.start({ folder })
      closing.push(() => second.stop())
      await published
      const seqs = (): number => new Set(out.of('out')).size
      await until(
        () => `${TOTAL} of everything; there are ${keyed.count} rows, ${plain.distinct} rows without a key, ${seqs()} messages`,
        () => keyed.count === TOTAL && plain.distinct === TOTAL && seqs() === TOTAL,
        20_000,
      )
      // a server that stops in order has acknowledged what it has written
      if (signal === 'SIGTERM') expect({ rows: plain.count, messages: out.of('out').length }).toEqual({ rows: TOTAL, messages: TOTAL })
      for (const rule of ['keyed', 'plain', 'passed']) expect((await second.status(rule))['status']).toBe('running')
    },
  )
})

/** Three rules with a session of their own each. */
async function rules(server: ServerProcess, port: number): Promise<void> {
  await installMysql(server)
  for (const name of ['keyed', 'plain', 'passed']) {
    await createStream(server, `${name}_in`, { topic: 'load', port, clientid: `plutino-${name}` })
  }
  await createRule(server, 'keyed', 'SELECT seq FROM keyed_in', intoTable('keyed.db'))
  await createRule(server, 'plain', 'SELECT seq FROM plain_in', intoTable('plain.db', false))
  const mqtt = { server: `tcp://127.0.0.1:${port}`, topic: 'out', qos: 1, sendSingle: true }
  await createRule(server, 'passed', 'SELECT seq FROM passed_in', { mqtt })
  for (const name of ['keyed', 'plain', 'passed']) await server.connected(name)
}
