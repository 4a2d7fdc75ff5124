import { statSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { Mosquitto } from '../support/mosquitto.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { acknowledgement } from '../support/mqtt-packets.ts'
import { Publisher } from '../support/publisher.ts'
import { createRule, createStream, installMysql, intoTable, SeqTable } from '../support/rules.ts'
import { packetId, payloadText, type Script, ScriptedBroker } from '../support/scripted-broker.ts'
import { ServerProcess } from '../support/server-process.ts'
import { mosquittoBinary } from '../support/services.ts'
import { until } from '../support/until.ts'

const binary = mosquittoBinary()
const EACH = 3000
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

describe.skipIf(binary === undefined)('a broker that is away', () => {
  test('is shown with cause and time, found again, and costs no message; other rules go on', async () => {
    const broker = await absentBroker()
    const server = await ServerProcess.start({ broker: true })
    closing.push(() => server.stop())
    const table = new SeqTable(server.folder, 'seqs.db')
    await installMysql(server)
    await createStream(server, 'load', { topic: 'load', port: broker.ports.plain, clientid: 'plutino-outage' })
    await createRule(server, 'collect', 'SELECT seq FROM load', intoTable('seqs.db'))
    const other = await otherRule(server)

    const begin = Date.now()
    await disconnected(server, broker.ports.plain, begin - 1000)
    await other.works()
    await broker.run()
    await server.connected('collect')

    const publisher = await Publisher.connect(broker.ports.plain)
    closing.push(() => publisher.close())
    // what lies at the broker, acknowledged to the publisher and not yet delivered, when it dies
    process.kill(server.pid, 'SIGSTOP')
    await publisher.publish('load', 0, EACH)
    await saved(broker)
    await broker.kill('SIGKILL')
    process.kill(server.pid, 'SIGCONT')
    const during = publisher.publish('load', EACH, 2 * EACH)
    await disconnected(server, broker.ports.plain, begin)
    await other.works()
    await broker.run()
    await during
    await publisher.publish('load', 2 * EACH, 3 * EACH)

    await until(
      () => `every message, there are ${table.count} of ${3 * EACH}`,
      () => table.count === 3 * EACH,
      20_000,
    )
    const status = await server.status('collect')
    expect(status['status']).toBe('running')
    expect(status['source_load_0_connection_status']).toBe(1)
    expect(status['source_load_0_connection_last_connected_time']).toBeGreaterThan(Number(status['source_load_0_last_exception_time']))
    await other.works()
    table.close()
  })
})

test('the broker of a sink goes away and comes back under load: every message reaches it, and the server stops in order without it', async () => {
  const server = await ServerProcess.start({ broker: true })
  closing.push(() => server.stop())
  const seqs = new Set<number>()
  let refuses = false
  const onPacket: Script['onPacket'] = (packet, peer) => {
    if ((packet[0] ?? 0) >> 4 !== 3 || refuses) return
    seqs.add((JSON.parse(payloadText(packet)) as { seq: number }).seq)
    peer.send(acknowledgement(0x40, packetId(packet)))
  }
  let target = await ScriptedBroker.start({ onPacket })
  const { port } = target
  await createStream(server, 'load', { topic: 'load', port: server.brokerPort, clientid: 'plutino-load' })
  await createRule(server, 'collect', 'SELECT seq FROM load', {
    mqtt: { server: `tcp://127.0.0.1:${port}`, topic: 'out', qos: 1, sendSingle: true },
  })
  await server.connected('collect')
  const publisher = await Publisher.connect(server.brokerPort)
  closing.push(() => publisher.close())
  const published = publisher.publish('load', 0, 3 * EACH)
  for (let outage = 1; outage <= 3; outage++) {
    await until('some messages', () => seqs.size > outage * 500)
    const since = Date.now()
    refuses = true
    await target.close()
    await until('the outage in the status', async () => {
      const status = await server.status('collect')
      const told = String(status['sink_mqtt_0_0_connection_last_disconnected_message']).includes(`127.0.0.1:${port}`)
      return told && Number(status['sink_mqtt_0_0_connection_last_disconnected_time']) >= since
    })
    refuses = false
    target = await ScriptedBroker.start({ onPacket }, port)
    await server.connected('collect')
  }
  await published
  await until(
    () => `every message, there are ${seqs.size}`,
    () => seqs.size === 3 * EACH,
  )
  await target.close()
  await publisher.publish('load', 0, 10)
  expect((await server.stop()).code).toBe(0)
})

async function absentBroker(): Promise<Mosquitto> {
  const broker = await Mosquitto.start(binary ?? '')
  closing.push(() => broker.close())
  await broker.kill('SIGTERM')
  return broker
}

async function disconnected(server: ServerProcess, port: number, since: number): Promise<void> {
  await until('the outage in the status', async () => (await server.status('collect'))['source_load_0_connection_status'] !== 1)
  await until('the cause in the status', async () => {
    const status = await server.status('collect')
    return (
      String(status['source_load_0_connection_last_disconnected_message']).includes(`127.0.0.1:${port}`) &&
      String(status['source_load_0_last_exception']).includes(`127.0.0.1:${port}`) &&
      Number(status['source_load_0_connection_last_disconnected_time']) >= since
    )
  })
  expect((await server.status('collect'))['status']).toBe('running')
}

/** A rule on the broker inside the server, which must not notice anything. */
async function otherRule(server: ServerProcess): Promise<{ works(): Promise<void> }> {
  const listener = await MqttListener.connect(server.brokerPort)
  closing.push(() => listener.close())
  await createStream(server, 'calm', { topic: 'calm/in', port: server.brokerPort })
  await createRule(server, 'calm', 'SELECT seq FROM calm', { mqtt: { topic: 'calm/out', qos: 1, sendSingle: true } })
  await server.connected('calm')
  let seq = 0
  return {
    works: async () => {
      await listener.publish('calm/in', { seq: ++seq })
      await listener.received('calm/out', seq)
      expect(listener.of('calm/out').at(-1)).toBe(`{"seq":${seq}}`)
    },
  }
}

/** Resolves when everything that the broker has acknowledged is on its disk. */
async function saved(broker: Mosquitto): Promise<void> {
  const inode = (): number => statSync(broker.file('mosquitto.db'), { throwIfNoEntry: false })?.ino ?? 0
  // the second one began after the call for sure
  for (let i = 0; i < 2; i++) {
    const before = inode()
    broker.signal('SIGUSR1')
    await until('the broker saves', () => inode() !== before)
  }
}
