import { expect, test } from 'vitest'
import type { ConnectionState } from '../../../../src/api/source.ts'
import { testContext } from '../../../support/context.ts'
import { settle } from '../../../support/fake-clock.ts'
import { publish, text } from '../../../support/mqtt-packets.ts'
import { sourceOn, textsOf } from '../../../support/mqtt-connectors.ts'
import { ScriptedBroker } from '../../../support/scripted-broker.ts'
import { until } from '../../../support/until.ts'

test('it subscribes to every filter of the list with the wanted quality, and says who it is', async () => {
  const broker = await ScriptedBroker.start()
  const ctx = testContext()
  const source = sourceOn(broker.port, { datasource: 'a/+, $share/g/b/#', qos: 2, clientid: 'me', username: 'ada', password: 'lovelace' })
  await source.connect(ctx)
  const connect = broker.last.of(1)[0]?.toString('latin1') ?? ''
  for (const word of ['MQTT', 'me', 'ada', 'lovelace']) expect(connect).toContain(word)
  expect(connect.charCodeAt(9) & 2).toBe(2)
  expect(broker.last.of(8)[0]?.subarray(4)).toEqual(Buffer.concat([text('a/+'), Buffer.from([2]), text('$share/g/b/#'), Buffer.from([2])]))
  await source.close()
  await broker.close()
})

test.each([
  ['3.1', 'MQIsdp', 3],
  ['3.1.1', 'MQTT', 4],
  ['4', 'MQTT', 4],
  ['5', 'MQTT', 5],
])('protocolVersion %s is %s %i', async (protocolVersion, name, level) => {
  const broker = await ScriptedBroker.start({ v5: level === 5 })
  const source = sourceOn(broker.port, { protocolVersion })
  await source.connect(testContext())
  const connect = broker.last.of(1)[0]
  expect(connect?.toString('latin1', 4, 4 + name.length)).toBe(name)
  expect(connect?.[4 + name.length]).toBe(level)
  await source.close()
  await broker.close()
})

test('metadata of a message: topic, quality, id, flags, and what MQTT 5 adds', async () => {
  const broker = await ScriptedBroker.start({ v5: true })
  const ctx = testContext()
  const source = sourceOn(broker.port, { protocolVersion: '5' })
  await source.connect(ctx)
  const properties = Buffer.concat([
    Buffer.from([3]),
    text('text/plain'),
    Buffer.from([9, 0, 1, 7]),
    Buffer.concat([Buffer.from([38]), text('k'), text('1')]),
    Buffer.concat([Buffer.from([38]), text('k'), text('2')]),
    Buffer.concat([Buffer.from([38]), text('__proto__'), text('x')]),
  ])
  broker.last.send(
    Buffer.concat([
      publish('in/ü', '{}', { qos: 1, id: 7, retain: true, dup: true, properties }),
      publish('in/b', '{}', { properties: Buffer.alloc(0) }),
    ]),
  )
  const batch = await source.read(10, ctx)
  expect(batch?.metaAll?.(0)).toEqual({
    topic: 'in/ü',
    qos: 1,
    messageId: 7,
    retain: true,
    dup: true,
    properties: JSON.parse('{"k":"2","__proto__":"x"}'),
    contentType: 'text/plain',
    correlationData: Buffer.from([7]),
  })
  expect(batch?.metaAll?.(1)).toEqual({ topic: 'in/b', qos: 0, messageId: 0, retain: false, dup: false })
  expect(batch?.meta?.(0, 'topic')).toBe('in/ü')
  expect(batch?.meta?.(0, 'toString')).toBeUndefined()
  await source.close()
  await broker.close()
})

test.each([
  [4, '3.1.1'],
  [5, '3.1.1'],
  [0x86, '5'],
  [0x87, '5'],
])('wrong credentials (reason %i of MQTT %s) are said as such', async (reason, protocolVersion) => {
  const broker = await ScriptedBroker.start({ v5: protocolVersion === '5', refuse: () => reason })
  const source = sourceOn(broker.port, { protocolVersion, username: 'ada', password: 'wrong' })
  const connecting = source.connect(testContext())
  await expect(connecting).rejects.toMatchObject({ code: 'denied', hint: 'check username and password' })
  await expect(connecting).rejects.not.toThrow(/wrong/)
  await broker.close()
})

test('a subscription that is refused is said as such', async () => {
  const broker = await ScriptedBroker.start({ grant: () => 128 })
  const source = sourceOn(broker.port)
  await expect(source.connect(testContext())).rejects.toMatchObject({
    code: 'denied',
    message: 'the broker refused the subscription to "in/#"',
  })
  await broker.close()
})

test('a subscription that is refused after a reconnect ends the read, so that the driver connects again', async () => {
  let granted = 1
  const broker = await ScriptedBroker.start({ grant: () => granted })
  const ctx = testContext()
  const source = sourceOn(broker.port)
  await source.connect(ctx)
  const reading = source.read(10, ctx)
  granted = 128
  broker.last.socket.destroy()
  await expect(reading).rejects.toMatchObject({ code: 'denied' })
  granted = 1
  await source.connect(ctx)
  const again = source.read(10, ctx)
  broker.last.send(publish('in/a', 'x'))
  expect(textsOf(await again)).toEqual(['x'])
  await source.close()
  await broker.close()
})

test('a broker that is absent at start is said as such; connect works when it is there', async () => {
  const place = await ScriptedBroker.start()
  const { port } = place
  await place.close()
  const states: ConnectionState[] = []
  const source = sourceOn(port, {}, (state) => states.push(state))
  const ctx = testContext()
  await expect(source.connect(ctx)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') })
  const broker = await ScriptedBroker.start({}, port)
  await source.connect(ctx)
  expect(states).toEqual(['disconnected', 'connected'])
  await source.close()
  await broker.close()
})

test('a broker that goes and comes back: the status follows, and the subscription is there again', async () => {
  const first = await ScriptedBroker.start()
  const { port } = first
  const states: string[] = []
  const ctx = testContext()
  const source = sourceOn(port, {}, (state, message) => states.push(message === undefined ? state : `${state}: ${message}`))
  await source.connect(ctx)
  const reading = source.read(10, ctx)
  await first.close()
  await until('noticed', () => states.length > 3)
  const second = await ScriptedBroker.start({}, port)
  await until('subscribed', () => second.peers.length > 0 && second.last.of(8).length === 1)
  second.last.send(publish('in/a', 'back'))
  expect(textsOf(await reading)).toEqual(['back'])
  expect(states[0]).toBe('connected')
  expect(states[1]).toMatch(/^disconnected: no connection to the broker tcp/)
  // a message may overtake the answer to the subscription
  await until('connected again', () => states.at(-1) === 'connected')
  expect(ctx.log.of('warn')).toHaveLength(1)
  expect(ctx.log.of('info')).toHaveLength(1)
  await source.close()
  await second.close()
})

test('with a session that the broker has kept, messages come before the answer to the subscription, and are kept', async () => {
  const broker = await ScriptedBroker.start({
    session: 'always',
    grant: () => undefined,
    onPacket(received, peer) {
      if ((received[0] ?? 0) >> 4 === 1)
        for (let i = 0; i < 100; i++) peer.send(publish('in/a', String(i), { qos: 1, id: i + 1, dup: true }))
    },
  })
  const ctx = testContext()
  const source = sourceOn(broker.port, { clientid: 'me', enableClientSession: true })
  await source.connect(ctx)
  const seen: string[] = []
  while (seen.length < 100) seen.push(...textsOf(await source.read(7, ctx)))
  expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => String(i)))
  expect((broker.last.of(1)[0]?.[9] ?? 2) & 2).toBe(0)
  await source.close()
  await broker.close()
})

test('nobody reads: the socket is not read either, and the rest comes later', async () => {
  const broker = await ScriptedBroker.start()
  const ctx = testContext()
  const source = sourceOn(broker.port)
  await source.connect(ctx)
  const payload = 'x'.repeat(10_000)
  const count = 5000
  let sent = 0
  for (let i = 0; i < count; i++) broker.last.socket.write(publish('in/a', payload), () => sent++)
  for (let turns = 0; turns < 200; turns++) await settle()
  expect(sent).toBeLessThan(count)
  let read = 0
  while (read < count) read += textsOf(await source.read(1000, ctx)).length
  expect(read).toBe(count)
  await source.close()
  await broker.close()
})

test('a message above maxMessageSize is left out, logged and acknowledged; the next one comes', async () => {
  const broker = await ScriptedBroker.start()
  const ctx = testContext()
  const source = sourceOn(broker.port)
  await source.connect(ctx)
  const reading = source.read(10, ctx)
  broker.last.send(publish('in/big', Buffer.alloc(10 * 1024 * 1024 + 1, 120), { qos: 1, id: 1 }))
  broker.last.send(publish('in/big', Buffer.alloc(11 * 1024 * 1024, 120), { qos: 1, id: 2 }))
  broker.last.send(publish('in/a', 'small', { qos: 1, id: 3 }))
  expect(textsOf(await reading)).toEqual(['small'])
  expect(ctx.log.lines).toMatchObject([{ level: 'error', fields: { topic: 'in/big', limit: 10 * 1024 * 1024 } }])
  await until('acknowledged', () => broker.last.of(4).length === 2)
  await source.close()
  await broker.close()
})

test('a message of nearly maxMessageSize comes whole', async () => {
  const broker = await ScriptedBroker.start()
  const ctx = testContext()
  const source = sourceOn(broker.port)
  await source.connect(ctx)
  const reading = source.read(10, ctx)
  const size = 10 * 1024 * 1024 - 100
  broker.last.send(publish('in/big', Buffer.alloc(size, 120)))
  expect(textsOf(await reading)[0]?.length).toBe(size)
  await source.close()
  await broker.close()
})

test.each([
  [{ server: 'http://x' }, /server: expected a text that matches/],
  [{ server: 'tcp://' }, /server: expected the address of a broker/],
  [{ server: 'tcp://ada:pw@host' }, /no credentials in the address/],
  [{ qos: 3 }, /qos: expected a whole number from 0 to 2/],
  [{ datasource: '' }, /datasource/],
  [{ datasource: 'a/b+' }, /expected a topic filter, got "a\/b\+"/],
  [{ datasource: 'a/#/b' }, /topic filter/],
  [{ datasource: 'a,,b' }, /topic filter, got ""/],
  [{ datasource: '$share/g' }, /topic filter/],
  [{ protocolVersion: '6' }, /protocolVersion: expected one of/],
  [{ enableClientSession: true }, /needs a clientid/],
  [{ password: 'secret' }, /no username/],
  [{ sever: 'x' }, /did you mean "server"/],
])('%j is refused', (properties, message) => {
  expect(() => sourceOn(1, properties)).toThrow(message)
})

test('a certificate file that is not there is said by name', async () => {
  const source = sourceOn(1, { server: 'mqtts://127.0.0.1:1', rootCaPath: '/no/such/file.pem' })
  await expect(source.connect(testContext())).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('/no/such/file.pem'),
  })
})

test("eKuiper's properties that mean nothing here are taken", () => {
  expect(() =>
    sourceOn(1, {
      kubeedgeVersion: '',
      kubeedgeModelFile: '',
      eofMessage: '',
      renegotiationSupport: 'never',
      bufferLength: 10,
      connectionSelector: 'c',
    }),
  ).not.toThrow()
})
