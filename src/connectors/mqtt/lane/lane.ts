import type { Duplex } from 'node:stream'
import { type IClientOptions, type IConnackPacket, MqttClient } from 'mqtt'
import type { Payload } from '../../../api/sink.ts'
import type { Clock } from '../../../base/clock.ts'
import { Acknowledgements } from './acknowledgements.ts'
import type { LaneBatch } from './batch.ts'
import { type Fault, Framing } from './framing.ts'
import { type Address, openLink } from './link.ts'
import { Outgoing } from './outgoing.ts'
import { SessionIds } from './packet-ids.ts'
import { Reading } from './reading.ts'
import { TopicNames } from './topics.ts'
import { type Target, WriteBuffer } from './write-buffer.ts'

/** How long the end of a connection may take on the broker's side, in milliseconds. */
const GOODBYE_MS = 1000

export interface LaneOptions {
  readonly clock: Clock
  readonly address: Address
  /** What the session needs: id, credentials, version, keep-alive ... */
  readonly session: IClientOptions
  /** Bytes of the largest PUBLISH that is taken. */
  readonly maxPacket: number
  /** Milliseconds to leave a trickling socket alone so that reads grow; 0: never. */
  readonly nap: number
  /** User properties of every message, as `encodeUserProperties` makes them. MQTT 5 only. */
  readonly publishProperties?: Buffer
}

/** What a lane tells. Called synchronously from the socket's events; must not throw. */
export interface LaneHandlers {
  /**
   * Messages came. True: taken, the taker calls `release` when it needs them no more. False: not now; nothing more is read until `resume`,
   * which offers the same batch again.
   */
  batch?(batch: LaneBatch): boolean
  /** Every message of QoS 1 up to and with this number is acknowledged. */
  acknowledged?(through: number): void
  /** The broker has taken note of a message, but refused it (MQTT 5). */
  refused?(message: number, reason: number): void
  /** `publish` has room again. */
  drain?(): void
  /** A message was left out (and will be acknowledged in its turn). */
  oversized?(topic: string, size: number): void
}

/**
 * The publish lane: PUBLISH of QoS 0 and 1, incoming ones of QoS 2, and their acknowledgements pass mqtt.js by, in both directions;
 * everything else of the session is mqtt.js's. One connection should serve one direction: a held reader does not see acknowledgements.
 *
 *     socket --read--> slab --frame--> batches      (PUBLISH)
 *                             \------> in flight    (acknowledgements of our messages)
 *                              \-----> mqtt.js      (the rest)
 *     publish() -> block --one write a turn--> socket <--whole packets-- mqtt.js
 */
export class Lane {
  /** The session, for subscriptions, QoS 2 and events. */
  readonly client: MqttClient
  writes = 0
  readonly #options: LaneOptions
  readonly #handlers: LaneHandlers
  readonly #v5: boolean
  readonly #framing: Framing
  readonly #reading: Reading
  readonly #acks: Acknowledgements
  readonly #out: WriteBuffer
  readonly #outgoing: Outgoing
  #socket: Duplex | undefined
  #link: Duplex | undefined
  #connection = 0
  #ready = false
  #scheduled = false
  #someAcknowledged = false
  #readsAtPing = -1

  constructor(options: LaneOptions, handlers: LaneHandlers = {}) {
    this.#options = options
    this.#handlers = handlers
    this.#v5 = options.session.protocolVersion === 5
    const target = this.#target()
    this.#out = new WriteBuffer(target, () => this.#schedule())
    this.#acks = new Acknowledgements(this.#out)
    const names = new TopicNames()
    this.#framing = this.#makeFraming(names)
    this.#reading = new Reading({
      clock: options.clock,
      nap: options.nap,
      framing: this.#framing,
      names,
      onBatch: (batch) => handlers.batch?.(batch) ?? this.#drop(batch),
      onFramed: () => this.#framed(),
      onFault: () => this.#fail(this.#framing.fault),
    })
    this.#outgoing = new Outgoing({
      target,
      out: this.#out,
      v5: this.#v5,
      properties: options.publishProperties,
      others: () => Object.keys(this.client['outgoing']).length,
      onDrain: () => handlers.drain?.(),
    })
    // a function for its log, or every packet costs two disabled calls of `debug`
    const session = { log: () => {}, reconnectOnConnackError: true, ...options.session, messageIdProvider: new SessionIds() }
    this.client = new MqttClient(() => this.#open(), session)
    this.#follow()
  }

  /** There is a session now. */
  get ready(): boolean {
    return this.#ready
  }

  /** Messages that need an acknowledgement, so far. */
  get received(): number {
    return this.#acks.received
  }

  get uncommitted(): number {
    return this.#acks.uncommitted
  }

  /** Every message of QoS 1 up to and with this number is acknowledged. */
  get acknowledged(): number {
    return this.#outgoing.inFlight.first
  }

  /** Messages of QoS 1 that wait for their acknowledgement. */
  get inFlight(): number {
    return this.#outgoing.inFlight.length
  }

  get statistics(): { readonly reads: number; readonly naps: number; readonly writes: number; readonly resent: number } {
    return { reads: this.#reading.reads, naps: this.#reading.naps, writes: this.writes, resent: this.#outgoing.inFlight.resent }
  }

  /** Acknowledges every message up to and with `offset`; of a connection that is gone it does nothing. */
  commit(offset: number): void {
    this.#acks.commit(offset)
  }

  /** Stops reading until `resume`. */
  pause(): void {
    this.#reading.pause()
  }

  /** Goes on reading, first with the batch that was not taken. */
  resume(): void {
    this.#reading.resume()
  }

  /**
   * Takes a message, which leaves with others at the end of this turn. Returns its number for `acknowledged` (QoS 0: 0), or -1: not taken,
   * try again at `drain`. Throws `RangeError` for what is no topic.
   */
  publish(topic: string, payload: Payload, qos: 0 | 1 = 0, retain = false): number {
    return this.#outgoing.publish(topic, payload, qos, retain)
  }

  /** Whether the broker takes a message of that size. */
  fits(topic: string, payload: Payload): boolean {
    return this.#outgoing.fits(topic, payload)
  }

  /** Writes what waits, now. */
  flush(): void {
    this.#scheduled = false
    if (!this.#ready || this.#socket?.destroyed !== false) return
    this.#outgoing.flush()
    this.#outgoing.drained()
  }

  /** Writes what is left and disconnects for good. Messages that nobody has taken are dropped. Safe to call twice. */
  async close(): Promise<void> {
    this.flush()
    const { clock } = this.#options
    const polite = this.#ready && Object.keys(this.client['outgoing']).length === 0
    this.#reading.discard()
    const cancel = clock.after(GOODBYE_MS, () => this.#link?.destroy())
    await this.client.endAsync(!polite)
    cancel()
    this.#link?.destroy()
  }

  #target(): Target {
    const waiting = (): number => this.#socket?.writableLength ?? 0
    const ready = (): boolean => this.#ready
    return {
      get waiting() {
        return waiting()
      },
      get ready() {
        return ready()
      },
      write: (bytes) => {
        this.writes++
        this.#socket?.write(bytes)
      },
    }
  }

  #makeFraming(names: TopicNames): Framing {
    const { session, maxPacket } = this.#options
    const topicAliasMaximum = session.properties?.topicAliasMaximum ?? 0
    return new Framing(
      { v5: this.#v5, maxPacket, topicAliasMaximum },
      {
        acknowledged: (id, reason) => this.#acknowledged(id, reason),
        pass: (packet) => {
          if (this.#link?.push(packet) === false) this.#reading.holdForSession()
        },
        oversized: (topic, size) => this.#handlers.oversized?.(topic, size),
      },
      { acks: this.#acks, names },
    )
  }

  #follow(): void {
    const { client } = this
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack' && (packet.reasonCode ?? packet.returnCode ?? 0) === 0) this.#connected(packet)
    })
    client.on('packetsend', (packet) => {
      if (packet.cmd === 'pingreq') this.#readsAtPing = this.#reading.reads
    })
    // without a listener an error would end the process; who wants to know adds another
    client.on('error', () => {})
    // mqtt.js waits for PINGRESP. Any byte since the ping proves the link, and a link that we hold cannot prove itself
    const timeout = client.onKeepaliveTimeout.bind(client)
    client.onKeepaliveTimeout = () => {
      if (this.#reading.reads === this.#readsAtPing && !this.#reading.held) {
        timeout()
        return
      }
      client.reschedulePing(true)
      // at once: the broker counts from our last packet
      client.sendPing()
    }
  }

  #open(): Duplex {
    const connection = ++this.#connection
    const current = (): boolean => connection === this.#connection
    this.#ready = false
    this.#acks.restart()
    this.#out.clear()
    this.#reading.restart()
    const closed = (): void => {
      this.#ready = false
    }
    const link = openLink(this.#options.address, this.#reading, { current, closed, drained: () => this.#outgoing.drained() })
    this.#socket = link.socket
    this.#link = link.session
    this.#reading.attach(link.socket)
    return link.session
  }

  #connected(packet: IConnackPacket): void {
    const { receiveMaximum = 0xffff, maximumPacketSize = Infinity } = packet.properties ?? {}
    if (!packet.sessionPresent) this.#acks.forget()
    this.#ready = true
    this.#outgoing.restart({ sessionPresent: packet.sessionPresent, receiveMaximum, maximumPacketSize })
    this.#schedule()
  }

  #acknowledged(id: number, reason: number): void {
    const message = this.#outgoing.inFlight.acknowledge(id)
    if (message === 0) return
    this.#someAcknowledged = true
    if (reason >= 0x80) this.#handlers.refused?.(message, reason)
  }

  #framed(): void {
    if (!this.#someAcknowledged) return
    this.#someAcknowledged = false
    this.#handlers.acknowledged?.(this.acknowledged)
    this.#schedule()
    this.#outgoing.drained()
  }

  #fail(fault: Fault | undefined): void {
    if (fault === undefined) return
    if (this.#v5) this.#socket?.write(Buffer.from([0xe0, 1, fault.reason]))
    this.#link?.destroy(Object.assign(new Error(fault.message), { code: 'MQTT_PROTOCOL', reason: fault.reason }))
  }

  /** For who publishes only. */
  #drop(batch: LaneBatch): boolean {
    this.commit(batch.offset)
    batch.release()
    return true
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    process.nextTick(() => this.flush())
  }
}
