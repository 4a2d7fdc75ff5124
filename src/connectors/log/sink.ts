import type { StreamContext } from '../../api/context.ts'
import { defineSink } from '../../api/definition.ts'
import type { Payload, Sink, SinkBatch } from '../../api/sink.ts'

/** Writes each message to the log. */
export class LogSink implements Sink {
  async connect(): Promise<void> {}

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    for (const payload of batch.encoded().payloads) ctx.log.info(`sink result for rule ${ctx.rule}: ${textOf(payload)}`)
  }

  async close(): Promise<void> {}
}

function textOf(payload: Payload): string {
  return typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString()
}

export const logSink = defineSink({
  name: 'log',
  doc: 'Writes results to the log of the server: for trying things out',
  payload: 'bytes',
  fields: {},
  create: () => new LogSink(),
})
