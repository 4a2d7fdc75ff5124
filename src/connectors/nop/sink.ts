import type { StreamContext } from '../../api/context.ts'
import { defineSink } from '../../api/definition.ts'
import type { Sink, SinkBatch } from '../../api/sink.ts'
import { payloadText } from '../payload-text.ts'
import { boolean } from '../../config/field.ts'

/** Throws results away; with `log` it says so. */
class NopSink implements Sink {
  readonly #log: boolean

  constructor(log: boolean) {
    this.#log = log
  }

  async connect(): Promise<void> {}

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    if (this.#log) for (const payload of batch.encoded().payloads) ctx.log.info(`sink result for rule ${ctx.rule}: ${payloadText(payload)}`)
  }

  async close(): Promise<void> {}
}

export const nopSink = defineSink({
  name: 'nop',
  doc: 'Throws results away: for measuring',
  payload: 'values',
  fields: { log: boolean('Write each result to the log', { default: false }) },
  create: ({ log }) => new NopSink(log),
})
