import type { PayloadBatch } from '../../../api/source.ts'
import { uint16At } from './bytes.ts'
import { decodeProperties, type PublishProperties } from './properties.ts'
import type { Slab } from './slab.ts'
import type { TopicNames } from './topics.ts'

/** Messages in one batch, at most. */
export const BATCH_ROWS = 16_384

/**
 * The messages that one read brought: offsets into the memory it was read into. Whoever takes it owns it until it calls `release`, after
 * which memory and arrays are used again.
 */
export class LaneBatch implements PayloadBatch {
  readonly from = 0
  length = 0
  /** First byte of each packet: kind, DUP, QoS, RETAIN. */
  readonly heads = new Uint8Array(BATCH_ROWS)
  readonly topicStarts = new Int32Array(BATCH_ROWS)
  readonly topicEnds = new Int32Array(BATCH_ROWS)
  readonly starts = new Int32Array(BATCH_ROWS)
  readonly ends = new Int32Array(BATCH_ROWS)
  /** Where the MQTT 5 properties of a message start; 0: it has none. */
  readonly properties = new Int32Array(BATCH_ROWS)
  /** How many messages that need an acknowledgement had come up to and with this one: what to commit when it is safe. */
  readonly offsets = new Float64Array(BATCH_ROWS)
  slab: Slab
  /** Topics that came by alias, by index. */
  aliased: (string | undefined)[] = []
  readonly #names: TopicNames
  readonly #recycle: (batch: LaneBatch) => void

  constructor(names: TopicNames, slab: Slab, recycle: (batch: LaneBatch) => void) {
    this.#names = names
    this.slab = slab
    this.#recycle = recycle
  }

  get bytes(): Buffer {
    return this.slab.bytes
  }

  /** The offset of the last message. */
  get offset(): number {
    return this.offsets[this.length - 1] ?? 0
  }

  topic(index: number): string {
    return this.aliased[index] ?? this.#names.read(this.bytes, this.topicStarts[index] ?? 0, this.topicEnds[index] ?? 0)
  }

  payload(index: number): Buffer {
    return this.bytes.subarray(this.starts[index], this.ends[index])
  }

  qos(index: number): number {
    return ((this.heads[index] ?? 0) >> 1) & 3
  }

  retain(index: number): boolean {
    return ((this.heads[index] ?? 0) & 1) !== 0
  }

  dup(index: number): boolean {
    return ((this.heads[index] ?? 0) & 8) !== 0
  }

  /** The packet id; 0 at QoS 0. */
  messageId(index: number): number {
    return this.qos(index) === 0 ? 0 : uint16At(this.bytes, this.topicEnds[index] ?? 0)
  }

  propertiesOf(index: number): PublishProperties {
    const at = this.properties[index] ?? 0
    return at === 0 ? {} : decodeProperties(this.bytes, at, this.starts[index] ?? 0)
  }

  /** Adds a message whose arrays have been written at `length`. */
  add(head: number, topic: string | undefined): void {
    this.heads[this.length] = head
    if (topic !== undefined) this.aliased[this.length] = topic
    this.length++
  }

  clear(slab: Slab): void {
    this.slab = slab
    this.length = 0
    if (this.aliased.length > 0) this.aliased = []
  }

  /** Once, by the one who took it. */
  release(): void {
    this.#recycle(this)
  }
}
