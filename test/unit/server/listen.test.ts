import { request } from 'node:http'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../../src/server/listen.ts'
import { failureOf } from '../../support/catalog.ts'

const app = new Hono().get('/', (c) => c.text('hello'))

test('a server answers on the port that it says, and not after it was closed', async () => {
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${server.port}/`
  expect(await (await fetch(url)).text()).toBe('hello')
  await server.close()
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test('a port that is taken is one line with what to do', async () => {
  const first = await listen(app, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => first.close())
  expect(await failureOf(() => listen(app, { host: '127.0.0.1', port: first.port }))).toMatchObject({
    code: 'system',
    message: `port ${first.port} of 127.0.0.1 is taken by another program`,
    hint: 'end that program, or choose another port: --port 9082',
  })
})

test('an address that the machine does not have is one line with what to do', async () => {
  expect(await failureOf(() => listen(app, { host: '192.0.2.1', port: 0 }))).toMatchObject({
    message: 'this machine has no address 192.0.2.1',
  })
})

test('headers that are too large are refused', async () => {
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request({ port: server.port, host: '127.0.0.1', headers: { big: 'x'.repeat(20_000) } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
  expect(status).toBe(431)
})

test('closing does not wait for a client that keeps its connection', async () => {
  const server = await listen(app, { host: '127.0.0.1', port: 0 })
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  socket.write('GET / HTTP/1.1\r\n')
  await server.close()
  socket.destroy()
})
