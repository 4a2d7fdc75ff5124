import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StreamContext } from '../../../src/api/context.ts'
import type { SourceDefinition } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import type { Source, SourceBatch } from '../../../src/api/source.ts'
import { systemClock } from '../../../src/base/clock.ts'
import type { Json } from '../../../src/config/field.ts'
import { sourceContract } from '../../../test/contract/source.ts'
import { packageOf, sourceOf } from '../../../test/support/built-plugins.ts'
import { testContext } from '../../../test/support/context.ts'
import { SleepersClock } from '../../../test/support/passing-time.ts'
import { testHost } from '../../../test/support/plugins.ts'

let host: PluginHost
let definition: SourceDefinition
/** The same without its manifest, so that the plugin itself sees every configuration. */
let unchecked: SourceDefinition
beforeAll(async () => {
  // time of tests runs faster than that of a guest and of a request
  host = testHost({ clock: systemClock, limits: { callMs: 1e9, waitMs: 1e9 } })
  const plugin = await packageOf(host, 'plugins/http-poll')
  definition = sourceOf(host.definitions(plugin))
  const { description, component, files } = plugin
  unchecked = sourceOf(host.definitions({ description, component, files }))
}, 60_000)
afterAll(() => host.close())

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

async function serve(handler: Handler): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString()
    })
    request.on('end', () => handler(request, response, body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

let answer: Handler
let url: string
let server: Server
const asked: { readonly method: string | undefined; readonly url: string | undefined; readonly body: string; readonly headers: object }[] =
  []
const open: Source[] = []
beforeEach(async () => {
  answer = (_, response) => response.end('{}')
  const made = await serve((request, response, body) => {
    asked.push({ method: request.method, url: request.url, body, headers: request.headers })
    answer(request, response, body)
  })
  server = made.server
  url = made.url
})
afterEach(async () => {
  for (const source of open.splice(0)) await source.close()
  asked.length = 0
  server.closeAllConnections()
  server.close()
})

interface Polling {
  readonly source: Source
  readonly ctx: StreamContext
}

async function polling(
  more: { readonly [name: string]: Json } = {},
  ctx: StreamContext = testContext(new SleepersClock()),
): Promise<Polling> {
  const source = definition.create({ url, timeout: '10m', ...more })
  open.push(source)
  await source.connect(ctx)
  return { source, ctx }
}

const textOf = ({ payloads }: SourceBatch, i: number): string =>
  payloads === undefined ? '' : payloads.bytes.toString('utf8', payloads.starts[i], payloads.ends[i])

/** The messages of the next answer that has some. */
async function next({ source, ctx }: Polling): Promise<string[]> {
  const batch = await source.read(100, ctx)
  if (batch === undefined) throw new Error('the source has ended')
  return Array.from({ length: batch.length - batch.from }, (_, i) => textOf(batch, batch.from + i))
}

sourceContract('the http-poll source', async () => {
  let number = 0
  const other = await serve((_, response) => response.end(`{"n":${number++}}`))
  return {
    source: definition.create({ url: other.url, interval: 100, timeout: '10m' }),
    ctx: testContext(new SleepersClock()),
    feed: (from) => {
      number = Math.min(number, from)
    },
    numberOf: (batch, index) => Number(JSON.parse(textOf(batch, index)).n),
    cut: () => {
      other.server.closeAllConnections()
      number = 10
    },
    cleanup: async () => {
      other.server.closeAllConnections()
      other.server.close()
    },
  }
})

describe('what is asked', () => {
  test('a GET of the URL with its query', async () => {
    await next(await polling({ url: `${url}/readings?since=now` }))
    expect(asked[0]).toMatchObject({ method: 'GET', url: '/readings?since=now', body: '' })
  })

  test('another method, with headers and a body', async () => {
    const headers = { Authorization: 'Bearer secret', 'Content-Type': 'application/json' }
    await next(await polling({ method: 'POST', headers, body: '{"q":"ü"}' }))
    expect(asked[0]).toMatchObject({
      method: 'POST',
      body: '{"q":"ü"}',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json', 'content-length': '10' },
    })
  })

  test('again after the interval', async () => {
    const { source, ctx } = await polling({ interval: '10s' }, testContext(new SleepersClock()))
    const times: number[] = []
    for (let i = 0; i < 4; i++) {
      await next({ source, ctx })
      times.push(ctx.clock.now())
    }
    expect(times.slice(1).map((time, i) => Math.round((time - (times[i] ?? 0)) / 1000))).toEqual([10, 10, 10])
  })
})

describe('what an answer gives', () => {
  test('one message, as it is', async () => {
    answer = (_, response) => response.end('[{"a":1}, {"a":2}]')
    expect(await next(await polling())).toEqual(['[{"a":1}, {"a":2}]'])
  })

  test('no message when it is empty', async () => {
    answer = (_, response) => {
      if (asked.length === 1) response.writeHead(204)
      response.end(asked.length === 2 ? '' : asked.length === 1 ? undefined : 'x')
    }
    expect(await next(await polling({ interval: 50 }))).toEqual(['x'])
    expect(asked).toHaveLength(3)
  })

  test('messages from a place inside of it, one for each element of an array', async () => {
    answer = (_, response) => response.end('{"data":{"items":[{"id":9007199254740993,"t":1.5},"x",[]],"one":{"a":null}}}')
    expect(await next(await polling({ path: 'data.items' }))).toEqual(['{"id":9007199254740993,"t":1.5}', '"x"', '[]'])
    expect(await next(await polling({ path: 'data.one' }))).toEqual(['{"a":null}'])
  })

  test('more messages than are asked for come in parts', async () => {
    answer = (_, response) => response.end(JSON.stringify({ l: [...Array(250).keys()] }))
    const reading = await polling({ path: 'l', interval: '1h' })
    const parts = [await next(reading), await next(reading), await next(reading)]
    expect(parts.flat().map(Number)).toEqual(Array.from({ length: 250 }, (_, n) => n))
  })

  test('a redirect is followed below the path of the URL', async () => {
    answer = (request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: '/a/b' }).end()
      else response.end('there')
    }
    expect(await next(await polling({ url: `${url}/a` }))).toEqual(['there'])
  })
})

describe('only what has changed', () => {
  test('an answer that equals the one before gives nothing', async () => {
    const bodies = ['a', 'a', 'b', 'b', 'a']
    answer = (_, response) => response.end(bodies[asked.length - 1] ?? 'end')
    const reading = await polling({ incremental: true, interval: 50 })
    expect([await next(reading), await next(reading), await next(reading)]).toEqual([['a'], ['b'], ['a']])
    expect(asked).toHaveLength(5)
  })

  test('without `incremental` it gives the message again, and no condition is sent', async () => {
    answer = (_, response) => response.setHeader('etag', '"1"').end('a')
    const reading = await polling({ interval: 50 })
    expect([await next(reading), await next(reading)]).toEqual([['a'], ['a']])
    expect(asked[1]?.headers).not.toHaveProperty('if-none-match')
  })

  test('the server is told which answer is known, also after a restart', async () => {
    let version = 1
    answer = (request, response) => {
      const etag = `"v${version}"`
      response.setHeader('etag', etag).setHeader('last-modified', 'Sat, 01 Nov 2025 00:00:00 GMT')
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
      else response.end(`version ${version}`)
      if (asked.length % 3 === 0) version++
    }
    const ctx = testContext(new SleepersClock())
    const first = await polling({ incremental: true, interval: 50 }, ctx)
    expect(await next(first)).toEqual(['version 1'])
    await first.source.close()
    expect(await next(await polling({ incremental: true, interval: 50 }, ctx))).toEqual(['version 2'])
    expect(asked).toHaveLength(4)
    expect(asked[1]?.headers).toMatchObject({ 'if-none-match': '"v1"', 'if-modified-since': 'Sat, 01 Nov 2025 00:00:00 GMT' })
  })
})

describe('when something is wrong', () => {
  test.each([
    [500, 'unavailable', 'reconnect'],
    [503, 'unavailable', 'reconnect'],
    [429, 'unavailable', 'reconnect'],
    [408, 'unavailable', 'reconnect'],
    [401, 'denied', 'never'],
    [403, 'denied', 'never'],
    [404, 'config_invalid', 'never'],
    [400, 'config_invalid', 'never'],
  ])('status %i', async (status, code, retry) => {
    answer = (_, response) => response.writeHead(status).end('no luck')
    await expect(next(await polling({ url: `${url}/x?token=secret` }))).rejects.toMatchObject({
      code,
      retry,
      message: expect.stringMatching(new RegExp(`GET ${url}/x has failed: no luck .HTTP ${status}.$`)),
    })
  })

  test('a long refusal is cut', async () => {
    answer = (_, response) => response.writeHead(500).end('x'.repeat(10_000))
    await expect(next(await polling())).rejects.toMatchObject({ message: expect.stringMatching(/ has failed: x{200}… \(HTTP 500\)$/) })
  })

  test('a redirect to another origin is not followed', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://example.com/' }).end()
    await expect(next(await polling())).rejects.toMatchObject({ code: 'denied', message: expect.stringContaining('example.com') })
  })

  test('a redirect without end', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/again' }).end()
    await expect(next(await polling())).rejects.toMatchObject({ message: expect.stringContaining('leads to /again (HTTP 302)') })
  })

  test('a server that is not there, and one that says nothing in time', async () => {
    answer = () => {}
    await expect(next(await polling({ timeout: 20 }, testContext(systemClock)))).rejects.toMatchObject({ code: 'timeout' })
    const reading = await polling()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await expect(next(reading)).rejects.toMatchObject({ code: 'unavailable', retry: 'reconnect' })
  })

  test('an answer that is broken off', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setImmediate(() => response.destroy())
    }
    await expect(next(await polling())).rejects.toMatchObject({ code: 'unavailable' })
  })

  test.each([
    ['not json', 'the answer is not JSON: expected'],
    ['{"data":[]}', 'path: the answer has no data.items'],
    ['[1]', 'path: the answer has no data'],
  ])('an answer in which the path leads nowhere is left out, and the next one is read: %s', async (body, message) => {
    answer = (_, response) => response.end(asked.length === 1 ? body : '{"data":{"items":[1]}}')
    const ctx = testContext(new SleepersClock())
    expect(await next(await polling({ path: 'data.items', interval: 50 }, ctx))).toEqual(['1'])
    expect(ctx.log.of('error').join()).toContain(message)
  })
})

describe('a configuration that makes no sense', () => {
  test.each([
    [{}, 'url'],
    [{ url: 'ftp://x' }, 'url'],
    [{ url: 'http://x', method: 'DELETE' }, 'method'],
    [{ url: 'http://x', intervall: 5 }, 'did you mean "interval"'],
    [{ url: 'http://x', headers: { a: 5 } }, 'headers.a'],
  ])('the manifest refuses %j', (config, where) => {
    expect(() => definition.check(config)).toThrow(where)
  })

  test.each([
    [{}, 'url: expected a URL of http or https, got ""'],
    [{ url: 'ftp://me:secret@x/y?k=1' }, 'url: expected a URL of http or https, got "ftp://x/y"'],
    [{ url: 'http://x', interval: 0 }, 'interval: expected at least 1 ms, got 0'],
    [{ url: 'http://x', timeout: 0 }, 'timeout: expected 1 ms to 10 minutes, got 0 ms'],
    [{ url: 'http://x', body: 'b' }, 'body: a GET has none'],
    [{ url: 'http://x', headers: { a: 5 } }, 'headers.a: expected a text'],
  ])('the plugin refuses %j', async (config, message) => {
    await expect(unchecked.create(config).connect(testContext(systemClock))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(message),
    })
  })
})
