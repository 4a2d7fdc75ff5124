import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { cannotListen } from '../../base/cannot-listen.ts'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { foreignRequest, isLoopback } from '../../base/foreign-request.ts'
import type { Logger } from '../../base/log.ts'
import { EventStream } from './event-stream.ts'
import { PushPath } from './push-path.ts'
import { type Lease, SharedPaths } from './shared-paths.ts'
import { SocketPath } from './socket-path.ts'

/** Largest message that a client may send, in bytes. */
export const LARGEST_MESSAGE = 16 * 1024 * 1024

const CURES = {
  taken: 'end that program, or choose another port in the setting source.httpServerPort',
  forbidden: 'choose a port above 1023 in the setting source.httpServerPort',
  elsewhere: 'choose another one in the setting source.httpServerIp',
}

const LIMITS = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 5000, maxHeaderSize: 16 * 1024 }

export interface DataServerParts {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly clock: Clock
  readonly log: Logger
}

/**
 * The one HTTP server for data: streams of events, WebSockets and pushed messages, each at a path that lives as long as somebody in this
 * server uses it. It listens from the first use on.
 */
export class DataServer {
  readonly #parts: DataServerParts
  readonly #events = new SharedPaths<EventStream>()
  readonly #sockets = new SharedPaths<SocketPath>()
  readonly #pushes = new SharedPaths<PushPath>()
  readonly #upgrades = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE, perMessageDeflate: false })
  #listening: Promise<number> | undefined
  #server: Server | undefined
  #closed = false

  constructor(parts: DataServerParts) {
    this.#parts = parts
  }

  /** Listens, if it does not yet, and gives the port. Throws `system` when the port cannot be had; the next call tries again. */
  async open(): Promise<number> {
    if (this.#closed) throw new PlutinoError('unavailable', 'the server stops')
    this.#listening ??= this.#listen().catch((error: unknown) => {
      this.#listening = undefined
      throw error
    })
    return this.#listening
  }

  /** Server-sent events: `GET path`. `keep`: see `EventStream`; the first user's counts. */
  async events(path: string, keep = 0): Promise<Lease<EventStream>> {
    await this.open()
    return this.#events.join(path, () => new EventStream(this.#parts.clock, keep))
  }

  /** WebSockets of clients that connect to `path`. */
  async sockets(path: string): Promise<Lease<SocketPath>> {
    await this.open()
    return this.#sockets.join(path, () => new SocketPath(this.#parts.clock))
  }

  /** Messages that clients POST to `path`. */
  async pushes(path: string): Promise<Lease<PushPath>> {
    await this.open()
    return this.#pushes.join(path, () => new PushPath(LARGEST_MESSAGE))
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#listening?.catch(() => {})
    this.#events.closeAll()
    this.#sockets.closeAll()
    this.#pushes.closeAll()
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    for (const socket of this.#upgrades.clients) socket.terminate()
    const { promise, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve())
    server.closeAllConnections()
    await promise
  }

  async #listen(): Promise<number> {
    const { host, port, log } = this.#parts
    const server = createServer(LIMITS, (request, response) => this.#answer(request, response))
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    const real = await new Promise<number>((resolve, reject) => {
      const fail = (error: Error): void => reject(cannotListen(error, { host, port }, CURES))
      server.once('error', fail)
      server.listen(port, host, () => {
        server.off('error', fail)
        const address = server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : port)
      })
    })
    server.on('error', (error) => log.error('the data server has failed', { error }))
    this.#server = server
    log.info(`data server listens on ${host}:${real}`)
    return real
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const problem = this.#foreign(request)
    if (problem !== undefined) return refuse(response, 403, problem)
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
    response.setHeader('x-content-type-options', 'nosniff')
    const path = pathOf(request)
    const events = this.#events.find(path)
    const pushes = this.#pushes.find(path)
    if (request.method === 'GET' && events !== undefined) return events.subscribe(request, response)
    if (request.method === 'POST' && pushes !== undefined) {
      pushes.take(request, response).catch(() => response.destroy())
      return undefined
    }
    const known = events !== undefined || pushes !== undefined
    if (known && request.method === 'OPTIONS') return preflight(response)
    if (known) response.setHeader('allow', events === undefined ? 'POST' : 'GET')
    return refuse(response, known ? 405 : 404, known ? 'method not allowed' : 'nothing is at this path')
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const path = this.#sockets.find(pathOf(request))
    const status = this.#foreign(request) === undefined ? (path === undefined ? '404 Not Found' : undefined) : '403 Forbidden'
    if (path === undefined || status !== undefined) socket.end(`HTTP/1.1 ${status ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
    else this.#upgrades.handleUpgrade(request, socket, head, (client) => path.accept(client))
  }

  /** On loopback, pages of other sites may neither read nor send. */
  #foreign({ headers }: IncomingMessage): string | undefined {
    const { host } = this.#parts
    const lookup = { get: (name: string): string | null => (Object.hasOwn(headers, name) ? String(headers[name]) : null) }
    return isLoopback(host) ? foreignRequest(lookup, host) : undefined
  }
}

/** What a browser asks before it sends anything but a plain form. */
function preflight(response: ServerResponse): void {
  response
    .writeHead(204, { 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'content-type', vary: 'origin' })
    .end()
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const path = url.split(/[?#]/, 1)[0] ?? '/'
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
}
