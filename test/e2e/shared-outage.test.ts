import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { startBroker } from '../../src/connectors/broker/broker.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { publish } from '../support/mqtt-packets.ts'
import { createRule, createStream, installMysql, intoTable, SeqTable } from '../support/rules.ts'
import { ScriptedBroker } from '../support/scripted-broker.ts'
import { freePorts, ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const TOTAL = 6000
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

test('a rule of a shared stream whose sink is away does not hold the others, shows what it drops, and recovers', async () => {
  const source = await ScriptedBroker.start()
  closing.push(() => source.close())
  const server = await ServerProcess.start()
  closing.push(() => server.stop())
  const table = new SeqTable(server.folder, 'seqs.db')
  const [absent = 0] = await freePorts(1)
  await installMysql(server)
  await createStream(server, 'shared_in', { topic: 'in', port: source.port, shared: true })
  await createRule(server, 'sound', 'SELECT seq FROM shared_in', intoTable('seqs.db'))
  const mqtt = { server: `tcp://127.0.0.1:${absent}`, topic: 'out', qos: 1, sendSingle: true }
  await createRule(server, 'broken', 'SELECT seq FROM shared_in', { mqtt })
  await server.connected('sound')
  await until('the outage', async () => Number((await server.status('broken'))['sink_mqtt_0_0_exceptions_total']) > 0)

  // What comes with one read is kept whole: the second part meets a full buffer.
  for (let seq = 0; seq < TOTAL / 2; seq++) source.last.send(message(seq))
  await until('the first rows', () => table.count === TOTAL / 2)
  for (let seq = TOTAL / 2; seq < TOTAL; seq++) source.last.send(message(seq))
  await until('every row', () => table.count === TOTAL)
  await until('every acknowledgement', () => source.last.of(4).length === TOTAL)
  const status = await server.status('broken')
  expect(status['status']).toBe('running')
  expect(status['sink_mqtt_0_0_connection_status']).not.toBe(1)
  expect(status['sink_mqtt_0_0_connection_last_disconnected_message']).toContain(`127.0.0.1:${absent}`)
  expect(Object.values(status).join('\n')).toContain('buffer full, drop message from shared_in')

  const broker = await startBroker({ host: '127.0.0.1', port: absent, clock: systemClock })
  closing.push(() => broker.close())
  const listener = await MqttListener.connect(absent)
  closing.push(() => listener.close())
  await server.connected('broken')
  source.last.send(message(TOTAL))
  await until('the next row in both', () => listener.of('out').includes(`{"seq":${TOTAL}}`) && table.count === TOTAL + 1)
  // what lay in the buffer during the outage has come first, in order
  const seqs = listener.of('out').map((text) => Number(text.slice(7, -1)))
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
  expect(seqs.slice(0, 1000)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  expect((await server.status('broken'))['sink_mqtt_0_0_connection_status']).toBe(1)
  table.close()
})

function message(seq: number): Buffer {
  return publish('in', JSON.stringify({ seq }), { qos: 1, id: (seq % 60_000) + 1 })
}
