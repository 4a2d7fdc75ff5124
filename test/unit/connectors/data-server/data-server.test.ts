import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { EventReader, post, SocketClient, testDataServer } from '../../../support/data-server.ts'
import { settle } from '../../../support/fake-clock.ts'

test('it listens from the first use on, once', async () => {
  const { server, log } = testDataServer()
  expect(log.lines).toEqual([])
  const [port, again] = await Promise.all([server.open(), server.open()])
  expect(port).toBe(again)
  expect(log.of('info')).toEqual([`data server listens on 127.0.0.1:${port}`])
})

test('a port that is taken is named with its cure, and had as soon as it is free', async () => {
  const first = testDataServer()
  const port = await first.server.open()
  const second = testDataServer(port)
  await expect(second.server.open()).rejects.toMatchObject({
    code: 'system',
    message: `port ${port} of 127.0.0.1 is taken by another program`,
    hint: 'end that program, or choose another port in the setting source.httpServerPort',
  })
  await first.server.close()
  expect(await second.server.open()).toBe(port)
})

test('after close nothing can be opened', async () => {
  const { server } = testDataServer()
  await server.open()
  await server.close()
  await server.close()
  await expect(server.events('/a')).rejects.toMatchObject({ code: 'unavailable' })
})

test('close ends every connection', async () => {
  const { server } = testDataServer()
  const port = await server.open()
  await server.events('/a')
  await server.sockets('/b')
  const reader = await EventReader.open(port, '/a')
  const client = await SocketClient.open(port, '/b')
  await server.close()
  await client.closed
  await expect.poll(() => reader.ended).toBe(true)
})

test('a path is there as long as somebody uses it', async () => {
  const { server } = testDataServer()
  const port = await server.open()
  expect((await EventReader.open(port, '/a')).status).toBe(404)
  const [one, two] = [await server.events('/a'), await server.events('/a')]
  expect(one.shared).toBe(two.shared)
  one.release()
  one.release()
  const reader = await EventReader.open(port, '/a')
  expect(reader.status).toBe(200)
  expect(reader.ended).toBe(false)
  two.release()
  await expect.poll(() => reader.ended).toBe(true)
  expect((await EventReader.open(port, '/a')).status).toBe(404)
})

test('one path may serve events, sockets and pushed messages at once; each asks for its own method', async () => {
  const { server } = testDataServer()
  const port = await server.open()
  await server.events('/a')
  await server.sockets('/a')
  expect((await post(port, '/a', '')).status).toBe(405)
  await server.pushes('/a')
  expect(await post(port, '/a?x=1', 'hello')).toEqual({ status: 200, text: 'ok' })
  expect((await EventReader.open(port, '/a')).status).toBe(200)
  const client = await SocketClient.open(port, '/a')
  client.leave()
  await expect(SocketClient.open(port, '/b')).rejects.toThrow('404')
  expect((await fetch(`http://127.0.0.1:${port}/a`, { method: 'DELETE' })).status).toBe(405)
})

test('pages of other sites may neither read nor send; those of this machine may', async () => {
  const { server } = testDataServer()
  const port = await server.open()
  await server.events('/a')
  await server.sockets('/a')
  const stranger = { origin: 'https://evil.example' }
  expect((await EventReader.open(port, '/a', stranger)).status).toBe(403)
  expect((await EventReader.open(port, '/a', { host: 'evil.example' })).status).toBe(403)
  await expect(SocketClient.open(port, '/a', stranger)).rejects.toThrow('403')
  const own = await EventReader.open(port, '/a', { origin: 'http://localhost:9081' })
  expect([own.status, own.headers['access-control-allow-origin']]).toEqual([200, 'http://localhost:9081'])
  const asked = await fetch(`http://127.0.0.1:${port}/a`, { method: 'OPTIONS', headers: { origin: 'http://localhost:9081' } })
  expect([asked.status, asked.headers.get('access-control-allow-headers')]).toEqual([204, 'content-type'])
  expect((await fetch(`http://127.0.0.1:${port}/a`, { method: 'OPTIONS', headers: stranger })).status).toBe(403)
})

test.each([
  'GET /% HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'nonsense\r\n\r\n',
  'GET /a HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
])('the request %j ends nothing but itself', async (text) => {
  const { server } = testDataServer()
  const port = await server.open()
  await server.sockets('/a')
  const answer = await new Promise<string>((resolve, reject) => {
    let got = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (part) => {
      got += part.toString()
      socket.end()
    })
    socket.on('close', () => resolve(got))
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1.1 4\d\d /)
  await settle()
  expect((await EventReader.open(port, '/b')).status).toBe(404)
})
