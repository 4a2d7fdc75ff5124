import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.ts'
import { WireReader, WireWriter } from '../../../../src/wasm/abi/wire.ts'
import { HttpCalls } from '../../../../src/wasm/imports/http.ts'
import { NetworkGrant } from '../../../../src/wasm/imports/network-grant.ts'
import { GuestErrors } from '../../../../src/wasm/values/guest-errors.ts'
import { Contract } from '../../../../src/wasm/wit/contract.ts'

const errors = new GuestErrors(new Contract())
const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
})

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

function calls(origins: readonly string[], payloadBytes = 100_000): HttpCalls {
  const made = new HttpCalls({ grant: new NetworkGrant(origins), errors, clock: systemClock, waitMs: 5_000, payloadBytes })
  open.push(made)
  return made
}

interface Asked {
  readonly method?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly timeout?: number
  readonly redirects?: number
}

async function send(
  http: HttpCalls,
  url: string,
  { method = 'GET', headers = [], body, timeout = 0, redirects = 0 }: Asked = {},
): Promise<unknown> {
  const args = new WireWriter()
  args.text(method)
  args.text(url)
  args.u32(headers.length)
  for (const [name, value] of headers) {
    args.text(name)
    args.text(value)
  }
  args.u8(body === undefined ? 0 : 1)
  if (body !== undefined) args.text(body)
  args.u32(timeout)
  args.u32(redirects)
  const result = new WireReader(await http.call('send', args.take()))
  errors.unwrap(result)
  const status = result.u16()
  const count = result.u32()
  const found = new Map<string, string>()
  for (let i = 0; i < count; i++) found.set(result.text(), result.text())
  return { status, type: found.get('content-type'), body: result.text() }
}

const mirror = (request: IncomingMessage, response: ServerResponse): void => {
  let body = ''
  request.on('data', (part: Buffer) => (body += part.toString()))
  request.on('end', () => {
    response.setHeader('content-type', 'application/json')
    const { authorization, host, 'x-own': own } = request.headers
    response.end(JSON.stringify({ method: request.method, url: request.url, body, authorization, own, host }))
  })
}

test('a request goes out whole, and the answer comes back', async () => {
  const origin = await serve(mirror)
  const answer = await send(calls([`${origin}/*`]), `${origin}/a?b=1`, {
    method: 'post',
    headers: [
      ['X-Own', '1'],
      ['Host', 'evil.example'],
    ],
    body: '{"x":1}',
  })
  expect(answer).toEqual({
    status: 200,
    type: 'application/json',
    body: JSON.stringify({ method: 'POST', url: '/a?b=1', body: '{"x":1}', own: '1', host: origin.slice(7) }),
  })
})

test('any status is an answer; a compressed one is read', async () => {
  const origin = await serve((_, response) => {
    response.writeHead(503, { 'content-encoding': 'gzip' })
    response.end(gzipSync('busy'))
  })
  expect(await send(calls([origin]), origin)).toMatchObject({ status: 503, body: 'busy' })
})

test('redirects are followed as often as asked, without credentials to another origin, and never to one that is not granted', async () => {
  const target = await serve(mirror)
  const origin = await serve((request, response) => {
    const place = request.url === '/away' ? 'http://127.0.0.1:1/' : request.url === '/odd' ? 'http://:x' : `${target}/here`
    response.writeHead(302, { location: place })
    response.end()
  })
  const http = calls([origin, target])
  expect(await send(http, origin)).toMatchObject({ status: 302 })
  const followed = await send(http, `${origin}/x`, { method: 'POST', body: 'b', headers: [['Authorization', 'secret']], redirects: 1 })
  expect(followed).toMatchObject({ status: 200, body: JSON.stringify({ method: 'GET', url: '/here', body: '', host: target.slice(7) }) })
  await expect(send(http, `${origin}/away`, { redirects: 3 })).rejects.toMatchObject({ code: 'denied' })
  await expect(send(http, `${origin}/odd`, { redirects: 3 })).rejects.toMatchObject({ code: 'unavailable' })
})

test.each([
  ['not a url', 'config_invalid'],
  ['ftp://127.0.0.1/', 'config_invalid'],
  ['http://127.0.0.1:1/', 'unavailable'],
  ['http://169.254.169.254/latest/meta-data', 'denied'],
  ['http://localhost:1/', 'denied'],
])('%s is an error: %s', async (url, code) => {
  await expect(send(calls(['http://127.0.0.1:1']), url)).rejects.toMatchObject({ code })
})

test('an answer that is too large, comes too late or breaks off is an error', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/large') response.end(Buffer.alloc(200_000))
    if (request.url === '/bomb') {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync(Buffer.alloc(10_000_000)))
    }
    if (request.url === '/broken') {
      response.writeHead(200, { 'content-length': '100' })
      response.write('x')
      response.destroy()
    }
  })
  const http = calls([origin])
  await expect(send(http, `${origin}/large`)).rejects.toMatchObject({ code: 'rejected' })
  await expect(send(http, `${origin}/bomb`)).rejects.toMatchObject({ code: 'rejected' })
  await expect(send(http, `${origin}/broken`)).rejects.toMatchObject({ code: 'unavailable' })
  await expect(send(http, `${origin}/never`, { timeout: 50 })).rejects.toMatchObject({ code: 'timeout' })
})
