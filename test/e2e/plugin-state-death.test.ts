import { rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { packPlugin } from '../../plugin-sdk/assemblyscript/build/pack.ts'
import { systemClock } from '../../src/base/clock.ts'
import { startBroker } from '../../src/connectors/broker/broker.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { zipOf } from '../support/plugin-zips.ts'
import { Publisher } from '../support/publisher.ts'
import { createStream } from '../support/rules.ts'
import { ROOT, ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const TOTAL = 600
const WINDOW = 60
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Result {
  readonly first: number
  readonly n: number
  readonly c: number
  readonly z: number
}

/** How far the last of consecutive numbers lies from their mean. */
const Z = (WINDOW - 1) / 2 / Math.sqrt((WINDOW ** 2 - 1) / 12)

describe('aggregates of plugins in a window, with qos 1', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'count on, over %s',
    async (signal) => {
      const broker = await startBroker({ host: '127.0.0.1', port: 0, clock: systemClock })
      closing.push(() => broker.close())
      const folder = temporaryFolder()
      closing.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })))
      const out = await MqttListener.connect(broker.port)
      closing.push(() => out.close())
      const results = (): Result[] => out.of('out').map((text) => JSON.parse(text) as Result)

      let server = await ServerProcess.start({ folder })
      closing.push(() => server.kill())
      await server.expect('POST', '/plugins', new Uint8Array((await packPlugin(path.join(ROOT, 'plugins/count-plus-one'))).zip))
      await server.expect('POST', '/plugins', await zipOf('anomaly'))
      await createStream(server, 'numbers', { topic: 'load', port: broker.port, clientid: 'plutino-windows' })
      const mqtt = { server: `tcp://127.0.0.1:${broker.port}`, topic: 'out', qos: 1, sendSingle: true }
      const sql = `SELECT min(seq) AS first, count(seq) AS n, countPlusOne(seq) AS c, z_score(seq) AS z FROM numbers GROUP BY COUNTWINDOW(${WINDOW})`
      await server.expect('POST', '/rules', {
        id: 'windows',
        sql,
        actions: [{ mqtt }],
        options: { qos: 1, checkpointInterval: '20ms' },
      })
      await server.connected('windows')
      const publisher = await Publisher.connect(broker.port)
      closing.push(() => publisher.close())

      // Each life of the server ends within a window.
      for (const end of [TOTAL / 3 + 11, (2 * TOTAL) / 3 + 35]) {
        const from = publisher.acknowledged
        const published = publisher.publish('load', from, end)
        await until('some results', () => results().length > from / WINDOW + 1)
        if (signal === 'SIGTERM') await server.stop(signal)
        else await server.kill()
        await published
        server = await ServerProcess.start({ folder })
        await server.connected('windows')
      }
      await publisher.publish('load', publisher.acknowledged, TOTAL)
      await until('the last window', () => results().some(({ first }) => first > TOTAL - 2 * WINDOW), 20_000)
      // What was given and not saved before the death comes again, and is the same.
      const seen = results()
      const firsts = [...new Set(seen.map(({ first }) => first))].toSorted((a, b) => a - b)
      for (const { n, c } of seen) expect({ n, c }).toEqual({ n: WINDOW, c: WINDOW + 1 })
      // After SIGKILL what was saved but not acknowledged any more may have come twice: windows begin earlier, and none begins later.
      if (signal === 'SIGKILL')
        for (const [i, first] of firsts.slice(1).entries()) expect(first - (firsts[i] ?? 0)).toBeLessThanOrEqual(WINDOW)
      else {
        expect(firsts).toEqual(Array.from({ length: TOTAL / WINDOW }, (_, i) => i * WINDOW))
        for (const { z } of seen) expect(z).toBeCloseTo(Z, 9)
      }
      await server.stop()
    },
    90_000,
  )
})
