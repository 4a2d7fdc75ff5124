import { expect, test } from 'vitest'
import type { ConnectionState } from '../../../../src/api/source.ts'
import { numbered } from '../../../contract/sink.ts'
import { testContext } from '../../../support/context.ts'
import { settle } from '../../../support/fake-clock.ts'
import { acknowledgement } from '../../../support/mqtt-packets.ts'
import { sinkOn } from '../../../support/mqtt-connectors.ts'
import { packetId, payloadText, ScriptedBroker } from '../../../support/scripted-broker.ts'
import { until } from '../../../support/until.ts'

const kindOf = (received: Buffer): number => (received[0] ?? 0) >> 4

test('topic, quality and retain flag are as configured; a topic with a template is one for each message', async () => {
  const broker = await ScriptedBroker.start()
  const ctx = testContext()
  const plain = sinkOn(broker.port, { retained: true, topic: 'out/ü' })
  await plain.connect(ctx)
  await plain.write(numbered(0, 1), ctx)
  await until('there', () => broker.last.of(3).length === 1)
  expect(broker.last.of(3)[0]?.[0]).toBe(0x31)
  expect(broker.last.of(3)[0]?.toString('utf8', 4)).toBe('out/ü{"n":0}')
  await plain.close()
  const dynamic = sinkOn(broker.port, { topic: 'out/{{.n}}' })
  await dynamic.connect(ctx)
  await dynamic.write(numbered(0, 2, new Map([['topic', ['out/0', 'out/1']]])), ctx)
  await until('both', () => broker.last.of(3).length === 2)
  expect(broker.last.of(3).map((p) => p.toString('utf8', 4, 9))).toEqual(['out/0', 'out/1'])
  await dynamic.close()
  await broker.close()
})

test('a batch with a topic that nobody can publish to is rejected before anything is sent', async () => {
  const broker = await ScriptedBroker.start()
  const ctx = testContext()
  const sink = sinkOn(broker.port, { topic: '{{.t}}' })
  await sink.connect(ctx)
  await expect(sink.write(numbered(0, 2, new Map([['topic', ['fine', 'a/#']]])), ctx)).rejects.toMatchObject({ code: 'rejected' })
  await sink.write(numbered(2, 3, new Map([['topic', ['fine']]])), ctx)
  await until('the other', () => broker.last.of(3).length === 1)
  expect(payloadText(broker.last.of(3)[0] ?? Buffer.alloc(4), { id: false })).toBe('{"n":2}')
  await sink.close()
  await broker.close()
})

test('at QoS 1 a write is done when every message is acknowledged, whatever the order', async () => {
  const broker = await ScriptedBroker.start()
  const ctx = testContext()
  const sink = sinkOn(broker.port, { qos: 1 })
  await sink.connect(ctx)
  let done = false
  const writing = sink.write(numbered(0, 3), ctx).then(() => (done = true))
  await until('there', () => broker.last.of(3).length === 3)
  const ids = broker.last.of(3).map(packetId)
  for (const i of [2, 0]) broker.last.send(acknowledgement(0x40, ids[i] ?? 0))
  for (let turns = 0; turns < 20; turns++) await settle()
  expect(done).toBe(false)
  broker.last.send(acknowledgement(0x40, ids[1] ?? 0))
  await writing
  await sink.close()
  await broker.close()
})

test.each([1, 2])(
  'QoS %i: a broker that goes while a batch is out gets the rest when it is back, and only what it has not acknowledged',
  async (qos) => {
    const acknowledged: string[] = []
    const seen: string[] = []
    let limit = 3
    const broker = await ScriptedBroker.start({
      session: 'later',
      onPacket(received, peer) {
        if (kindOf(received) === 3) {
          seen.push(payloadText(received))
          if (acknowledged.length >= limit) return
          acknowledged.push(payloadText(received))
          peer.send(acknowledgement(qos === 1 ? 0x40 : 0x50, packetId(received)))
        } else if (kindOf(received) === 6) peer.send(acknowledgement(0x70, packetId(received)))
      },
    })
    const ctx = testContext()
    const states: ConnectionState[] = []
    const sink = sinkOn(broker.port, { qos, clientid: 'me', enableClientSession: true }, (state) => states.push(state))
    await sink.connect(ctx)
    const writing = sink.write(numbered(0, 10), ctx)
    await until('all sent', () => seen.length === 10)
    // when later packets have been answered, earlier answers have been read
    if (qos === 2) await until('released', () => broker.last.of(6).length === 3)
    else await expect.poll(() => acknowledged.length).toBe(3)
    for (let turns = 0; turns < 50; turns++) await settle()
    limit = 100
    broker.last.socket.destroy()
    await writing
    expect(acknowledged.toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => `{"n":${n}}`))
    expect(seen).toHaveLength(17)
    expect(states).toContain('disconnected')
    expect(states.at(-1)).toBe('connected')
    await sink.close()
    await broker.close()
  },
)

test('a broker that stays away ends the write; the same batch goes on where it was, and nothing is sent twice', async () => {
  const seen: string[] = []
  let answering = false
  const script = {
    session: 'always' as const,
    onPacket(received: Buffer, peer: { send(bytes: Buffer): void }) {
      if (kindOf(received) !== 3) return
      seen.push(payloadText(received))
      if (answering || seen.length <= 2) peer.send(acknowledgement(0x40, packetId(received)))
    },
  }
  const first = await ScriptedBroker.start(script)
  const { port } = first
  const ctx = testContext()
  let downs = 0
  const sink = sinkOn(
    port,
    { qos: 1, clientid: 'me', enableClientSession: true },
    (state) => void (downs += state === 'disconnected' ? 1 : 0),
  )
  await sink.connect(ctx)
  const batch = numbered(0, 5)
  const writing = sink.write(batch, ctx)
  const outcome = writing.catch((error: unknown) => error)
  await until('sent', () => seen.length === 5)
  for (let turns = 0; turns < 50; turns++) await settle()
  await first.close()
  await until('noticed', () => downs > 0)
  await ctx.clock.advance(25_000)
  expect(await outcome).toMatchObject({ code: 'unavailable', retry: 'reconnect' })
  await expect(sink.connect(ctx)).rejects.toMatchObject({ code: 'unavailable' })
  answering = true
  const second = await ScriptedBroker.start(script, port)
  await expect
    .poll(
      () =>
        sink.connect(ctx).then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    )
    .toBe(true)
  await sink.write(batch, ctx)
  expect(seen.slice(5)).toEqual(['{"n":2}', '{"n":3}', '{"n":4}'])
  await sink.write(numbered(5, 6), ctx)
  expect(seen.slice(8)).toEqual(['{"n":5}'])
  await sink.close()
  await second.close()
})

test('MQTT 5: a message that the broker refuses is rejected when it is alone, and reported beside others', async () => {
  const broker = await ScriptedBroker.start({
    v5: true,
    onPacket(received, peer) {
      if (kindOf(received) === 3)
        peer.send(acknowledgement(0x40, packetId(received), payloadText(received, { v5: true }) === '{"n":1}' ? 0x87 : 0, 0))
    },
  })
  const ctx = testContext()
  const sink = sinkOn(broker.port, { qos: 1, protocolVersion: '5' })
  await sink.connect(ctx)
  await sink.write(numbered(0, 3), ctx)
  expect(ctx.log.lines).toMatchObject([{ level: 'error', fields: { refused: 1 } }])
  await expect(sink.write(numbered(1, 2), ctx)).rejects.toMatchObject({
    code: 'rejected',
    message: 'the broker refused the message with reason 135',
  })
  await sink.write(numbered(2, 3), ctx)
  await sink.close()
  await broker.close()
})

test('MQTT 5: a batch with a message larger than the broker takes is rejected before anything is sent', async () => {
  const broker = await ScriptedBroker.start({ v5: true, connack: Buffer.from([39, 0, 0, 0, 30]) })
  const ctx = testContext()
  const sink = sinkOn(broker.port, { protocolVersion: '5' })
  await sink.connect(ctx)
  const large = { ...numbered(0, 0), encoded: () => ({ payloads: ['small', 'x'.repeat(100)] }) }
  await expect(sink.write(large, ctx)).rejects.toMatchObject({ code: 'rejected' })
  await sink.write(numbered(1, 2), ctx)
  await until('the other', () => broker.last.of(3).length === 1)
  await sink.close()
  await broker.close()
})

test('wrong credentials are said as such', async () => {
  const broker = await ScriptedBroker.start({ refuse: () => 5 })
  const sink = sinkOn(broker.port, { username: 'ada', password: 'wrong' })
  await expect(sink.connect(testContext())).rejects.toMatchObject({ code: 'denied' })
  await sink.close()
  await broker.close()
})

test.each([
  [{ topic: 'a/#' }, /topic: expected a topic to publish to/],
  [{ topic: 'a/+/b' }, /wildcards|topic to publish/],
  [{ topic: '' }, /topic/],
  [{ qos: 3 }, /qos/],
  [{ properties: ['x'] }, /properties: expected an object/],
  [{ properties: { a: 1 } }, /properties\.a: expected a text/],
  [{ topics: 'x' }, /did you mean "topic"/],
])('%j is refused', (properties, message) => {
  expect(() => sinkOn(1, properties)).toThrow(message)
})
