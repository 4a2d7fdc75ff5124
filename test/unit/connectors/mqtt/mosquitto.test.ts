import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { numbered } from '../../../contract/sink.ts'
import { testContext } from '../../../support/context.ts'
import { collect, type LaneSetup, openLane } from '../../../support/lane.ts'
import { Mosquitto } from '../../../support/mosquitto.ts'
import { sinkOn, sourceOn, textsOf } from '../../../support/mqtt-connectors.ts'
import { mosquittoBinary } from '../../../support/services.ts'
import { until } from '../../../support/until.ts'

const binary = mosquittoBinary()

describe.skipIf(binary === undefined)('through mosquitto', () => {
  let broker: Mosquitto
  beforeAll(async () => {
    broker = await Mosquitto.start(binary ?? '')
  })
  afterAll(() => broker.close())

  const setups: { readonly name: string; readonly v5?: boolean; readonly secure?: boolean; readonly nap?: number }[] = [
    { name: '3.1.1' },
    { name: '3.1.1 with naps', nap: 1 },
    { name: '5', v5: true },
    { name: '3.1.1 over TLS', secure: true },
    { name: '5 over TLS', v5: true, secure: true },
    { name: '5 over TLS with naps', v5: true, secure: true, nap: 1 },
  ]
  const setupOf = ({ v5 = false, secure = false, nap = 0 }: (typeof setups)[number]): LaneSetup => ({
    port: secure ? broker.ports.tls : broker.ports.plain,
    session: { protocolVersion: v5 ? 5 : 4 },
    nap,
    ...(secure ? { tls: { ca: broker.ca } } : {}),
  })

  test.each(setups)('$name: 60,000 messages of every quality, beside subscriptions and what the session publishes', async (kind) => {
    const setup = setupOf(kind)
    const { lane: reader, rows, errors } = await collect(setup)
    const total = 60_000
    const name = `in-${setup.session?.clientId ?? Math.random().toString(36).slice(2)}`
    await reader.client.subscribeAsync(`${name}/#`, { qos: 2 })
    let sent = 0
    const pump = (): void => {
      for (let i = 0; sent < total && i < 500; i++, sent++) {
        if (writer.publish(`${name}/${sent % 7}/ü`, `m${sent}`, sent % 2 === 0 ? 0 : 1) < 0) return
      }
      if (sent < total) setTimeout(pump, 2)
    }
    const writer = openLane(setup, { drain: () => pump() })
    await until('connected', () => writer.ready)
    pump()
    for (let k = 0; k < 20; k++) {
      await reader.client.subscribeAsync(`other/${k}`)
      await writer.client.publishAsync(`${name}/two`, `two${k}`, { qos: 2 })
      await writer.client.publishAsync(`${name}/own`, `own${k}`, { qos: 1 })
      if (k % 2 === 1) await reader.client.unsubscribeAsync(`other/${k}`)
      reader.client.sendPing()
    }
    await until('all', () => rows.length >= total + 40 && writer.acknowledged === total / 2, 25_000)
    expect(rows).toHaveLength(total + 40)
    expect(rows.filter((row) => row.qos === 2).map((row) => row.text)).toEqual(Array.from({ length: 20 }, (_, k) => `two${k}`))
    const numbersOf = (qos: number): number[] =>
      rows.filter((row) => row.qos === qos && row.text.startsWith('m')).map((row) => Number(row.text.slice(1)))
    expect(numbersOf(1).every((n, k) => n === 2 * k + 1)).toBe(true)
    expect(numbersOf(0).every((n, k) => n === 2 * k)).toBe(true)
    expect(errors).toEqual([])
    await writer.client.publishAsync(`${name}/kept`, 'retained ü', { retain: true, qos: 1 })
    const late = await collect(setup)
    await late.lane.client.subscribeAsync(`${name}/kept`, { qos: 1 })
    await until('retained', () => late.rows.some((row) => row.text === 'retained ü' && row.retain))
    await Promise.all([reader.close(), writer.close(), late.lane.close()])
  })

  test('over TLS, an engine that cannot take batches gets them later', async () => {
    const setup = setupOf({ name: '', secure: true })
    const got: number[] = []
    let stops = 0
    const reader = openLane(setup, {
      batch(batch) {
        if (stops < got.length / 700) {
          stops++
          setImmediate(() => reader.resume())
          return false
        }
        for (let i = 0; i < batch.length; i++) got.push(Number(batch.payload(i).toString()))
        reader.commit(batch.offset)
        batch.release()
        return true
      },
    })
    let sent = 0
    const state = { subscribed: false }
    const pump = (): void => {
      while (state.subscribed && sent < 30_000 && writer.publish('tls', String(sent), 1) >= 0) sent++
    }
    const writer = openLane(setup, { drain: () => pump() })
    await until('connected', () => reader.ready && writer.ready)
    await reader.client.subscribeAsync('tls', { qos: 1 })
    state.subscribed = true
    pump()
    await until('all', () => got.length === 30_000, 25_000)
    expect(got.every((n, i) => n === i)).toBe(true)
    expect(stops).toBeGreaterThan(10)
    await Promise.all([reader.close(), writer.close()])
  })

  test('a reader that dies with unacknowledged messages gets exactly those when it is back', async () => {
    const { plain: port } = broker.ports
    const { lane, rows } = await collect({ port, session: { clean: false, clientId: 'late' } }, { commit: false })
    await lane.client.subscribeAsync('l', { qos: 1 })
    const { lane: writer } = await collect({ port })
    for (let i = 0; i < 500; i++) writer.publish('l', String(i), 1)
    await until('rows', () => rows.length === 500)
    lane.commit(200)
    lane.client.sendPing()
    const reads = lane.statistics.reads
    await until('the broker has it', () => lane.statistics.reads > reads)
    lane.client.stream.destroy()
    await until('delivered again', () => rows.length === 800)
    expect(rows.slice(500).map((row) => Number(row.text))).toEqual(Array.from({ length: 300 }, (_, i) => 200 + i))
    expect(rows[500]?.dup).toBe(true)
    lane.commit(lane.received)
    await Promise.all([lane.close(), writer.close()])
  })

  test('source and sink of each quality, over each transport', async () => {
    const { ports } = broker
    const rootCARaw = broker.ca.toString('base64')
    const ctx = testContext(systemClock)
    const transports = [
      { server: `tcp://127.0.0.1:${ports.plain}` },
      { server: `mqtts://localhost:${ports.tls}`, rootCaPath: broker.file('cert.pem') },
      { server: `ssl://127.0.0.1:${ports.tls}`, rootCARaw, tlsMinVersion: 'tls1.3' },
      { server: `tls://127.0.0.1:${ports.tls}`, insecureSkipVerify: true },
      { server: `ws://127.0.0.1:${ports.webSocket}/mqtt` },
      {
        server: `mqtts://127.0.0.1:${ports.mutual}`,
        rootCARaw,
        certficationRaw: rootCARaw,
        privateKeyRaw: readFileSync(broker.file('key.pem')).toString('base64'),
      },
    ]
    for (const [i, transport] of transports.entries()) {
      for (const qos of [0, 1, 2]) {
        const topic = `each/${i}/${qos}`
        const source = sourceOn(0, { ...transport, datasource: topic, qos })
        const sink = sinkOn(0, { ...transport, topic, qos })
        await source.connect(ctx)
        await sink.connect(ctx)
        await sink.write(numbered(0, 500), ctx)
        const texts: string[] = []
        while (texts.length < 500) {
          const batch = await source.read(4096, ctx)
          texts.push(...textsOf(batch))
          await source.commit?.(batch?.offset ?? 0)
        }
        expect(texts, topic).toEqual(Array.from({ length: 500 }, (_, n) => `{"n":${n}}`))
        await source.close()
        await sink.close()
      }
    }
  })

  test('certificates that do not fit, and wrong credentials, are said as such', async () => {
    const { ports } = broker
    const ctx = testContext(systemClock)
    const cases = [
      { properties: { server: `mqtts://127.0.0.1:${ports.tls}` }, code: 'unavailable', message: /self-signed certificate/ },
      {
        properties: { server: `mqtts://127.0.0.1:${ports.mutual}`, rootCaPath: broker.file('cert.pem') },
        code: 'unavailable',
        message: /no connection/,
      },
      { properties: { server: `tcp://127.0.0.1:${ports.password}` }, code: 'denied', message: /Not authorized|refused/ },
      { properties: { server: `tcp://127.0.0.1:${ports.password}`, username: 'ada', password: 'x' }, code: 'denied', message: /refused/ },
    ]
    for (const { properties, code, message } of cases) {
      const source = sourceOn(0, properties)
      await expect(source.connect(ctx), JSON.stringify(properties)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
      await source.close()
    }
    const right = sourceOn(0, { server: `tcp://127.0.0.1:${ports.password}`, username: 'ada', password: 'lovelace', datasource: 'open/x' })
    await right.connect(ctx)
    await right.close()
  })

  test('wildcards and shared subscriptions', async () => {
    const ctx = testContext(systemClock)
    const { plain } = broker.ports
    const all = sourceOn(plain, { datasource: 'w/+/x,v/#' })
    const shared = [1, 2].map(() => sourceOn(plain, { datasource: '$share/g/s/#', protocolVersion: '5' }))
    for (const source of [all, ...shared]) await source.connect(ctx)
    for (const topic of ['w/1/x', 'w/1/y', 'v', 'v/1/2', 's/1', 's/2', 's/3', 's/4']) {
      const sink = sinkOn(plain, { topic, qos: 1 })
      await sink.connect(ctx)
      await sink.write(numbered(0, 1), ctx)
      await sink.close()
    }
    const topics: unknown[] = []
    while (topics.length < 3) {
      const batch = await all.read(1, ctx)
      topics.push(batch?.meta?.(batch.from, 'topic'))
      batch?.release?.()
    }
    expect(topics).toEqual(['w/1/x', 'v', 'v/1/2'])
    let count = 0
    for (const source of shared) {
      void (async () => {
        for (;;) {
          const { length } = textsOf(await source.read(10, ctx))
          count += length
        }
      })().catch(() => {})
    }
    await until('shared among the two', () => count === 4)
    for (const source of [all, ...shared]) await source.close()
  })

  test('killed and back, with messages of QoS 1 on their way in both directions: none is lost', async () => {
    const session = { clean: false, reconnectPeriod: 50 }
    const { plain: port } = broker.ports
    const seenNumbers = new Set<number>()
    let again = 0
    let offset = 0
    let hold = false
    const { lane: reader } = await collect(
      { port, session: { ...session, clientId: 'reader' } },
      {
        handlers: {
          batch(batch) {
            for (let i = 0; i < batch.length; i++) {
              const n = Number(batch.payload(i).toString())
              if (seenNumbers.has(n)) again++
              seenNumbers.add(n)
            }
            offset = batch.offset
            batch.release()
            return true
          },
        },
      },
    )
    const commits = setInterval(() => {
      if (!hold) reader.commit(offset)
    }, 15)
    await reader.client.subscribeAsync('k/#', { qos: 1 })
    const total = 10_000
    let sent = 0
    const state = { paused: true }
    const pump = (): void => {
      for (let k = 0; !state.paused && sent < total && k < 100; k++, sent++) if (writer.publish('k/1', String(sent), 1) < 0) return
      if (!state.paused && sent < total) setTimeout(pump, 2)
    }
    const writer = openLane({ port, session: { ...session, clientId: 'writer' } }, { drain: pump })
    await until('connected', () => writer.ready)
    state.paused = false
    pump()
    // mosquitto acknowledges before it saves, and what it had not saved is its loss: have it save, with messages unacknowledged at the
    // reader; then stop it, so that what we send stays unacknowledged; then kill it
    for (let round = 0; round < 2; round++) {
      await until('some way', () => sent >= (round + 1) * 4000, 20_000)
      hold = state.paused = true
      await until('quiet', () => writer.inFlight === 0)
      await broker.save()
      broker.signal('SIGSTOP')
      for (let k = 0; k < 300; k++) writer.publish('k/1', String(sent++), 1)
      writer.flush()
      expect(writer.inFlight).toBe(300)
      await broker.kill('SIGKILL')
      hold = false
      await until('the loss is noticed', () => !writer.ready && !reader.ready)
      await broker.run()
      await until('connected again', () => writer.ready && reader.ready)
      state.paused = false
      pump()
    }
    await until('all acknowledged', () => sent >= total && writer.inFlight === 0, 20_000)
    await until('all seen', () => seenNumbers.size === sent, 20_000)
    clearInterval(commits)
    reader.commit(reader.received)
    expect(reader.uncommitted).toBe(0)
    expect(writer.statistics.resent).toBe(600)
    expect(again).toBeGreaterThan(0)
    await Promise.all([reader.close(), writer.close()])
  }, 60_000)
})
