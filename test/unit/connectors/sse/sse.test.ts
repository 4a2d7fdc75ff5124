import { expect, test } from 'vitest'
import type { SinkBatch } from '../../../../src/api/sink.ts'
import { sseSink } from '../../../../src/connectors/sse/sink.ts'
import { numbered, sinkContract } from '../../../contract/sink.ts'
import { testContext } from '../../../support/context.ts'
import { dataServerWorld, EventReader, testDataServer } from '../../../support/data-server.ts'
import { settle } from '../../../support/fake-clock.ts'

sinkContract('sse sink', async () => {
  const { server } = dataServerWorld()
  const port = await server.open()
  const held = await server.events('/out')
  const reader = await EventReader.open(port, '/out')
  return {
    sink: sseSink(server).create({ endpoint: '/out' }),
    ctx: testContext(),
    received: () => reader.events.map((event) => (JSON.parse(event) as { n: number }).n),
    cleanup: async () => {
      reader.leave()
      held.release()
      await server.close()
    },
  }
})

function texts(...payloads: readonly string[]): SinkBatch {
  return { rows: { schema: { columns: [] }, rows: [] }, encoded: () => ({ payloads }) }
}

test('every subscriber gets every message from when it came; one that leaves disturbs nobody', async () => {
  const { server } = testDataServer()
  const sink = sseSink(server).create({ endpoint: '/out' })
  const ctx = testContext()
  await sink.connect(ctx)
  await sink.write(texts('before'), ctx)
  const port = await server.open()
  const readers = await Promise.all(Array.from({ length: 20 }, () => EventReader.open(port, '/out')))
  await sink.write(texts('1', '2'), ctx)
  const late = await EventReader.open(port, '/out')
  readers[0]?.leave()
  await settle()
  await sink.write(texts('3'), ctx)
  await expect.poll(() => readers.slice(1).map(({ events }) => events)).toEqual(readers.slice(1).map(() => ['1', '2', '3']))
  await expect.poll(() => late.events).toEqual(['3'])
  expect(readers[1]?.headers['content-type']).toBe('text/event-stream')
  await sink.close()
  await expect.poll(() => late.ended).toBe(true)
})

test('a text of several lines is one event, bytes are text', async () => {
  const { server } = testDataServer()
  const sink = sseSink(server).create({ endpoint: '/out' })
  const ctx = testContext()
  await sink.connect(ctx)
  const reader = await EventReader.open(await server.open(), '/out')
  await sink.write({ ...texts(), encoded: () => ({ payloads: ['a\r\nb\n\nc', Buffer.from('é')] }) }, ctx)
  await expect.poll(() => reader.events).toEqual(['a\nb\n\nc', 'é'])
})

test('what comes before the first subscriber is kept where that is asked for: the newest of it', async () => {
  const { server } = testDataServer()
  const { shared } = await server.events('/test/1', 3)
  await shared.publish(['1', '2'])
  await shared.publish(['3', '4'])
  const port = await server.open()
  const first = await EventReader.open(port, '/test/1')
  const second = await EventReader.open(port, '/test/1')
  await shared.publish(['5'])
  await expect.poll(() => first.events).toEqual(['2', '3', '4', '5'])
  await expect.poll(() => second.events).toEqual(['5'])
})

test('a subscriber that does not read is waited for a second, then cut off; the others lose nothing', async () => {
  const { server, clock } = testDataServer()
  const sink = sseSink(server).create({ endpoint: '/out' })
  const ctx = testContext()
  await sink.connect(ctx)
  const port = await server.open()
  const stuck = await EventReader.open(port, '/out')
  stuck.response.pause()
  const good = await EventReader.open(port, '/out')
  const big = 'x'.repeat(1024 * 1024)
  let written = 0
  const writing = (async () => {
    for (; written < 40; written++) await sink.write(texts(big), ctx)
  })()
  // Nothing goes on while the stuck one is waited for.
  await expect.poll(() => clock.pending).toBe(1)
  const before = written
  expect(before).toBeLessThan(40)
  await clock.advance(1000)
  await writing
  await expect.poll(() => good.events.length, { timeout: 5000 }).toBe(40)
  stuck.response.resume()
  await expect.poll(() => stuck.ended).toBe(true)
  expect(stuck.events.length).toBeLessThan(40)
})

test('a sink that is stopped while it waits ends at once', async () => {
  const { server, clock } = testDataServer()
  const sink = sseSink(server).create({ endpoint: '/out' })
  const ctx = testContext()
  await sink.connect(ctx)
  const stuck = await EventReader.open(await server.open(), '/out')
  stuck.response.pause()
  const writing = (async () => {
    for (;;) await sink.write(texts('x'.repeat(1024 * 1024)), ctx)
  })()
  await expect.poll(() => clock.pending).toBe(1)
  ctx.stop()
  await expect(writing).rejects.toThrow('the rule was stopped')
})

test.each(['', 'out', '/a b', '/a?b'])('the endpoint %j is refused', (endpoint) => {
  const { server } = testDataServer()
  expect(() => sseSink(server).create({ endpoint })).toThrow(expect.objectContaining({ code: 'config_invalid' }))
})

test('two rules may write to one endpoint', async () => {
  const { server } = testDataServer()
  const [a, b] = [sseSink(server).create({ endpoint: '/out' }), sseSink(server).create({ endpoint: '/out' })]
  const ctx = testContext()
  await Promise.all([a.connect(ctx), b.connect(ctx)])
  const reader = await EventReader.open(await server.open(), '/out')
  await a.write(numbered(0, 1), ctx)
  await a.close()
  await b.write(numbered(1, 2), ctx)
  await expect.poll(() => reader.events).toEqual(['{"n":0}', '{"n":1}'])
})
