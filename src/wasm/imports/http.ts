import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { pipeline, type Transform } from 'node:stream'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { WireReader, type WireWriter } from '../abi/wire.ts'
import { guestText } from '../values/guest-text.ts'
import type { GuestErrors } from '../values/guest-errors.ts'
import { type Answer, answer, within } from './answer.ts'
import type { HostImport } from './host-import.ts'
import type { NetworkGrant } from './network-grant.ts'
import { grantedLookup, type Resolve } from './resolve.ts'

export interface HttpCallsParts {
  readonly grant: NetworkGrant
  readonly errors: GuestErrors
  readonly clock: Clock
  readonly waitMs: number
  readonly payloadBytes: number
  /** Instead of the resolver of the system. */
  readonly resolve?: Resolve
}

interface Request {
  readonly method: string
  readonly url: URL
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | undefined
}

interface Response {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

/** Statuses that name another place; 307 and 308 repeat the request as it was. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** What a redirect to another origin must not carry. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])
const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/** The `http` import of one plugin instance: granted origins only, redirects and DNS answers included. */
export class HttpCalls implements HostImport {
  readonly name = 'http'
  readonly #parts: HttpCallsParts
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent }
  #ended = new AbortController()

  constructor(parts: HttpCallsParts) {
    this.#parts = parts
    this.#agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  }

  call(_: string, args: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return answer(() => this.#send(new WireReader(args)), { ...this.#parts, other: 'the server' })
  }

  drop(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#ended.abort()
    this.#ended = new AbortController()
    this.#agents.http.destroy()
    this.#agents.https.destroy()
    return Promise.resolve()
  }

  async #send(args: WireReader): Promise<Answer> {
    const request = readRequest(args)
    const [timeout, redirects] = [args.u32(), args.u32()]
    const { clock, waitMs } = this.#parts
    const ms = timeout === 0 ? waitMs : Math.min(timeout, waitMs)
    const late = new AbortController()
    const signal = AbortSignal.any([late.signal, this.#ended.signal])
    const response = await within(clock, ms, this.#follow(request, redirects, signal), () => {
      late.abort()
      return new PlutinoError('timeout', `${request.url.origin} did not answer within ${ms} ms`)
    })
    return (result) => writeResponse(result, response)
  }

  async #follow(request: Request, redirects: number, signal: AbortSignal): Promise<Response> {
    let next = request
    for (let left = Math.min(redirects, 20); ; left--) {
      this.#parts.grant.checkUrl(next.url)
      const response = await this.#once(next, signal)
      const place = response.headers.find(([name]) => name === 'location')?.[1]
      if (left === 0 || place === undefined || !REDIRECTS.has(response.status)) return response
      next = redirected(next, response.status, place)
    }
  }

  #once({ method, url, headers, body }: Request, signal: AbortSignal): Promise<Response> {
    const { payloadBytes, grant, resolve: resolveName } = this.#parts
    const secure = url.protocol === 'https:'
    const open = secure ? httpsRequest : httpRequest
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(problem(error, url))
      const outgoing = open(
        url,
        {
          method,
          headers: [...headers, ['accept-encoding', 'gzip, deflate, br']].flat(),
          agent: secure ? this.#agents.https : this.#agents.http,
          lookup: grantedLookup(grant, resolveName),
          signal,
        },
        (incoming) => {
          readBody(incoming, payloadBytes).then((content) => resolve(responseOf(incoming, content)), fail)
        },
      )
      outgoing.on('error', fail)
      outgoing.end(body)
    })
  }
}

function readRequest(args: WireReader): Request {
  const method = args.text().toUpperCase()
  const text = args.text()
  if (!/^[A-Z]+$/.test(method)) throw new PlutinoError('config_invalid', `"${guestText(method, 100)}" is not a method of HTTP`)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new PlutinoError('config_invalid', `"${guestText(text, 200)}" is not a URL of http or https`)
  const count = args.u32()
  const headers: (readonly [string, string])[] = []
  for (let i = 0; i < count; i++) headers.push([args.text(), args.text()])
  const body = args.u8() === 0 ? undefined : Uint8Array.from(args.blob())
  const own = headers.filter(([name]) => !/^(host|content-length|connection|transfer-encoding|accept-encoding)$/i.test(name))
  const sized: readonly (readonly [string, string])[] = body === undefined ? own : [...own, ['content-length', String(body.length)]]
  return { method, url, headers: [['host', url.host], ...sized], body }
}

/** The request that a redirect asks for; credentials stay with the origin that they were meant for. */
function redirected({ method, url, headers, body }: Request, status: number, place: string): Request {
  if (!URL.canParse(place, url)) throw new PlutinoError('unavailable', `${url.origin} redirects to "${place}", which is not a URL`)
  const next = new URL(place, url)
  const repeats = status === 307 || status === 308 || method === 'HEAD'
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase()
    if (lower === 'host' || (!repeats && lower.startsWith('content-'))) return false
    return next.origin === url.origin || !CREDENTIALS.has(lower)
  })
  return { method: repeats ? method : 'GET', url: next, headers: [['host', next.host], ...kept], body: repeats ? body : undefined }
}

function readBody(incoming: IncomingMessage, most: number): Promise<Buffer> {
  const decoder = DECODERS.get(incoming.headers['content-encoding']?.toLowerCase() ?? '')?.()
  // The end of the pipeline is seen by the reader below.
  const stream = decoder === undefined ? incoming : pipeline(incoming, decoder, () => {})
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    stream.on('data', (part: Buffer) => {
      size += part.length
      if (size > most) stream.destroy(new PlutinoError('rejected', `the answer is larger than ${most} bytes`))
      else parts.push(part)
    })
    stream.on('end', () => resolve(Buffer.concat(parts)))
    stream.on('error', reject)
    incoming.on('error', reject)
  })
}

function responseOf(incoming: IncomingMessage, body: Buffer): Response {
  const headers: (readonly [string, string])[] = []
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2)
    headers.push([(incoming.rawHeaders[i] ?? '').toLowerCase(), incoming.rawHeaders[i + 1] ?? ''])
  return { status: incoming.statusCode ?? 0, headers, body }
}

function writeResponse(result: WireWriter, { status, headers, body }: Response): void {
  result.u16(status)
  result.u32(headers.length)
  for (const [name, value] of headers) {
    result.text(name)
    result.text(value)
  }
  result.blob(body)
}

function problem(error: Error, url: URL): PlutinoError {
  return error instanceof PlutinoError ? error : new PlutinoError('unavailable', `${url.origin}: ${error.message}`)
}
