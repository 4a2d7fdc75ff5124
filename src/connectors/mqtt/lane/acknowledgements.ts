import type { WriteBuffer } from './write-buffer.ts'

const PUBACK = 0x40
const PUBREC = 0x50
const PUBCOMP = 0x70

/** Acknowledgements in one run of bytes, at most. */
const RUN = 4096

const DELIVERED = 1
const RECEIVED = 2

/**
 * What the broker waits for: messages of QoS 1 (PUBACK) and 2 (PUBREC) are numbered as they come, and acknowledged in that order when
 * they are committed. Numbers go on over connections; what was not committed when one ended comes again under new numbers.
 */
export class Acknowledgements {
  readonly #out: WriteBuffer
  /** First byte and packet id of the acknowledgement of message n, at n modulo the number of ids there are. */
  #due = new Uint32Array(0)
  /** Of messages of QoS 2, by packet id: DELIVERED until PUBREC, then RECEIVED until PUBREL, so that none is delivered twice. */
  #exact = new Uint8Array(0)
  readonly #skipped = new Set<number>()
  #received = 0
  #committed = 0

  constructor(out: WriteBuffer) {
    this.#out = out
  }

  /** Messages so far. */
  get received(): number {
    return this.#received
  }

  get uncommitted(): number {
    return this.#received - this.#committed
  }

  /** A new connection: of the old one only that is kept which the broker's session knows too. */
  restart(): void {
    this.#committed = this.#received
    this.#skipped.clear()
    for (let id = 0; id < this.#exact.length; id++) if (this.#exact[id] === DELIVERED) this.#exact[id] = 0
  }

  /** The broker has no session: it begins its ids anew. */
  forget(): void {
    this.#exact.fill(0)
  }

  /** Numbers a message. False: it is one of QoS 2 that was delivered before. */
  remember(id: number, qos: number): boolean {
    if (this.#due.length === 0) this.#due = new Uint32Array(0x10000)
    if (qos === 2 && !this.#isNew(id)) return false
    this.#due[this.#received++ & 0xffff] = ((qos === 1 ? PUBACK : PUBREC) << 16) | id
    return true
  }

  /** The last message numbered will not be delivered: it is acknowledged in its turn. */
  skip(): void {
    this.#skipped.add(this.#received)
    this.commit(0)
  }

  /** Acknowledges up to and with message `offset`. What belongs to a connection that is gone does nothing. */
  commit(offset: number): void {
    let to = Math.min(Math.max(offset, this.#committed), this.#received)
    while (this.#skipped.size > 0 && this.#skipped.delete(to + 1)) to++
    while (this.#committed < to) this.#write(Math.min(to - this.#committed, RUN))
  }

  /** PUBREL: the broker will not send that message again. */
  released(id: number): void {
    if (this.#exact.length > 0) this.#exact[id] = 0
    this.#put(PUBCOMP, id)
  }

  #isNew(id: number): boolean {
    if (this.#exact.length === 0) this.#exact = new Uint8Array(0x10000)
    if (this.#exact[id] === RECEIVED) this.#put(PUBREC, id)
    if (this.#exact[id] !== 0) return false
    this.#exact[id] = DELIVERED
    return true
  }

  #put(head: number, id: number): void {
    const bytes = this.#out.reserve(4)
    this.#out.end = writeAcknowledgement(bytes, this.#out.end, (head << 16) | id)
    this.#out.schedule()
  }

  #write(count: number): void {
    const bytes = this.#out.reserve(count * 4)
    let at = this.#out.end
    for (let i = 0; i < count; i++) {
      const due = this.#due[this.#committed++ & 0xffff] ?? 0
      if (due >> 16 === PUBREC && this.#exact[due & 0xffff] === DELIVERED) this.#exact[due & 0xffff] = RECEIVED
      at = writeAcknowledgement(bytes, at, due)
    }
    this.#out.end = at
    this.#out.schedule()
  }
}

/** `due`: first byte in bits 16 to 23, packet id below. PUBREL's answer and success need no more in any version of MQTT. */
function writeAcknowledgement(bytes: Buffer, at: number, due: number): number {
  bytes[at] = due >> 16
  bytes[at + 1] = 2
  bytes[at + 2] = (due >> 8) & 255
  bytes[at + 3] = due & 255
  return at + 4
}
