import type { Acknowledgements } from './acknowledgements.ts'
import { BATCH_ROWS, type LaneBatch } from './batch.ts'
import { byteAt, uint16At } from './bytes.ts'
import { FIRST_LANE_ID } from './packet-ids.ts'
import { aliasOf } from './properties.ts'
import type { Slab } from './slab.ts'
import type { TopicNames } from './topics.ts'

const PUBLISH = 3
const PUBACK = 0x40
const PUBREL = 0x62

/** No packet but PUBLISH is that long; a broker that says so is out of its mind. */
const LONGEST_CONTROL_PACKET = 1 << 20

/** Within so many bytes lie the topic and the id of any PUBLISH. */
const LONGEST_FRONT = 70_000

/** Why a connection cannot go on. `reason` is MQTT 5's code for it (2.4). */
export interface Fault {
  readonly message: string
  readonly reason: number
}

const MALFORMED = 0x81
const PROTOCOL_ERROR = 0x82
const ALIAS_INVALID = 0x94
const TOO_LARGE = 0x95

export interface FramingHandlers {
  /** The broker has acknowledged a message of the lane. `reason`: 0 or MQTT 5's code. */
  acknowledged(id: number, reason: number): void
  /** A whole packet that is not the lane's. */
  pass(packet: Buffer): void
  /** A message that is larger than allowed was left out. */
  oversized(topic: string, size: number): void
}

export interface FramingOptions {
  readonly v5: boolean
  /** Bytes of the largest PUBLISH that is taken. */
  readonly maxPacket: number
  readonly topicAliasMaximum: number
}

/**
 * Finds the packets in what was read: PUBLISH becomes a row of a batch in place, without a copy; acknowledgements of the lane's own
 * messages are reported; everything else is passed on.
 */
export class Framing {
  /** Size of the packet at the front, when it is known and the packet is not all there. */
  need = 0
  /** Set when the bytes are no MQTT: nothing behind can be read. */
  fault: Fault | undefined
  readonly #options: FramingOptions
  readonly #handlers: FramingHandlers
  readonly #acks: Acknowledgements
  readonly #names: TopicNames
  readonly #aliases = new Map<number, string>()
  /** Bytes of an oversized message that are still to come. */
  #skip = 0
  // the packet at hand: where it starts, its body, its end, and the end of what was read
  #start = 0
  #body = 0
  #stop = 0
  #filled = 0
  // its MQTT 5 properties
  #properties = 0
  #alias = 0

  constructor(options: FramingOptions, handlers: FramingHandlers, shared: { readonly acks: Acknowledgements; readonly names: TopicNames }) {
    this.#options = options
    this.#handlers = handlers
    this.#acks = shared.acks
    this.#names = shared.names
  }

  /** A new connection begins. */
  restart(): void {
    this.need = this.#skip = 0
    this.fault = undefined
    this.#aliases.clear()
  }

  /** Frames what lies in the slab, as far as it is whole, the batch has room and there is no fault. */
  parse(slab: Slab, batch: LaneBatch): void {
    const { bytes } = slab
    this.#filled = slab.filled
    this.need = 0
    let p = slab.position
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, this.#filled - p)
      this.#skip -= skipped
      p += skipped
    }
    while (p + 1 < this.#filled && batch.length < BATCH_ROWS) {
      const next = this.#packet(bytes, p, batch)
      if (next === p) break
      p = next
    }
    slab.position = p
  }

  /** Where the next packet starts; `p` itself when this one is not all there or faulty. */
  #packet(bytes: Buffer, p: number, batch: LaneBatch): number {
    let q = p + 1
    let digit = byteAt(bytes, q++)
    let length = digit & 127
    for (let shift = 7; digit > 127; shift += 7) {
      if (shift === 28) return this.#fail('malformed remaining length', MALFORMED, p)
      if (q >= this.#filled) return p
      digit = byteAt(bytes, q++)
      length |= (digit & 127) << shift
    }
    this.#start = p
    this.#body = q
    this.#stop = q + length
    return byteAt(bytes, p) >> 4 === PUBLISH ? this.#publish(bytes, batch) : this.#control(bytes)
  }

  #control(bytes: Buffer): number {
    const start = this.#start
    const body = this.#body
    const stop = this.#stop
    if (stop > this.#filled) {
      if (stop - body > LONGEST_CONTROL_PACKET) return this.#fail('control packet too large', TOO_LARGE, start)
      this.need = stop - start
      return start
    }
    const head = byteAt(bytes, start)
    const whole = stop - body >= 2
    if (head === PUBACK && whole && uint16At(bytes, body) >= FIRST_LANE_ID) {
      this.#handlers.acknowledged(uint16At(bytes, body), stop - body > 2 ? byteAt(bytes, body + 2) : 0)
    } else if (head === PUBREL && whole) {
      this.#acks.released(uint16At(bytes, body))
    } else {
      this.#handlers.pass(Buffer.from(bytes.subarray(start, stop)))
    }
    return stop
  }

  #publish(bytes: Buffer, batch: LaneBatch): number {
    const start = this.#start
    const body = this.#body
    const stop = this.#stop
    const tooLarge = stop - start > this.#options.maxPacket
    const wanted = tooLarge ? Math.min(stop - start, LONGEST_FRONT) : stop - start
    if (this.#filled - start < wanted) {
      this.need = wanted
      return start
    }
    const topicEnd = body + 2 + uint16At(bytes, body)
    const qos = (byteAt(bytes, start) >> 1) & 3
    const front = topicEnd + (qos > 0 ? 2 : 0)
    if (qos === 3 || stop - body < 2 || front > stop) return this.#fail('malformed PUBLISH', MALFORMED, start)
    if (qos > 0 && uint16At(bytes, topicEnd) === 0) return this.#fail('PUBLISH with packet id 0', PROTOCOL_ERROR, start)
    if (tooLarge) return this.#oversized(bytes, topicEnd)
    return this.#row(bytes, batch, topicEnd)
  }

  #row(bytes: Buffer, batch: LaneBatch, topicEnd: number): number {
    const topicStart = this.#body + 2
    const head = byteAt(bytes, this.#start)
    const qos = (head >> 1) & 3
    const front = topicEnd + (qos > 0 ? 2 : 0)
    const payload = this.#options.v5 ? this.#readProperties(bytes, front) : this.#noProperties(front)
    if (payload < 0) return this.#start
    let topic: string | undefined
    if (this.#alias > 0 || topicEnd === topicStart) {
      topic = this.#aliasedTopic(bytes, topicEnd)
      if (topic === undefined) return this.#start
    }
    if (qos > 0 && !this.#acks.remember(uint16At(bytes, topicEnd), qos)) return this.#stop
    const row = batch.length
    batch.topicStarts[row] = topicStart
    batch.topicEnds[row] = topicEnd
    batch.starts[row] = payload
    batch.ends[row] = this.#stop
    batch.properties[row] = this.#properties
    batch.offsets[row] = this.#acks.received
    batch.add(head, topic)
    return this.#stop
  }

  #noProperties(front: number): number {
    this.#properties = this.#alias = 0
    return front
  }

  /** Where the payload starts; -1: a fault. */
  #readProperties(bytes: Buffer, front: number): number {
    let at = front
    let digit = byteAt(bytes, at++)
    let length = digit & 127
    for (let shift = 7; digit > 127 && shift < 28; shift += 7) {
      digit = byteAt(bytes, at++)
      length |= (digit & 127) << shift
    }
    if (length === 0 && at <= this.#stop) return this.#noProperties(at)
    const end = at + length
    this.#properties = at
    this.#alias = end > this.#stop ? -1 : aliasOf(bytes, at, end)
    if (this.#alias >= 0) return end
    return this.#fail('malformed properties', MALFORMED, -1)
  }

  /** The topic of a message with an alias; undefined: a fault. */
  #aliasedTopic(bytes: Buffer, topicEnd: number): string | undefined {
    const alias = this.#alias
    const start = this.#body + 2
    if (alias === 0) return this.#fail('PUBLISH without topic', PROTOCOL_ERROR, undefined)
    if (alias > this.#options.topicAliasMaximum) return this.#fail('topic alias out of range', ALIAS_INVALID, undefined)
    if (topicEnd === start) return this.#aliases.get(alias) ?? this.#fail('unknown topic alias', PROTOCOL_ERROR, undefined)
    const topic = this.#names.read(bytes, start, topicEnd)
    this.#aliases.set(alias, topic)
    return topic
  }

  /** Leaves a message out. It is acknowledged in its turn, or the broker would send it for ever. */
  #oversized(bytes: Buffer, topicEnd: number): number {
    const qos = (byteAt(bytes, this.#start) >> 1) & 3
    const stop = this.#stop
    const isNew = qos === 0 || this.#acks.remember(uint16At(bytes, topicEnd), qos)
    if (isNew) this.#handlers.oversized(bytes.utf8Slice(this.#body + 2, topicEnd), stop - this.#start)
    if (isNew && qos > 0) this.#acks.skip()
    const present = Math.min(stop, this.#filled)
    this.#skip = stop - present
    return present
  }

  #fail<T>(message: string, reason: number, result: T): T {
    this.fault = { message, reason }
    return result
  }
}
