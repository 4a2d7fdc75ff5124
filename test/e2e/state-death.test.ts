import { rmSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { startBroker } from '../../src/connectors/broker/broker.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { Publisher } from '../support/publisher.ts'
import { createStream } from '../support/rules.ts'
import { ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const TOTAL = 400
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

describe('a rule with state and qos 1', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)('counts on after %s where its last checkpoint was', async (signal) => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0, clock: systemClock })
    closing.push(() => broker.close())
    const folder = temporaryFolder()
    closing.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })))
    const out = await MqttListener.connect(broker.port)
    closing.push(() => out.close())
    const counts = (): { seq: number; n: number }[] => out.of('out').map((text) => JSON.parse(text) as { seq: number; n: number })

    const first = await ServerProcess.start({ folder })
    closing.push(() => first.kill())
    await createStream(first, 'numbers', { topic: 'load', port: broker.port, clientid: 'plutino-counted' })
    const mqtt = { server: `tcp://127.0.0.1:${broker.port}`, topic: 'out', qos: 1, sendSingle: true }
    const rule = { id: 'counted', sql: 'SELECT seq, acc_count(seq) AS n FROM numbers', actions: [{ mqtt }], options: { qos: 1 } }
    await first.expect('POST', '/rules', rule)
    await first.connected('counted')
    const publisher = await Publisher.connect(broker.port)
    closing.push(() => publisher.close())
    const published = publisher.publish('load', 0, TOTAL)
    await until('some counts', () => counts().length > TOTAL / 4)
    await first.stop(signal)

    const second = await ServerProcess.start({ folder })
    closing.push(() => second.stop())
    await published
    await until(
      () => `${TOTAL} numbers, there are ${new Set(counts().map(({ seq }) => seq)).size}`,
      () => new Set(counts().map(({ seq }) => seq)).size === TOTAL,
      20_000,
    )
    // Counted on, not anew. After SIGKILL what was saved but not acknowledged any more may have come twice.
    const highest = Math.max(...counts().map(({ n }) => n))
    expect(highest).toBeGreaterThanOrEqual(TOTAL)
    if (signal === 'SIGTERM') expect(highest).toBe(TOTAL)
  })
})
