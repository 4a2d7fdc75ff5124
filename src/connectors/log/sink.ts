import type { StreamContext } from '../../api/context.ts'
import { defineSink } from '../../api/definition.ts'
import type { Sink, SinkBatch } from '../../api/sink.ts'
import { payloadText } from '../payload-text.ts'

/** Writes each message to the log. */
class LogSink implements Sink {
  async connect(): Promise<void> {}

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    for (const payload of batch.encoded().payloads) ctx.log.info(`sink result for rule ${ctx.rule}: ${payloadText(payload)}`)
  }

  async close(): Promise<void> {}
}

export const logSink = defineSink({
  name: 'log',
  doc: 'Writes results to the log of the server: for trying things out',
  payload: 'bytes',
  fields: {},
  create: () => new LogSink(),
})
