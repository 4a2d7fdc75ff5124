import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import mqtt from 'mqtt'
import { systemClock } from '../../src/base/clock.ts'
import { Lane } from '../../src/connectors/mqtt/lane/lane.ts'
import type { Figure } from './report.ts'

/**
 * MQTT in, JSON.parse and a filter, MQTT out: mqtt.js beside the lane, in CPU time of this process for each message. A calibration is the
 * CPU of JSON.parse and the filter alone, measured in the same run, so that figures of different machines and days can be compared.
 * The broker is a process of its own that writes large chunks, and counts what comes back.
 */
const MESSAGES = 300_000
const ROUNDS = 3
const PAYLOAD = JSON.stringify({
  id: 'device-17',
  ts: 1_700_000_000_123,
  temperature: 23.4,
  humidity: 56.7,
  pressure: 1013.25,
  status: 'ok',
  place: { hall: 3, row: 'north', rack: 12 },
  note: 'x'.repeat(12),
})

interface Reading {
  readonly id: string
  readonly temperature: number
}

/** The rule's work on one message: undefined when the filter drops it. */
function rule(text: string): string | undefined {
  const reading: Reading = JSON.parse(text)
  return reading.temperature > 20 ? `{"id":"${reading.id}","temperature":${reading.temperature}}` : undefined
}

function calibrate(): number {
  let kept = 0
  const bytes = Buffer.from(PAYLOAD)
  const start = process.cpuUsage()
  for (let i = 0; i < MESSAGES; i++) if (rule(bytes.toString()) !== undefined) kept++
  if (kept !== MESSAGES) throw new Error('the filter drops what it should keep')
  return microsSince(start) / MESSAGES
}

const microsSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start)
  return user + system
}

type Pipeline = (port: number, qos: 0 | 1) => { readonly ready: Promise<unknown>; readonly close: () => Promise<void> }

const plain: Pipeline = (port, qos) => {
  const options = { port, host: '127.0.0.1', log: () => {} }
  const [input, output] = [mqtt.connect(options), mqtt.connect(options)]
  input.on('message', (_topic, payload) => {
    const text = rule(payload.toString())
    if (text !== undefined) output.publish('out', text, { qos })
  })
  const up = (client: mqtt.MqttClient): Promise<void> => new Promise((resolve) => void client.once('connect', () => resolve()))
  return {
    ready: Promise.all([up(input), up(output)]).then(() => input.subscribeAsync('in', { qos })),
    async close() {
      await Promise.all([input.endAsync(true), output.endAsync(true)])
    },
  }
}

const lane: Pipeline = (port, qos) => {
  const options = (clientId: string) =>
    ({
      clock: systemClock,
      address: { host: '127.0.0.1', port },
      session: { clientId, protocolVersion: 4 },
      maxPacket: 1 << 20,
      nap: 1,
    }) as const
  const waiting: { readonly offset: number; readonly after: number }[] = []
  let last = 0
  const output = new Lane(options('out'), {
    acknowledged(through) {
      while (waiting[0] !== undefined && waiting[0].after <= through) input.commit(waiting.shift()?.offset ?? 0)
    },
    drain: () => input.resume(),
  })
  const input = new Lane(options('in'), {
    batch(batch) {
      // a batch is taken whole, so there must be room for it
      if (output.inFlight > 8000 || !output.ready) return false
      for (let i = 0; i < batch.length; i++) {
        const text = rule(batch.bytes.utf8Slice(batch.starts[i] ?? 0, batch.ends[i] ?? 0))
        if (text === undefined) continue
        const number = output.publish('out', text, qos)
        if (number < 0) throw new Error('the output has no room')
        last = number
      }
      if (qos === 1) waiting.push({ offset: batch.offset, after: last })
      batch.release()
      return true
    },
  })
  const up = ({ client }: Lane): Promise<void> => new Promise((resolve) => void client.once('connect', () => resolve()))
  return {
    ready: Promise.all([up(input), up(output)]).then(() => input.client.subscribeAsync('in', { qos })),
    async close() {
      await Promise.all([input.close(), output.close()])
    },
  }
}

async function measure(pipeline: Pipeline, qos: 0 | 1): Promise<number> {
  const broker = fork(fileURLToPath(new URL('lane-broker.ts', import.meta.url)), [String(qos), String(MESSAGES), PAYLOAD])
  const message = (): Promise<number> => new Promise((resolve) => void broker.once('message', (value) => resolve(Number(value))))
  const port = await message()
  const { ready, close } = pipeline(port, qos)
  await ready
  const start = process.cpuUsage()
  const done = message()
  broker.send('go')
  const returned = await done
  const micros = microsSince(start) / MESSAGES
  if (returned !== MESSAGES) throw new Error(`${returned} of ${MESSAGES} messages came back`)
  await close()
  broker.kill()
  return micros
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** The lane alone, without server and SQL. */
export async function laneFigures(): Promise<readonly Figure[]> {
  const figures: Figure[] = []
  for (const qos of [0, 1] as const) {
    const spent: Record<'calibration' | 'plain' | 'lane', number[]> = { calibration: [], plain: [], lane: [] }
    for (let round = 0; round < ROUNDS; round++) {
      spent.calibration.push(calibrate())
      spent.plain.push(await measure(plain, qos))
      spent.lane.push(await measure(lane, qos))
    }
    const unit = median(spent.calibration)
    figures.push({
      name: `publish lane QoS ${qos}, JSON.parse + filter, ${PAYLOAD.length} bytes, CPU`,
      value: median(spent.lane) / unit,
      unit: 'calibrations',
      most: qos === 0 ? 2.5 : 3,
      rival: { name: 'mqtt.js + JSON.parse', value: median(spent.plain) / unit },
    })
  }
  return figures
}
