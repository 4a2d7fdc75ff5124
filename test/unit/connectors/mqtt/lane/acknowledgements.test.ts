import { expect, test } from 'vitest'
import { collect, reached } from '../../../../support/lane.ts'
import { acknowledgement, publish } from '../../../../support/mqtt-packets.ts'
import { packetId, ScriptedBroker } from '../../../../support/scripted-broker.ts'
import { until } from '../../../../support/until.ts'

const VERSIONS = [
  { name: '3.1.1', v5: false, wrapped: false },
  { name: '5', v5: true, wrapped: false },
  { name: '3.1.1 over another transport', v5: false, wrapped: true },
]

test.each(VERSIONS)(
  '$name: acknowledgements leave at commit, in order, in one write, and never for a connection that is gone',
  async ({ v5, wrapped }) => {
    const properties = v5 ? Buffer.alloc(0) : undefined
    const broker = await ScriptedBroker.start({ v5, session: 'later' })
    const session = { protocolVersion: v5 ? 5 : 4, clean: false } as const
    const { lane, rows } = await collect({ port: broker.port, wrapped, session }, { commit: false })
    const send = (from: number, count: number, dup = false) =>
      broker.last.send(
        Buffer.concat(Array.from({ length: count }, (_, i) => publish('t', String(from + i), { qos: 1, id: from + i, dup, properties }))),
      )
    const pings = () => broker.last.of(12).length
    send(1, 1000)
    await until('rows', () => rows.length === 1000)
    await reached(lane, pings)
    expect(broker.last.of(4)).toEqual([])
    expect(lane.uncommitted).toBe(1000)

    const before = lane.received
    const { writes } = lane.statistics
    lane.commit(600)
    await until('600', () => broker.last.of(4).length === 600)
    expect(lane.statistics.writes - writes).toBe(1)
    expect(broker.last.of(4).map(packetId)).toEqual(Array.from({ length: 600 }, (_, i) => i + 1))

    broker.last.socket.destroy()
    await until('connected again', () => broker.peers.length === 2 && lane.ready)
    lane.commit(before)
    await reached(lane, pings)
    expect(broker.last.of(4)).toEqual([])
    send(601, 400, true)
    await until('delivered again', () => rows.length === 1400)
    expect(rows[1000]?.dup).toBe(true)
    lane.commit(lane.received)
    await until('400', () => broker.last.of(4).length === 400)
    await lane.close()
    await broker.close()
  },
)

test('QoS 2: PUBREC leaves at commit; a message is delivered once, until the broker releases its id', async () => {
  const broker = await ScriptedBroker.start({ session: 'later' })
  const { lane, rows } = await collect({ port: broker.port, session: { clean: false } }, { commit: false })
  const texts = () => rows.map((row) => row.text)
  const pings = () => broker.last.of(12).length
  broker.last.send(
    Buffer.concat([
      publish('t', 'a', { qos: 2, id: 1 }),
      publish('t', 'a', { qos: 2, id: 1, dup: true }),
      publish('t', 'b', { qos: 2, id: 2 }),
    ]),
  )
  await until('rows', () => rows.length === 2)
  await reached(lane, pings)
  expect(broker.last.of(5)).toEqual([])
  lane.commit(1)
  await until('PUBREC', () => broker.last.of(5).length === 1)

  broker.last.socket.destroy()
  await until('connected again', () => broker.peers.length === 2 && lane.ready)
  broker.last.send(Buffer.concat([publish('t', 'a', { qos: 2, id: 1, dup: true }), publish('t', 'b', { qos: 2, id: 2, dup: true })]))
  await until('what was not committed comes again', () => rows.length === 3)
  expect(texts()).toEqual(['a', 'b', 'b'])
  await until('what was committed is acknowledged again', () => broker.last.of(5).length === 1)
  expect(packetId(broker.last.of(5)[0] ?? Buffer.alloc(4))).toBe(1)
  broker.last.send(Buffer.concat([acknowledgement(0x62, 1), publish('t', 'c', { qos: 2, id: 1 })]))
  await until('the id is free', () => rows.length === 4)
  await until('PUBCOMP', () => broker.last.of(7).length === 1)
  lane.commit(lane.received)
  await until('both', () => broker.last.of(5).length === 3)
  await lane.close()
  await broker.close()
})

test('a broker that has lost the session begins its ids anew', async () => {
  const broker = await ScriptedBroker.start()
  const { lane, rows } = await collect({ port: broker.port, session: { clean: false } })
  broker.last.send(publish('t', 'a', { qos: 2, id: 1 }))
  await until('PUBREC', () => broker.last.of(5).length === 1)
  broker.last.socket.destroy()
  await until('connected again', () => broker.peers.length === 2 && lane.ready)
  broker.last.send(publish('t', 'b', { qos: 2, id: 1 }))
  await until('a new message', () => rows.length === 2)
  await lane.close()
  await broker.close()
})

test('what was committed before close has been acknowledged, although more messages wait unread', async () => {
  const broker = await ScriptedBroker.start()
  const { lane } = await collect({ port: broker.port }, { handlers: { batch: () => false } })
  broker.last.send(publish('t', 'a', { qos: 1, id: 5 }))
  await until('it came', () => lane.received === 1)
  for (let i = 0; i < 50; i++) broker.last.send(publish('t', 'x'.repeat(10_000), { qos: 1, id: 6 + i }))
  lane.commit(1)
  await lane.close()
  await until('DISCONNECT', () => broker.last.of(14).length === 1)
  expect(broker.last.of(4).map(packetId)).toEqual([5])
  await broker.close()
})
