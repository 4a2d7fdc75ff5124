import mqtt from 'mqtt'
import { expect, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { startBroker } from '../../../../src/connectors/broker/broker.ts'
import { until } from '../../../support/until.ts'

const WAITING = 300
const TOTAL = 600

test('what waited for a session comes before what is published while the session goes on', async () => {
  const broker = await startBroker({ host: '127.0.0.1', port: 0, clock: systemClock })
  const address = `mqtt://127.0.0.1:${broker.port}`
  const session = { clientId: 'session', clean: false, reconnectPeriod: 0 }
  const first = await mqtt.connectAsync(address, session)
  await first.subscribeAsync('numbers', { qos: 1 })
  await first.endAsync()
  const publisher = await mqtt.connectAsync(address)
  const publish = (from: number, to: number): Promise<unknown> =>
    Promise.all(Array.from({ length: to - from }, (_, i) => publisher.publishAsync('numbers', String(from + i), { qos: 1 })))
  await publish(0, WAITING)

  const seen: number[] = []
  const second = mqtt.connect(address, session)
  second.on('message', (_topic, payload) => seen.push(Number(payload.toString())))
  const published = new Promise((resolve, reject) => {
    second.once('connect', () => void publish(WAITING, TOTAL).then(resolve, reject))
  })
  await published
  await until(
    () => `message ${TOTAL - 1}, after ${seen.length}`,
    () => new Set(seen).size === TOTAL,
  )
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  await second.endAsync()
  await publisher.endAsync()
  await broker.close()
})
