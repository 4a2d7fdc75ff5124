import { createServer } from 'node:net'
import mqtt from 'mqtt'
import { expect, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { startBroker } from '../../../../src/connectors/broker/broker.ts'

const options = { host: '127.0.0.1', port: 0, clock: systemClock }

test('a message published to the embedded broker reaches a subscriber', async () => {
  const broker = await startBroker(options)
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
  const received = new Promise<string>((resolve) => {
    client.on('message', (_topic, payload) => resolve(payload.toString()))
  })
  await client.subscribeAsync('a/b')
  await client.publishAsync('a/b', 'hello')
  expect(await received).toBe('hello')
  await client.endAsync()
  await broker.close()
})

test('a broker that answers on the port already is used and survives our close', async () => {
  const first = await startBroker(options)
  const second = await startBroker({ ...options, port: first.port })
  expect(second).toMatchObject({ port: first.port, own: false })
  await second.close()
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${first.port}`)
  expect(client.connected).toBe(true)
  await client.endAsync()
  await first.close()
})

test('a port held by something else is refused with what to do', async () => {
  const other = createServer((socket) => socket.resume().end('220 mail\r\n'))
  const port = await new Promise<number>((resolve) => {
    other.listen(0, '127.0.0.1', () => {
      const address = other.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  await expect(startBroker({ ...options, port })).rejects.toMatchObject({ code: 'system', hint: expect.stringContaining('--broker') })
  await new Promise((resolve) => other.close(resolve))
})
