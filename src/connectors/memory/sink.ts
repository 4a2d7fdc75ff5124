import type { StreamContext } from '../../api/context.ts'
import { defineSink } from '../../api/definition.ts'
import type { SinkDefinition } from '../../api/definition.ts'
import type { Sink, SinkBatch } from '../../api/sink.ts'
import { PlutinoError } from '../../base/errors.ts'
import { string } from '../../config/field.ts'
import { toRecord } from '../../data/record.ts'
import { orAborted } from '../abort.ts'
import type { MemoryBus } from './bus.ts'

/** Publishes each row as a record. A write is done when every subscriber has taken its rows, so a slow rule slows this one. */
class MemorySink implements Sink {
  readonly #bus: MemoryBus
  readonly #topic: string

  constructor(bus: MemoryBus, topic: string) {
    if (topic === '' || /[+#]/.test(topic))
      throw new PlutinoError('config_invalid', `topic: expected a topic without wildcards, got "${topic}"`)
    this.#bus = bus
    this.#topic = topic
  }

  async connect(): Promise<void> {}

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    const { schema, rows } = batch.rows
    if (rows.length === 0) return
    const records = rows.map((row) => toRecord(schema, row))
    await orAborted(this.#bus.publish(this.#topic, records), ctx.signal)
  }

  async close(): Promise<void> {}
}

export function memorySink(bus: MemoryBus): SinkDefinition {
  return defineSink({
    name: 'memory',
    doc: 'Publishes rows to a topic inside this server, for other rules to read',
    payload: 'values',
    fields: { topic: string('Topic to publish to, without wildcards', { minLength: 1 }) },
    create: (config) => new MemorySink(bus, config.topic),
  })
}
