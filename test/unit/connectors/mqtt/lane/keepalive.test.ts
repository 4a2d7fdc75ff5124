import { expect, test } from 'vitest'
import { collect } from '../../../../support/lane.ts'
import { publish } from '../../../../support/mqtt-packets.ts'
import { ScriptedBroker } from '../../../../support/scripted-broker.ts'
import { until } from '../../../../support/until.ts'

const KEEPALIVE = { session: { keepalive: 1 } }

test.concurrent('pings go out and the link stays while only the lane is busy, both ways', async () => {
  const broker = await ScriptedBroker.start()
  const { lane, rows } = await collect({ port: broker.port, ...KEEPALIVE })
  const timer = setInterval(() => {
    broker.last.send(publish('t', 'x'))
    lane.publish('o', 'y')
  }, 20)
  await until('pings', () => broker.last.of(12).length >= 3)
  clearInterval(timer)
  expect(broker.peers).toHaveLength(1)
  expect(rows.length).toBeGreaterThan(20)
  await lane.close()
  await broker.close()
})

test.concurrent('a late answer behind a stream of messages does not end the link, silence does', async () => {
  const broker = await ScriptedBroker.start({ pings: false })
  const { lane } = await collect({ port: broker.port, ...KEEPALIVE })
  const timer = setInterval(() => broker.last.send(publish('t', 'x')), 20)
  await until('pings without an answer', () => broker.last.of(12).length >= 3)
  clearInterval(timer)
  expect(broker.peers).toHaveLength(1)
  await until('the dead link is noticed', () => broker.peers.length === 2)
  await lane.close()
  await broker.close()
})

test.concurrent('a silent broker is noticed although we go on publishing', async () => {
  const broker = await ScriptedBroker.start({ pings: false })
  const { lane, errors } = await collect({ port: broker.port, ...KEEPALIVE })
  const timer = setInterval(() => lane.publish('o', 'y', 1), 10)
  await until('noticed', () => broker.peers.length === 2)
  clearInterval(timer)
  expect(errors[0]?.message).toBe('Keepalive timeout')
  await lane.close()
  await broker.close()
})

test.concurrent('while the engine holds reading, pings go out and the link stays', async () => {
  const broker = await ScriptedBroker.start()
  const { lane, rows } = await collect({ port: broker.port, ...KEEPALIVE })
  broker.last.send(publish('t', 'first'))
  await until('one', () => rows.length === 1)
  lane.pause()
  const timer = setInterval(() => broker.last.send(publish('t', 'x')), 20)
  await until('pings', () => broker.last.of(12).length >= 3)
  clearInterval(timer)
  expect(broker.peers).toHaveLength(1)
  expect(rows).toHaveLength(1)
  lane.resume()
  await until('rows', () => rows.length > 50)
  await lane.close()
  await broker.close()
})
