import { expect, test } from 'vitest'
import { encodeUserProperties } from '../../../../../src/connectors/mqtt/lane/properties.ts'
import { Lane } from '../../../../../src/connectors/mqtt/lane/lane.ts'
import { systemClock } from '../../../../../src/base/clock.ts'
import { collect, openLane } from '../../../../support/lane.ts'
import { acknowledgement, text, varint } from '../../../../support/mqtt-packets.ts'
import { packetId, payloadText, ScriptedBroker } from '../../../../support/scripted-broker.ts'
import { until } from '../../../../support/until.ts'

test.each([
  { v5: false, wrapped: false },
  { v5: true, wrapped: false },
  { v5: false, wrapped: true },
])(
  'QoS 1 is sent again with DUP and in order, whatever the order of acknowledgements, with ids apart from the session (%o)',
  async ({ v5, wrapped }) => {
    const broker = await ScriptedBroker.start({ v5, session: 'later' })
    let through = 0
    const handlers = { acknowledged: (n: number) => void (through = n) }
    const { lane } = await collect({ port: broker.port, wrapped, session: { protocolVersion: v5 ? 5 : 4, clean: false } }, { handlers })
    for (let i = 1; i <= 100; i++) expect(lane.publish('t', `m${i}`, 1)).toBe(i)
    lane.client.publish('own', 'by the session', { qos: 1 })
    await until('all there', () => broker.last.of(3).length === 101)
    const ours = broker.last.of(3).filter((p) => packetId(p) >= 0xc000)
    expect(ours).toHaveLength(100)
    expect(new Set(broker.last.of(3).map(packetId)).size).toBe(101)
    for (const k of [4, 2, 0, 1]) broker.last.send(acknowledgement(0x40, packetId(ours[k] ?? Buffer.alloc(4))))
    await until('three', () => through === 3)

    broker.last.socket.destroy()
    await until('sent again', () => broker.peers.length === 2 && broker.last.of(3).length >= 97)
    const again = broker.last.of(3).filter((p) => packetId(p) >= 0xc000)
    expect(again.map((p) => payloadText(p, { v5 }))).toEqual(['m4', ...Array.from({ length: 95 }, (_, i) => `m${i + 6}`)])
    expect(again.every((p) => ((p[0] ?? 0) & 8) !== 0)).toBe(true)
    broker.last.send(Buffer.concat(broker.last.of(3).map((p) => acknowledgement(0x40, packetId(p)))))
    await until('all', () => through === 100 && lane.inFlight === 0)
    await lane.close()
    await broker.close()
  },
)

test('at most 16,384 messages are in flight; then publish says no, and there is room again after acknowledgements', async () => {
  const broker = await ScriptedBroker.start()
  let drains = 0
  const { lane } = await collect({ port: broker.port }, { handlers: { drain: () => void drains++ } })
  let n = 0
  while (lane.publish('t', `m${n}`, 1) > 0) n++
  expect(n).toBe(16_384)
  await until('there', () => broker.last.of(3).length === n)
  drains = 0
  const acknowledge = (from: number, to: number) =>
    broker.last.send(
      Buffer.concat(
        broker.last
          .of(3)
          .slice(from, to)
          .map((p) => acknowledgement(0x40, packetId(p))),
      ),
    )
  acknowledge(0, 100)
  await until('some', () => lane.acknowledged === 100)
  expect(drains).toBe(0)
  acknowledge(100, 9000)
  await until('room', () => drains === 1)
  expect(lane.publish('t', 'more', 1)).toBeGreaterThan(0)
  acknowledge(0, 9000)
  await lane.close()
  await broker.close()
})

test('5: the receive maximum of the broker, a refused message, the maximum packet size', async () => {
  const open: number[] = []
  let most = 0
  const broker = await ScriptedBroker.start({
    v5: true,
    connack: Buffer.from([33, 0, 10, 39, 0, 0, 1, 0]),
    onPacket(received, peer) {
      if ((received[0] ?? 0) >> 4 !== 3) return
      open.push(packetId(received))
      most = Math.max(most, open.length)
      if (open.length === 10 || packetId(received) === 0xc000 + 499) {
        peer.send(Buffer.concat(open.splice(0).map((id) => acknowledgement(0x40, id, (id & 255) === 7 ? 0x97 : 0x10, 0))))
      }
    },
  })
  const refused: number[] = []
  const handlers = { refused: (message: number, reason: number) => void refused.push(message, reason) }
  const { lane } = await collect({ port: broker.port, session: { protocolVersion: 5 } }, { handlers })
  for (let i = 0; i < 500; i++) lane.publish('t', `m${i}`, 1)
  await until('all', () => lane.acknowledged === 500)
  expect(most).toBe(10)
  expect(refused).toEqual([8, 0x97, 264, 0x97])
  expect(lane.fits('t', 'x'.repeat(200))).toBe(true)
  expect(lane.fits('t', 'x'.repeat(300))).toBe(false)
  await lane.close()
  await broker.close()
})

test('every size of packet and of text is written with the right length', async () => {
  const broker = await ScriptedBroker.start()
  const { lane } = await collect({ port: broker.port })
  const sizes = [0, 1, 122, 123, 124, 125, 16_376, 16_377, 16_378, 70_000, 2_097_144, 2_097_146]
  const payloads = sizes.flatMap((size) => ['x'.repeat(size), 'ü'.repeat(size >> 1), Buffer.alloc(size, 7)])
  for (const payload of payloads) {
    await until('room', () => lane.publish('t', payload, 1) > 0)
    lane.flush()
  }
  await until('all there', () => broker.last.of(3).length === payloads.length)
  broker.last.of(3).forEach((received, i) => {
    const sent = payloads[i] ?? ''
    expect(received.subarray(7).equals(Buffer.from(sent))).toBe(true)
  })
  expect(broker.peers).toHaveLength(1)
  broker.last.send(Buffer.concat(broker.last.of(3).map((p) => acknowledgement(0x40, packetId(p)))))
  await until('acknowledged', () => lane.inFlight === 0)
  await lane.close()
  await broker.close()
})

test('5: user properties go with every message', async () => {
  const broker = await ScriptedBroker.start({ v5: true })
  const address = { host: '127.0.0.1', port: broker.port }
  const options = { clock: systemClock, address, session: { protocolVersion: 5 } as const, maxPacket: 1000, nap: 0 }
  const lane = new Lane({ ...options, publishProperties: encodeUserProperties({ source: 'ü' }) })
  await until('connected', () => lane.ready)
  lane.publish('t', 'x')
  await until('there', () => broker.last.of(3).length === 1)
  const properties = Buffer.concat([Buffer.from([38]), text('source'), text('ü')])
  expect(broker.last.of(3)[0]?.subarray(2)).toEqual(Buffer.concat([text('t'), varint(properties.length), properties, Buffer.from('x')]))
  await lane.close()
  await broker.close()
})

test.each(['', 'a/+', '#', 'a\0b', 'x'.repeat(65_536)])('a topic that nobody can publish to is refused (%#)', async (topic) => {
  const broker = await ScriptedBroker.start()
  const { lane } = await collect({ port: broker.port })
  expect(() => lane.publish(topic, 'x')).toThrow(RangeError)
  await lane.close()
  await broker.close()
})

test('without a connection publish says no, and close ends the attempts for good', async () => {
  const attempts = { closed: 0, other: 0 }
  const onPacket = (packet: Buffer): void => void attempts[packet.includes('closed') ? 'closed' : 'other']++
  const silent = await ScriptedBroker.start({ onPacket, refuse: () => 5 })
  const lane = openLane({ port: silent.port, session: { reconnectPeriod: 1, clientId: 'closed' } })
  const nowhere = openLane({ port: 1, session: { reconnectPeriod: 1 } })
  await until('some attempts', () => attempts.closed > 2)
  expect(lane.publish('x', 'x')).toBe(-1)
  await lane.close()
  await lane.close()
  await nowhere.close()
  // what was on its way arrives before what another does afterwards
  const other = openLane({ port: silent.port, session: { reconnectPeriod: 1, clientId: 'other' } })
  await until('an attempt of another', () => attempts.other > 0)
  const { closed } = attempts
  await until('many attempts of another', () => attempts.other > 20)
  expect(attempts.closed).toBe(closed)
  await other.close()
  await silent.close()
})
