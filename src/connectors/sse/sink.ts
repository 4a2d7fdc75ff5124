import type { StreamContext } from '../../api/context.ts'
import { defineSink, type SinkDefinition } from '../../api/definition.ts'
import type { Sink, SinkBatch } from '../../api/sink.ts'
import type { ConnectionObserver } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import { string } from '../../config/field.ts'
import { orAborted } from '../abort.ts'
import type { DataServer } from '../data-server/data-server.ts'
import type { EventStream } from '../data-server/event-stream.ts'
import { checkPath, type Lease } from '../data-server/shared-paths.ts'

/** Sends each message to everybody who has opened the event stream. A message that nobody waits for is gone. */
class SseSink implements Sink {
  readonly #server: DataServer
  readonly #endpoint: string
  readonly #observe: ConnectionObserver
  #lease: Lease<EventStream> | undefined
  #closed = false

  constructor(server: DataServer, endpoint: string, observe: ConnectionObserver) {
    this.#server = server
    this.#endpoint = checkPath('endpoint', endpoint)
    this.#observe = observe
  }

  async connect(): Promise<void> {
    if (this.#lease === undefined) {
      const lease = await this.#server.events(this.#endpoint)
      if (this.#closed) lease.release()
      else this.#lease = lease
    }
    this.#observe('connected')
  }

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    if (this.#lease === undefined) throw new PlutinoError('unavailable', 'the sink is not connected')
    await orAborted(this.#lease.shared.publish(batch.encoded().payloads), ctx.signal)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#lease?.release()
    this.#lease = undefined
  }
}

export function sseSink(server: DataServer): SinkDefinition {
  return defineSink({
    name: 'sse',
    doc: 'Server-sent events on the port for data, for browsers and programs that read HTTP',
    payload: 'bytes',
    fields: {
      endpoint: string('Path on the port for data', { minLength: 1, examples: ['/results/demo'] }),
      datasource: string('Ignored', { optional: true, advanced: true }),
    },
    create: ({ endpoint }, observe) => new SseSink(server, endpoint, observe),
  })
}
