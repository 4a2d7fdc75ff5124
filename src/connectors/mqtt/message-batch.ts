import type { PayloadBatch, SourceBatch } from '../../api/source.ts'
import type { Cell, Struct, Value } from '../../data/value.ts'
import { put } from '../../data/record.ts'
import type { LaneBatch } from './lane/batch.ts'

/** Names of a message's metadata; those of MQTT 5 are absent where a message has none. */
const KEYS = [
  'topic',
  'qos',
  'messageId',
  'retain',
  'dup',
  'properties',
  'contentType',
  'responseTopic',
  'correlationData',
  'messageExpiry',
  'payloadFormat',
  'subscriptionIds',
] as const

/** Messages `from <= i < length` of a batch of the lane, in place. */
export class MqttBatch implements SourceBatch {
  readonly from: number
  readonly length: number
  readonly payloads: PayloadBatch
  readonly time: number
  readonly offset: number
  readonly release: () => void
  readonly #batch: LaneBatch

  constructor(batch: LaneBatch, range: { readonly from: number; readonly to: number }, time: number, release: () => void) {
    const { from, to } = range
    this.from = from
    this.length = to
    const whole = from === 0 && to === batch.length
    this.payloads = whole ? batch : { bytes: batch.bytes, starts: batch.starts, ends: batch.ends, from, length: to }
    this.time = time
    this.offset = batch.offsets[to - 1] ?? 0
    this.release = release
    this.#batch = batch
  }

  meta(index: number, key: string): Cell {
    const batch = this.#batch
    switch (key) {
      case 'topic':
        return batch.topic(index)
      case 'qos':
        return batch.qos(index)
      case 'messageId':
        return batch.messageId(index)
      case 'retain':
        return batch.retain(index)
      case 'dup':
        return batch.dup(index)
      case 'properties':
        return userProperties(batch, index)
      case 'contentType':
      case 'responseTopic':
      case 'correlationData':
      case 'messageExpiry':
      case 'payloadFormat':
      case 'subscriptionIds':
        return batch.propertiesOf(index)[key]
      default:
        return undefined
    }
  }

  metaAll(index: number): Struct {
    const all: Record<string, Value> = {}
    for (const key of KEYS) {
      const value = this.meta(index, key)
      if (value !== undefined) all[key] = value
    }
    return all
  }
}

/** User properties as a struct; a name that came several times has its last value. */
function userProperties(batch: LaneBatch, index: number): Struct | undefined {
  const { user } = batch.propertiesOf(index)
  if (user === undefined) return undefined
  const struct: Record<string, Value> = {}
  for (const [name, values] of user) put(struct, name, values.at(-1) ?? '')
  return struct
}
