import type { Payload } from '../../../api/sink.ts'
import { varintLength, writeVarint } from './bytes.ts'
import { InFlight } from './in-flight.ts'
import { FIRST_LANE_ID } from './packet-ids.ts'
import { TopicHeaders } from './topics.ts'
import type { Target, WriteBuffer } from './write-buffer.ts'

/** Bytes that the socket has not taken, about at most. */
const HIGH_WATER = 1 << 20

/** First byte and the longest length of a packet. */
const FIXED_HEADER = 5

const NOTHING: Buffer = Buffer.alloc(0)
const NO_PROPERTIES: Buffer = Buffer.from([0])

export interface OutgoingOptions {
  readonly target: Target
  readonly out: WriteBuffer
  /** Properties of every message, their length in front; only MQTT 5 has them. */
  readonly properties: Buffer | undefined
  readonly v5: boolean
  /** Packets of QoS 1 and 2 that the session has in flight on its own. */
  readonly others: () => number
  readonly onDrain: () => void
}

/** The way out: PUBLISH of QoS 0 and 1, put together in place. */
export class Outgoing {
  readonly inFlight = new InFlight()
  readonly #options: OutgoingOptions
  readonly #headers = new TopicHeaders()
  readonly #properties: Buffer
  #blocked = false
  /** What the broker said in its CONNACK. */
  #receiveMaximum = 0xffff
  #maximumPacketSize = Infinity

  constructor(options: OutgoingOptions) {
    this.#options = options
    this.#properties = options.v5 ? (options.properties ?? NO_PROPERTIES) : NOTHING
  }

  /** A connection is there. */
  restart(connack: { readonly sessionPresent: boolean; readonly receiveMaximum: number; readonly maximumPacketSize: number }): void {
    this.#receiveMaximum = connack.receiveMaximum
    this.#maximumPacketSize = connack.maximumPacketSize
    this.inFlight.restart(connack.sessionPresent)
    this.#blocked = true
  }

  /** Whether the broker takes a message of that size. */
  fits(topic: string, payload: Payload): boolean {
    if (this.#maximumPacketSize === Infinity) return true
    const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
    return FIXED_HEADER + this.#headers.get(topic).length + 2 + this.#properties.length + size <= this.#maximumPacketSize
  }

  /** As `Lane.publish`. */
  publish(topic: string, payload: Payload, qos: 0 | 1, retain: boolean): number {
    const { target, out } = this.#options
    const { inFlight } = this
    if (!target.ready || target.waiting > HIGH_WATER || (qos === 1 && inFlight.full)) {
      this.#blocked = true
      return -1
    }
    const header = this.#headers.get(topic)
    const text = typeof payload === 'string'
    const most = FIXED_HEADER + header.length + 2 + this.#properties.length + (text ? payload.length * 3 : payload.length)
    const store = qos === 1 ? inFlight : out
    const bytes = store.reserve(most)
    const start = store.end
    const id = qos === 1 ? FIRST_LANE_ID | inFlight.slot : 0
    bytes[start] = 0x30 | (qos << 1) | (retain ? 1 : 0)
    const end = this.#write(bytes, start, header, { payload, id })
    out.schedule()
    if (qos === 1) return inFlight.add(start, end)
    out.end = end
    return 0
  }

  /** Returns where the packet ends. The room for its length is a guess that holds for ASCII. */
  #write(bytes: Buffer, start: number, header: Buffer, { payload, id }: { readonly payload: Payload; readonly id: number }): number {
    const guess = varintLength(header.length + (id > 0 ? 2 : 0) + this.#properties.length + payload.length)
    const body = start + 1 + guess
    let at = body
    for (let i = 0; i < header.length; i++) bytes[at++] = header[i] ?? 0
    if (id > 0) {
      bytes[at++] = id >> 8
      bytes[at++] = id & 255
    }
    for (let i = 0; i < this.#properties.length; i++) bytes[at++] = this.#properties[i] ?? 0
    if (typeof payload === 'string') at += bytes.utf8Write(payload, at)
    else {
      bytes.set(payload, at)
      at += payload.length
    }
    const length = at - body
    const digits = varintLength(length)
    if (digits !== guess) {
      bytes.copyWithin(body + digits - guess, body, at)
      at += digits - guess
    }
    writeVarint(bytes, start + 1, length)
    return at
  }

  /** Writes everything that may be written now. */
  flush(): void {
    const { target, out, others } = this.#options
    out.write()
    if (this.inFlight.sent >= this.inFlight.next) return
    const quota = this.#receiveMaximum - others()
    for (let run = this.inFlight.run(quota); run !== undefined; run = this.inFlight.run(quota)) target.write(run)
  }

  /** Says that there is room again, if somebody was refused and there is. */
  drained(): void {
    const { target, onDrain } = this.#options
    if (!this.#blocked || !target.ready || target.waiting > HIGH_WATER / 2 || !this.inFlight.roomy) return
    this.#blocked = false
    onDrain()
  }
}
