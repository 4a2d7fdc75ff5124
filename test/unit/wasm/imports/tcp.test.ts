import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { WireReader, WireWriter } from '../../../../src/wasm/abi/wire.ts'
import { NetworkGrant } from '../../../../src/wasm/imports/network-grant.ts'
import { TcpCalls } from '../../../../src/wasm/imports/tcp.ts'
import { GuestErrors } from '../../../../src/wasm/values/guest-errors.ts'
import { Contract } from '../../../../src/wasm/wit/contract.ts'
import { CERTIFICATE, KEY } from '../../../support/test-certificate.ts'

const errors = new GuestErrors(new Contract())
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

/** A server on a port of its own; answers with the port. */
async function serve(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const echo = (): Server => createServer((socket) => socket.pipe(socket))

function calls(patterns: readonly string[], more: { waitMs?: number; connections?: number } = {}): TcpCalls {
  const made = new TcpCalls({
    grant: new NetworkGrant(patterns),
    errors,
    clock: systemClock,
    waitMs: 5_000,
    payloadBytes: 1_000_000,
    connections: 8,
    ...more,
  })
  open.push(made)
  return made
}

async function call(tcp: TcpCalls, verb: string, write: (args: WireWriter) => void): Promise<WireReader> {
  const args = new WireWriter()
  write(args)
  const result = new WireReader(await tcp.call(`[method]socket.${verb}`, args.take()))
  errors.unwrap(result)
  return result
}

async function connect(tcp: TcpCalls, port: number, host = '127.0.0.1'): Promise<number> {
  const result = await call(tcp, 'connect', (args) => {
    args.text(host)
    args.u16(port)
    args.u32(0)
  })
  return result.u32()
}

const write = (tcp: TcpCalls, socket: number, data: string): Promise<WireReader> =>
  call(tcp, 'write', (args) => {
    args.u32(socket)
    args.text(data)
    args.u32(0)
  })

async function read(tcp: TcpCalls, socket: number, max = 100, ms = 5_000): Promise<string | undefined> {
  const result = await call(tcp, 'read', (args) => {
    args.u32(socket)
    args.u32(max)
    args.u32(ms)
  })
  return result.u8() === 0 ? undefined : result.text()
}

test('what is written comes back, in pieces of at most the size asked for', async () => {
  const port = await serve(echo())
  const tcp = calls([`127.0.0.1:${port}`])
  const socket = await connect(tcp, port)
  await write(tcp, socket, 'hello')
  let text = ''
  while (text.length < 5) text += await read(tcp, socket, 2)
  expect(text).toBe('hello')
  expect(await read(tcp, socket, 10, 0)).toBe('')
  expect(await read(tcp, socket, 10, 5)).toBe('')
})

test('the end of the other side is told after the last byte, and again', async () => {
  const port = await serve(createServer((socket) => socket.end('bye')))
  const tcp = calls([`127.0.0.1:${port}`])
  const socket = await connect(tcp, port)
  let text = ''
  for (let part = await read(tcp, socket); part !== undefined; part = await read(tcp, socket)) text += part
  expect(text).toBe('bye')
  expect(await read(tcp, socket)).toBeUndefined()
})

test('after a shutdown the other side reads its end and may still answer', async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume()
    socket.on('end', () => socket.end('done'))
  })
  const port = await serve(server)
  const tcp = calls([`127.0.0.1:${port}`])
  const socket = await connect(tcp, port)
  await call(tcp, 'shutdown', (args) => args.u32(socket))
  expect(await read(tcp, socket)).toBe('done')
})

test('a lost connection, one that nobody listens for, and one that is closed are errors', async () => {
  const port = await serve(createServer((socket) => socket.on('data', () => socket.resetAndDestroy())))
  const tcp = calls(['127.0.0.1:*'])
  const socket = await connect(tcp, port)
  await write(tcp, socket, 'x')
  await expect(read(tcp, socket)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(connect(tcp, 1)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') })
  await tcp.drop(socket)
  await expect(read(tcp, socket)).rejects.toMatchObject({ code: 'plugin_failed', message: 'the connection is closed' })
})

test('hosts and ports that are not granted are denied, and so are too many connections', async () => {
  const port = await serve(echo())
  await expect(connect(calls([]), port)).rejects.toMatchObject({ code: 'denied' })
  await expect(connect(calls([`*:${port}`]), port)).rejects.toMatchObject({
    code: 'denied',
    message: expect.stringContaining('an address of this machine'),
  })
  const few = calls([`localhost:${port}`], { connections: 1 })
  await connect(few, port, 'localhost')
  await expect(connect(few, port, 'localhost')).rejects.toMatchObject({
    code: 'denied',
    message: expect.stringContaining('1 connections open'),
  })
})

test('a connection is encrypted, and only with a certificate that fits', async () => {
  const port = await serve(createTlsServer({ cert: CERTIFICATE, key: KEY }, (socket) => socket.pipe(socket)))
  const tcp = calls([`127.0.0.1:${port}`])
  const secure = (socket: number, name: string, ca?: string): Promise<WireReader> =>
    call(tcp, 'start-tls', (args) => {
      args.u32(socket)
      args.u8(1)
      args.text(name)
      args.u8(ca === undefined ? 0 : 1)
      if (ca !== undefined) args.text(ca)
      args.u8(0)
      args.u8(0)
      args.u32(0)
    })
  const good = await connect(tcp, port)
  await secure(good, 'plc.test', CERTIFICATE)
  await write(tcp, good, 'secret')
  expect(await read(tcp, good)).toBe('secret')
  await expect(secure(await connect(tcp, port), 'plc.test')).rejects.toMatchObject({ code: 'unavailable' })
  await expect(secure(await connect(tcp, port), 'other.test', CERTIFICATE)).rejects.toMatchObject({ code: 'unavailable' })
})

test('when the instance ends what waits ends too', async () => {
  const port = await serve(echo())
  const tcp = calls([`127.0.0.1:${port}`])
  const socket = await connect(tcp, port)
  const waiting = read(tcp, socket)
  await tcp.close()
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('the connection is closed') })
})
