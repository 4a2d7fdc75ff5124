import type { StreamContext } from '../../api/context.ts'
import { defineSink } from '../../api/definition.ts'
import type { SinkDefinition } from '../../api/definition.ts'
import type { Sink, SinkBatch } from '../../api/sink.ts'
import { PlutinoError } from '../../base/errors.ts'
import { string } from '../../config/field.ts'
import { describeValue } from '../../data/describe-value.ts'
import { toRecord } from '../../data/record.ts'
import type { Cell, Struct } from '../../data/value.ts'
import { orAborted } from '../abort.ts'
import type { MemoryBus, TableChange } from './bus.ts'
import type { RowChange } from './keyed-rows.ts'

interface MemorySinkConfig {
  readonly topic: string
  readonly rowkindField?: string | undefined
  readonly keyField?: string | undefined
}

/** Publishes each row as a record. A write is done when every subscriber has taken its rows, so a slow rule slows this one. */
class MemorySink implements Sink {
  readonly #bus: MemoryBus
  readonly #topic: string
  readonly #change: ((record: Struct) => TableChange) | undefined

  constructor(bus: MemoryBus, { topic, rowkindField, keyField }: MemorySinkConfig) {
    if (topic === '' || /[+#]/.test(topic))
      throw new PlutinoError('config_invalid', `topic: expected a topic without wildcards, got "${topic}"`)
    this.#bus = bus
    this.#topic = topic
    this.#change = rowkindField === undefined && keyField === undefined ? undefined : changeOf(rowkindField, keyField)
  }

  async connect(): Promise<void> {}

  async write(batch: SinkBatch, ctx: StreamContext): Promise<void> {
    const { schema, rows } = batch.rows
    if (rows.length === 0) return
    const records = rows.map((row) => toRecord(schema, row))
    const changes = this.#change === undefined ? undefined : records.map(this.#change)
    await orAborted(this.#bus.publish(this.#topic, records, changes), ctx.signal)
  }

  async close(): Promise<void> {}
}

const KINDS: readonly string[] = ['insert', 'update', 'upsert', 'delete'] satisfies readonly RowChange[]

function isChange(text: Cell): text is RowChange {
  return typeof text === 'string' && KINDS.includes(text)
}

/** Throws `rejected` for a record that does not say what it does. */
function changeOf(rowkindField: string | undefined, keyField: string | undefined): (record: Struct) => TableChange {
  const member = (record: Struct, name: string | undefined): Cell =>
    name !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
  return (record) => {
    const kind = rowkindField === undefined ? 'upsert' : (member(record, rowkindField) ?? 'insert')
    if (!isChange(kind)) {
      throw new PlutinoError('rejected', `rowkindField ${rowkindField}: expected one of ${KINDS.join(', ')}, got ${describeValue(kind)}`)
    }
    return { change: kind, key: member(record, keyField) }
  }
}

export function memorySink(bus: MemoryBus): SinkDefinition {
  return defineSink({
    name: 'memory',
    doc: 'Publishes rows to a topic inside this server, for other rules to read',
    payload: 'values',
    fields: {
      topic: string('Topic to publish to, without wildcards', { minLength: 1 }),
      rowkindField: string('Column that says what a row does to lookup tables of the topic: insert, update, upsert or delete', {
        optional: true,
        minLength: 1,
      }),
      keyField: string('Column with the key of the row that is meant, for tables whose key has another name', {
        optional: true,
        minLength: 1,
      }),
    },
    create: (config) => new MemorySink(bus, config),
  })
}
