import { WebSocket } from 'ws'
import type { StreamContext } from '../../api/context.ts'
import { defineSink, type SinkDefinition } from '../../api/definition.ts'
import type { Payload, Sink, SinkBatch } from '../../api/sink.ts'
import type { ConnectionObserver } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import { string } from '../../config/field.ts'
import { orAborted } from '../abort.ts'
import type { DataServer } from '../data-server/data-server.ts'
import { checkPath } from '../data-server/shared-paths.ts'
import { SocketListener } from '../data-server/socket-path.ts'
import { type ClientAddress, connectTo, lost } from './client.ts'
import { addressOf, CLIENT_FIELDS } from './fields.ts'

/** An open way to the other side. */
interface Outlet {
  send(payloads: readonly Payload[]): Promise<void>
  close(): void
}

type OpenOutlet = (ctx: StreamContext) => Promise<Outlet>

/** Sends each message to every client at the path; what nobody waits for is gone. */
function toClients(server: DataServer, path: string): OpenOutlet {
  return async () => {
    const lease = await server.sockets(path)
    return { send: (payloads) => lease.shared.publish(payloads), close: () => lease.release() }
  }
}

/** Sends each message to another server; a write is done when the system has taken it. */
function toServer(address: ClientAddress): OpenOutlet {
  return async (ctx) => {
    const socket = await connectTo(address, ctx.signal)
    const listener = new SocketListener(socket)
    const { promise: closed, reject } = Promise.withResolvers<never>()
    closed.catch(() => {})
    socket.on('close', (code) => reject(lost(address.url, `it was closed with code ${code}`)))
    return {
      send: async (payloads) => {
        if (socket.readyState !== WebSocket.OPEN) throw lost(address.url, 'it was closed')
        listener.send(payloads)
        await Promise.race([closed, listener.caughtUp()])
      },
      close: () => socket.close(),
    }
  }
}

class WebSocketSink implements Sink {
  readonly #open: OpenOutlet
  readonly #observe: ConnectionObserver
  #outlet: Outlet | undefined
  #closed = false

  constructor(open: OpenOutlet, observe: ConnectionObserver) {
    this.#open = open
    this.#observe = observe
  }

  async connect(ctx: StreamContext): Promise<void> {
    const outlet = await this.#open(ctx)
    // Only now: the clients at a path stay as long as somebody uses it.
    this.#outlet?.close()
    this.#outlet = outlet
    if (this.#closed) await this.close()
    this.#observe('connected')
  }

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    if (this.#outlet === undefined) throw new PlutinoError('unavailable', 'the sink is not connected')
    await orAborted(this.#outlet.send(batch.encoded().payloads), ctx.signal)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#outlet?.close()
    this.#outlet = undefined
  }
}

export function webSocketSink(server: DataServer): SinkDefinition {
  return defineSink({
    name: 'websocket',
    doc: 'Messages to WebSocket clients that connect to the port for data, or to a WebSocket server',
    payload: 'bytes',
    fields: {
      path: string('Path', { minLength: 1, examples: ['/results/demo'] }),
      datasource: string('Ignored', { optional: true, advanced: true }),
      ...CLIENT_FIELDS,
    },
    create: (config, observe) => {
      const path = checkPath('path', config.path)
      const url = addressOf(config, path)
      const { insecureSkipVerify } = config
      return new WebSocketSink(url === undefined ? toClients(server, path) : toServer({ url, insecureSkipVerify }), observe)
    },
  })
}
