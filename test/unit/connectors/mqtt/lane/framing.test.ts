import { expect, test } from 'vitest'
import { settle } from '../../../../support/fake-clock.ts'
import { collect } from '../../../../support/lane.ts'
import { acknowledgement, packet, publish, text, varint } from '../../../../support/mqtt-packets.ts'
import { ScriptedBroker } from '../../../../support/scripted-broker.ts'
import { until } from '../../../../support/until.ts'

const VERSIONS = [
  { name: '3.1.1', v5: false, wrapped: false },
  { name: '5', v5: true, wrapped: false },
  { name: '3.1.1 over another transport', v5: false, wrapped: true },
]

test.each(VERSIONS)('$name: packets are found wherever reads cut them', async ({ v5, wrapped }) => {
  const none = v5 ? Buffer.alloc(0) : undefined
  const broker = await ScriptedBroker.start({ v5 })
  const { lane, rows, errors } = await collect({ port: broker.port, wrapped, session: { protocolVersion: v5 ? 5 : 4 } })
  const user = Buffer.concat([
    Buffer.from([38]),
    text('k'),
    text('ä'),
    Buffer.from([38]),
    text('k'),
    text('2'),
    Buffer.from([11, 0x81, 1, 1, 0]),
  ])
  const all = Buffer.concat([
    publish('a/b', 'one', { properties: none }),
    publish('ü/日本/😀', 'zwei ü', { qos: 1, id: 7, retain: true, properties: v5 ? user : undefined }),
    Buffer.from([0xd0, 0]),
    publish('q2', 'exactly', { qos: 2, id: 9, properties: none }),
    publish('a/b', '', { qos: 1, id: 65_535, dup: true, properties: none }),
    publish('x', 'y'.repeat(130), { properties: none }),
    acknowledgement(0x40, 0xffff),
    acknowledgement(0x62, 9),
  ])
  const want = [
    ['a/b', 'one', 0, false, false],
    ['ü/日本/😀', 'zwei ü', 1, true, false],
    ['q2', 'exactly', 2, false, false],
    ['a/b', '', 1, false, true],
    ['x', 'y'.repeat(130), 0, false, false],
  ]
  const got = () => rows.map((r) => [r.topic, r.text, r.qos, r.retain, r.dup])
  const rounds = all.length + 2
  for (let cut = 0; cut <= all.length; cut++) {
    rows.length = 0
    broker.last.send(all.subarray(0, cut))
    for (let turns = 0; turns < (cut % 8 === 0 ? 20 : 1); turns++) await settle()
    broker.last.send(all.subarray(cut))
    await until(`rows at ${cut}`, () => rows.length >= 5)
    expect(got(), `cut at ${cut}`).toEqual(want)
  }
  if (v5) expect(rows[1]?.properties).toEqual({ user: new Map([['k', ['ä', '2']]]), subscriptionIds: [129], payloadFormat: 0 })

  rows.length = 0
  for (const byte of all) {
    broker.last.send(Buffer.from([byte]))
    await settle()
  }
  await until('byte by byte', () => rows.length === 5)
  expect(got()).toEqual(want)
  await until('the end of the exactly-once exchange', () => broker.last.of(7).length === rounds)
  expect(broker.last.of(4)).toHaveLength(rounds * 2)
  expect(broker.last.of(5)).toHaveLength(rounds)
  expect(errors).toEqual([])
  expect(broker.peers).toHaveLength(1)
  await lane.close()
  await broker.close()
})

test.each(VERSIONS)('$name: thousands of messages in one read, and one larger than the memory for a read', async ({ v5, wrapped }) => {
  const properties = v5 ? Buffer.alloc(0) : undefined
  const broker = await ScriptedBroker.start({ v5 })
  const { lane, rows } = await collect({ port: broker.port, wrapped, session: { protocolVersion: v5 ? 5 : 4 } })
  const many = Array.from({ length: 9000 }, (_, i) => publish('m', String(i), { qos: i & 1, id: i + 1, properties }))
  const big = 'B'.repeat(200_000)
  broker.last.send(Buffer.concat([...many, publish('big', big, { properties }), publish('end', 'end', { properties })]))
  await until('many', () => rows.length === 9002)
  expect(rows.slice(0, 9000).every((row, i) => row.text === String(i))).toBe(true)
  expect(rows[9000]?.text === big).toBe(true)
  await until('acknowledgements', () => broker.last.of(4).length === 4500)
  await lane.close()
  await broker.close()
})

test.each(VERSIONS)('$name: malformed packets end the connection, and the next one works', async ({ v5, wrapped }) => {
  const properties = v5 ? Buffer.alloc(0) : undefined
  const broker = await ScriptedBroker.start({ v5 })
  const session = { protocolVersion: v5 ? 5 : 4, reconnectPeriod: 10 } as const
  const { lane, rows, errors } = await collect({ port: broker.port, wrapped, session })
  const bad = {
    'remaining length of five bytes': Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 1]),
    'QoS 3': Buffer.from([0x36, 5, 0, 1, 97, 0, 1]),
    'topic beyond the end': Buffer.from([0x30, 3, 0, 200, 97]),
    'no room for the id': Buffer.from([0x32, 3, 0, 1, 97]),
    'id 0': publish('a', 'x', { qos: 1, id: 0, properties }),
    'id 0 at QoS 2': publish('a', 'x', { qos: 2, id: 0, properties }),
    'length 0': Buffer.from([0x30, 0]),
    'huge control packet': Buffer.from([0x90, 0xff, 0xff, 0xff, 0x7f]),
    'empty topic': publish('', 'x', { properties }),
    ...(v5
      ? {
          'properties beyond the end': Buffer.from([0x30, 5, 0, 1, 97, 9, 1]),
          'unknown property': publish('a', 'x', { properties: Buffer.from([99, 1]) }),
        }
      : {}),
  }
  for (const [name, bytes] of Object.entries(bad)) {
    await until(`connected before ${name}`, () => lane.ready)
    const connections = broker.peers.length
    rows.length = errors.length = 0
    broker.last.send(Buffer.concat([publish('good', 'before', { properties }), bytes, publish('never', 'after', { properties })]))
    await until(`connected again after ${name}`, () => broker.peers.length === connections + 1 && lane.ready)
    expect(
      rows.map((row) => row.text),
      name,
    ).toEqual(['before'])
    expect(errors[0], name).toMatchObject({ code: 'MQTT_PROTOCOL' })
  }
  await lane.close()
  await broker.close()
})

test.each(VERSIONS)('$name: an oversized message is left out, reported, and acknowledged in its turn', async ({ v5, wrapped }) => {
  const properties = v5 ? Buffer.alloc(0) : undefined
  const broker = await ScriptedBroker.start({ v5 })
  const left: string[] = []
  const handlers = { oversized: (topic: string, size: number) => void left.push(`${topic} ${size > 1000}`) }
  const { lane, rows } = await collect(
    { port: broker.port, wrapped, session: { protocolVersion: v5 ? 5 : 4 }, maxPacket: 1000 },
    { commit: false, handlers },
  )
  const acks = () => broker.last.packets.filter((p) => p[0] === 0x40 || p[0] === 0x50).map((p) => p.readUInt16BE(2))
  broker.last.send(
    Buffer.concat([
      publish('a', '1', { qos: 1, id: 1, properties }),
      publish('big', 'x'.repeat(300_000), { qos: 1, id: 2, properties }),
      publish('big0', 'x'.repeat(1001), { properties }),
      publish('big2', 'x'.repeat(2000), { qos: 2, id: 9, properties }),
      publish('a', '2', { qos: 1, id: 3, properties }),
    ]),
  )
  await until('rows', () => rows.length === 2)
  expect(left).toEqual(['big true', 'big0 true', 'big2 true'])
  expect(acks()).toEqual([])
  lane.commit(1)
  await until('the first three', () => acks().length === 3)
  expect(acks()).toEqual([1, 2, 9])
  lane.commit(4)
  await until('the last', () => acks().length === 4)
  broker.last.send(publish('big', 'x'.repeat(2000), { qos: 1, id: 4, properties }))
  await until('one at the end, at once', () => acks().length === 5)
  expect(acks()).toEqual([1, 2, 9, 3, 4])
  await lane.close()
  await broker.close()
})

test('5: topic aliases are kept per connection; unknown ones and those out of range end it', async () => {
  const broker = await ScriptedBroker.start({ v5: true })
  const session = { protocolVersion: 5, properties: { topicAliasMaximum: 5 }, reconnectPeriod: 10 } as const
  const { lane, rows, errors } = await collect({ port: broker.port, session })
  const alias = (n: number) => Buffer.from([35, 0, n])
  const more = Buffer.concat([Buffer.from([1, 1]), alias(1), Buffer.from([38]), text('k'), text('v')])
  broker.last.send(
    Buffer.concat([
      publish('one', 'a', { properties: alias(1) }),
      publish('', 'b', { properties: alias(1) }),
      publish('', 'c', { qos: 2, id: 5, properties: more }),
      publish('two', 'd', { qos: 2, id: 6, properties: alias(2) }),
      publish('', 'e', { qos: 1, id: 8, properties: alias(2) }),
      publish('three', 'f', { properties: alias(1) }),
      publish('', 'g', { properties: alias(1) }),
    ]),
  )
  await until('rows', () => rows.length === 7)
  expect(rows.map((row) => `${row.topic} ${row.text}`)).toEqual(['one a', 'one b', 'one c', 'two d', 'two e', 'three f', 'three g'])
  const bad = [
    publish('', 'x', { properties: alias(1) }),
    publish('x', 'x', { properties: alias(6) }),
    publish('x', 'x', { properties: Buffer.concat([alias(1), alias(1)]) }),
  ]
  for (const bytes of bad) {
    const connections = broker.peers.length
    broker.last.socket.destroy()
    await until('connected again', () => broker.peers.length > connections && lane.ready)
    broker.last.send(bytes)
    await until('thrown out', () => broker.peers.length > connections + 1 && lane.ready)
  }
  expect(rows).toHaveLength(7)
  // the socket that the broker destroys may be reset with acknowledgements on their way
  expect(errors.filter((error) => 'code' in error && error.code === 'MQTT_PROTOCOL')).toHaveLength(3)
  await lane.close()
  await broker.close()
})

test('properties of every kind are read; malformed ones are no properties', async () => {
  const broker = await ScriptedBroker.start({ v5: true })
  const { lane, rows } = await collect({ port: broker.port, session: { protocolVersion: 5 } })
  const properties = Buffer.concat([
    Buffer.from([2, 0, 0, 1, 0]),
    Buffer.concat([Buffer.from([3]), text('text/plain')]),
    Buffer.concat([Buffer.from([8]), text('answer/here')]),
    Buffer.from([9, 0, 2, 7, 8]),
    Buffer.concat([Buffer.from([38]), text('__proto__'), text('x')]),
  ])
  broker.last.send(Buffer.concat([publish('t', 'p', { properties }), packet(0x30, text('t'), varint(0))]))
  await until('rows', () => rows.length === 2)
  expect(rows[0]?.properties).toEqual({
    messageExpiry: 256,
    contentType: 'text/plain',
    responseTopic: 'answer/here',
    correlationData: Buffer.from([7, 8]),
    user: new Map([['__proto__', ['x']]]),
  })
  expect(rows[1]).toMatchObject({ text: '', properties: {} })
  await lane.close()
  await broker.close()
})
