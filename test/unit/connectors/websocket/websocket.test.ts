import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { SourceBatch } from '../../../../src/api/source.ts'
import { LARGEST_MESSAGE } from '../../../../src/connectors/data-server/data-server.ts'
import { webSocketSink } from '../../../../src/connectors/websocket/sink.ts'
import { webSocketSource } from '../../../../src/connectors/websocket/source.ts'
import { numbered, sinkContract } from '../../../contract/sink.ts'
import { sourceContract } from '../../../contract/source.ts'
import { testContext } from '../../../support/context.ts'
import { dataServerWorld, SocketClient, testDataServer } from '../../../support/data-server.ts'

const textOf = ({ payloads }: SourceBatch, index: number): string =>
  payloads?.bytes.toString('utf8', payloads.starts[index], payloads.ends[index]) ?? ''
const numberOf = (text: string): number => (JSON.parse(text) as { n: number }).n
const messages = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `{"n":${from + i}}`)

sourceContract('websocket source, clients connect', async () => {
  const { server } = dataServerWorld()
  const held = await server.sockets('/in')
  const client = await SocketClient.open(await server.open(), '/in')
  return {
    source: webSocketSource(server).create({ datasource: '/in' }),
    ctx: testContext(),
    feed: (from, to) => client.send(...messages(from, to)),
    numberOf: (batch, index) => numberOf(textOf(batch, index)),
    cleanup: async () => {
      client.leave()
      held.release()
      await server.close()
    },
  }
})

sourceContract('websocket source, connects to a server', async () => {
  const { server } = dataServerWorld()
  const { shared } = await server.sockets('/in')
  const port = await server.open()
  return {
    source: webSocketSource(server).create({ datasource: '/in', addr: `127.0.0.1:${port}` }),
    ctx: testContext(),
    feed: (from, to) => shared.publish(messages(from, to)),
    numberOf: (batch, index) => numberOf(textOf(batch, index)),
    cleanup: () => server.close(),
  }
})

sinkContract('websocket sink, clients connect', async () => {
  const { server } = dataServerWorld()
  const held = await server.sockets('/out')
  const client = await SocketClient.open(await server.open(), '/out')
  return {
    sink: webSocketSink(server).create({ path: '/out' }),
    ctx: testContext(),
    received: () => client.received.map(numberOf),
    cleanup: async () => {
      client.leave()
      held.release()
      await server.close()
    },
  }
})

sinkContract('websocket sink, connects to a server', async () => {
  const { server } = dataServerWorld()
  const port = await server.open()
  await server.sockets('/out')
  const source = webSocketSource(server).create({ datasource: '/out' })
  const reading = testContext()
  await source.connect(reading)
  const numbers: number[] = []
  void (async () => {
    for (;;) {
      const batch = await source.read(1000, reading)
      for (let i = 0; i < (batch?.length ?? 0); i++) if (batch !== undefined) numbers.push(numberOf(textOf(batch, i)))
    }
  })().catch(() => {})
  return {
    sink: webSocketSink(server).create({ path: '/out', addr: `ws://127.0.0.1:${port}` }),
    ctx: testContext(),
    received: () => numbers,
    unreachable: () => webSocketSink(server).create({ path: '/other', addr: `127.0.0.1:${port}` }),
    cleanup: () => server.close(),
  }
})

test('text and bytes come as they were sent, from several clients, and go to every reader of the path', async () => {
  const { server } = testDataServer()
  const ctx = testContext()
  const sources = [1, 2].map(() => webSocketSource(server).create({ datasource: '/in' }))
  for (const source of sources) await source.connect(ctx)
  const port = await server.open()
  const [one, two] = [await SocketClient.open(port, '/in'), await SocketClient.open(port, '/in')]
  one.send('é')
  await expect.poll(async () => textOf((await sources[0]?.read(10, ctx)) ?? noBatch, 0)).toBe('é')
  two.send(Uint8Array.of(0, 255))
  for (const source of sources.slice(1)) {
    const texts: Buffer[] = []
    while (texts.length < 2) {
      const batch = await source.read(1, ctx)
      if (batch?.payloads !== undefined) texts.push(Buffer.from(batch.payloads.bytes))
    }
    expect(texts).toEqual([Buffer.from('é'), Buffer.from([0, 255])])
  }
  // One reader goes, the other stays.
  await sources[0]?.close()
  expect(one.socket.readyState).toBe(1)
  await sources[1]?.close()
  expect(await one.closed).toBe(1001)
  await expect(SocketClient.open(port, '/in')).rejects.toThrow('404')
})

const noBatch: SourceBatch = { from: 0, length: 0, time: 0 }

test('a rule may read from and write to the same clients', async () => {
  const { server } = testDataServer()
  const ctx = testContext()
  const source = webSocketSource(server).create({ datasource: '/chat' })
  const sink = webSocketSink(server).create({ path: '/chat' })
  await Promise.all([source.connect(ctx), sink.connect(ctx)])
  const client = await SocketClient.open(await server.open(), '/chat')
  client.send('ping')
  expect(textOf((await source.read(1, ctx)) ?? noBatch, 0)).toBe('ping')
  await sink.write(numbered(0, 1), ctx)
  await expect.poll(() => client.received).toEqual(['{"n":0}'])
})

test('a message that is too large ends its own connection only', async () => {
  const { server } = testDataServer()
  const ctx = testContext()
  const source = webSocketSource(server).create({ datasource: '/in' })
  await source.connect(ctx)
  const port = await server.open()
  const [bad, good] = [await SocketClient.open(port, '/in'), await SocketClient.open(port, '/in')]
  bad.send(new Uint8Array(LARGEST_MESSAGE + 1))
  expect([1006, 1009]).toContain(await bad.closed)
  good.send('still here')
  expect(textOf((await source.read(10, ctx)) ?? noBatch, 0)).toBe('still here')
})

test('bytes that are no WebSocket frame end their own connection only', async () => {
  const { server } = testDataServer()
  const ctx = testContext()
  const source = webSocketSource(server).create({ datasource: '/in' })
  await source.connect(ctx)
  const port = await server.open()
  const socket: Socket = connect(port, '127.0.0.1')
  const ended = new Promise((resolve) => {
    socket.on('close', resolve)
  })
  socket.on('error', () => {})
  socket.write(
    'GET /in HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  socket.once('data', () => socket.write(Buffer.alloc(64, 0xff)))
  await ended
  const good = await SocketClient.open(port, '/in')
  good.send('1')
  expect(textOf((await source.read(10, ctx)) ?? noBatch, 0)).toBe('1')
})

test('a source that does not read makes the sender wait, and loses nothing', async () => {
  const { server } = testDataServer()
  const ctx = testContext()
  const source = webSocketSource(server).create({ datasource: '/in' })
  await source.connect(ctx)
  const client = await SocketClient.open(await server.open(), '/in')
  const big = 'x'.repeat(1024 * 1024)
  for (let i = 0; i < 60; i++) client.send(big)
  // What the server and the system take is bounded: the rest stays with the sender.
  await expect.poll(() => client.socket.bufferedAmount < 59 * big.length).toBe(true)
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  let read = 0
  while (read < 60) read += (await source.read(4096, ctx))?.length ?? 0
  expect(read).toBe(60)
  expect(client.socket.bufferedAmount).toBe(0)
})

test('a client that does not read is cut off', async () => {
  const { server, clock } = testDataServer()
  const ctx = testContext()
  const sink = webSocketSink(server).create({ path: '/out' })
  await sink.connect(ctx)
  const stuck = await SocketClient.open(await server.open(), '/out')
  stuck.socket.pause()
  const payloads = ['x'.repeat(1024 * 1024)]
  const writing = (async () => {
    for (let i = 0; i < 60; i++) await sink.write({ ...numbered(0, 0), encoded: () => ({ payloads }) }, ctx)
  })()
  await expect.poll(() => clock.pending).toBe(1)
  await clock.advance(1000)
  await writing
  stuck.socket.resume()
  await stuck.closed
})

test('a source that is the client says so when the server is away, and when it goes', async () => {
  const { server } = testDataServer()
  const port = await server.open()
  const ctx = testContext()
  const source = webSocketSource(server).create({ datasource: '/in', addr: `127.0.0.1:${port}` })
  await expect(source.connect(ctx)).rejects.toMatchObject({ code: 'unavailable' })
  const lease = await server.sockets('/in')
  await source.connect(ctx)
  await lease.shared.publish(['1'])
  const reading = source.read(1, ctx)
  expect(textOf((await reading) ?? noBatch, 0)).toBe('1')
  const waiting = source.read(1, ctx)
  lease.release()
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable', retry: 'reconnect' })
  const again = await server.sockets('/in')
  await source.connect(ctx)
  await again.shared.publish(['2'])
  expect(textOf((await source.read(1, ctx)) ?? noBatch, 0)).toBe('2')
  await source.close()
})

test.each([{ datasource: 'in' }, { datasource: '' }, { datasource: '/in', addr: 'a b' }, { datasource: '/in', scheme: 'http' }])(
  'the configuration %j is refused',
  (config) => {
    const { server } = testDataServer()
    expect(() => webSocketSource(server).create(config)).toThrow(expect.objectContaining({ code: 'config_invalid' }))
  },
)
