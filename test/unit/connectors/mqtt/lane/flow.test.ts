import net from 'node:net'
import { expect, test } from 'vitest'
import type { LaneBatch } from '../../../../../src/connectors/mqtt/lane/batch.ts'
import { collect, openLane } from '../../../../support/lane.ts'
import { publish } from '../../../../support/mqtt-packets.ts'
import { ScriptedBroker } from '../../../../support/scripted-broker.ts'
import { until } from '../../../../support/until.ts'

test.each([{ wrapped: false }, { wrapped: true }])(
  'an engine that cannot take a batch gets it at resume; nothing is lost or comes twice (%o)',
  async ({ wrapped }) => {
    const broker = await ScriptedBroker.start()
    const got: number[] = []
    let stops = 0
    const lane = openLane(
      { port: broker.port, wrapped },
      {
        batch(batch) {
          if (stops < got.length / 1000) {
            stops++
            setImmediate(() => lane.resume())
            return false
          }
          for (let i = 0; i < batch.length; i++) got.push(Number(batch.payload(i).toString()))
          lane.commit(batch.offset)
          batch.release()
          return true
        },
      },
    )
    await until('connected', () => lane.ready)
    for (let k = 0; k < 40; k++) {
      broker.last.send(Buffer.concat(Array.from({ length: 1000 }, (_, i) => publish('t', String(k * 1000 + i), { qos: i & 1, id: i + 1 }))))
    }
    await until('all', () => got.length === 40_000)
    expect(got.every((value, i) => value === i)).toBe(true)
    expect(stops).toBeGreaterThan(5)
    await lane.close()
    await broker.close()
  },
)

test.each([{ wrapped: false }, { wrapped: true }])(
  'batches stay as they are until they are released, while more is read (%o)',
  async ({ wrapped }) => {
    const broker = await ScriptedBroker.start()
    const held: LaneBatch[] = []
    const seen: string[] = []
    const take = (batch: LaneBatch): void => {
      for (let i = 0; i < batch.length; i++) seen.push(`${batch.topic(i)} ${batch.payload(i).toString()}`)
      batch.release()
    }
    const handlers = {
      batch(batch: LaneBatch) {
        held.push(batch)
        if (held.length > 5) held.splice(0, 3).forEach(take)
        return true
      },
    }
    const { lane } = await collect({ port: broker.port, wrapped }, { handlers })
    const count = 60_000
    for (let k = 0; k < count; k += 500) {
      broker.last.send(
        Buffer.concat(Array.from({ length: 500 }, (_, i) => publish(`t${(k + i) % 7}`, `${k + i} ${'x'.repeat((k + i) % 50)}`))),
      )
    }
    await until('all', () => seen.length + held.reduce((sum, batch) => sum + batch.length, 0) === count)
    held.forEach(take)
    expect(seen.every((value, i) => value === `t${i % 7} ${i} ${'x'.repeat(i % 50)}`)).toBe(true)
    await lane.close()
    await broker.close()
  },
)

test('a batch that waits over a reconnect is delivered, and the new session can begin although nobody reads', async () => {
  const broker = await ScriptedBroker.start()
  let taking = false
  const seen: string[] = []
  const lane = openLane(
    { port: broker.port },
    {
      batch(batch) {
        if (!taking) return false
        for (let i = 0; i < batch.length; i++) seen.push(batch.payload(i).toString())
        batch.release()
        return true
      },
    },
  )
  await until('connected', () => lane.ready)
  broker.last.send(publish('t', 'old', { qos: 1, id: 1 }))
  await until('it came', () => lane.received === 1)
  lane.client.stream.destroy()
  await until('connected again', () => broker.peers.length === 2 && lane.ready)
  broker.last.send(publish('t', 'new', { qos: 1, id: 1 }))
  await until('it came too', () => lane.received === 2)
  taking = true
  lane.resume()
  await until('both', () => seen.length === 2)
  expect(seen).toEqual(['old', 'new'])
  await lane.close()
  await broker.close()
})

test('a broker that stops reading: publish says no, memory stays, nothing is lost when it reads again', async () => {
  let bytes = 0
  let peer: net.Socket | undefined
  const server = net.createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(Buffer.from([0x20, 2, 0, 0]))
      socket.pause()
      peer = socket
      socket.on('data', (chunk: Buffer) => void (bytes += chunk.length))
      socket.pause()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const message = 'x'.repeat(100)
  const size = publish('t', message).length
  const total = 200_000
  let sent = 0
  let refusals = 0
  const pump = (): void => {
    for (let i = 0; i < 1000 && sent < total; i++) {
      if (lane.publish('t', message) < 0) {
        refusals++
        return
      }
      sent++
    }
    if (sent < total) setImmediate(pump)
  }
  const lane = openLane({ port: (server.address() as net.AddressInfo).port, session: { keepalive: 0 } }, { drain: () => pump() })
  await until('connected', () => lane.ready && peer !== undefined)
  pump()
  await until('stopped', () => refusals > 0)
  expect(lane.publish('t', message)).toBe(-1)
  expect(sent).toBeLessThan(total)
  peer?.resume()
  await until('all bytes', () => sent === total && bytes >= total * size, 20_000)
  expect(bytes % size).toBe(0)
  lane.client.end(true)
  server.close()
})

test('naps are taken only when small reads follow each other', async () => {
  const broker = await ScriptedBroker.start()
  const { lane, rows } = await collect({ port: broker.port, nap: 1 })
  let sent = 0
  while (lane.statistics.naps < 20) {
    broker.last.send(publish('t', String(sent++)))
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
  await until('all', () => rows.length === sent)
  expect(rows.every((row, i) => row.text === String(i))).toBe(true)
  await lane.close()
  await broker.close()
})
