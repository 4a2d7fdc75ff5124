import type { Clock } from '../../../base/clock.ts'
import { LaneBatch } from './batch.ts'
import type { Framing } from './framing.ts'
import { SLAB_SIZE, type Slab, SlabPool } from './slab.ts'
import type { TopicNames } from './topics.ts'

/** Why the socket is not read. */
const ENGINE = 1
const SESSION = 2
const NAP = 4

/** Reads of less than this are small. */
const SMALL_READ = 16 * 1024

/** With less room than a TLS record needs, what has been gathered is framed first. */
const RECORD_ROOM = 20_000

/** Batches that wait for their next use, at most. */
const SPARE = 4

/** Batches of earlier connections that are kept for an engine that does not take them. */
const MOST_WAITING = 2

/** What reading needs of the socket. */
export interface Inlet {
  pause(): void
  resume(): void
}

export interface ReadingOptions {
  readonly clock: Clock
  /** Milliseconds to leave a trickling socket alone; 0: never. */
  readonly nap: number
  readonly framing: Framing
  readonly names: TopicNames
  /** Takes the batch, or says no: then nothing is read until `resume`, which offers it again. */
  readonly onBatch: (batch: LaneBatch) => boolean
  /** After everything that was read has been framed. */
  readonly onFramed: () => void
  readonly onFault: () => void
}

/** The way in: the memory that the socket reads into, what is framed there, and who must wait for whom. */
export class Reading {
  reads = 0
  naps = 0
  readonly #options: ReadingOptions
  readonly #slabs = new SlabPool()
  readonly #spare: LaneBatch[] = []
  #slab: Slab
  #inlet: Inlet | undefined
  /** Framed, but not taken yet; more than one only over a reconnect. */
  #waiting: LaneBatch[] = []
  /** Nothing but the session's packets has come on this connection: they are read whoever holds us, or it could not begin. */
  #fresh = true
  #held = 0
  #connection = 0
  #closing = false
  #running = false
  #gathering = false
  #lastRead = Number.NEGATIVE_INFINITY

  constructor(options: ReadingOptions) {
    this.#options = options
    this.#slab = this.#slabs.take(SLAB_SIZE)
  }

  /** A new connection begins. What nobody has taken yet stays: the broker need not send it again. */
  restart(): void {
    this.#connection++
    this.#waiting.length = Math.min(this.#waiting.length, MOST_WAITING)
    this.#held &= ENGINE
    this.#fresh = true
    this.#gathering = false
    this.#lastRead = Number.NEGATIVE_INFINITY
    this.#options.framing.restart()
    this.#slab = this.#slabs.take(SLAB_SIZE)
  }

  /** The socket of the connection that has begun. */
  attach(inlet: Inlet): void {
    this.#inlet = inlet
  }

  /** From now on what comes is thrown away. */
  discard(): void {
    this.#closing = true
    this.#waiting = []
    this.#held = 0
    this.#inlet?.resume()
  }

  /** Stopped for more than a nap: a link that is not read cannot prove that it lives. */
  get held(): boolean {
    return (this.#held & SESSION) !== 0 || ((this.#held & ENGINE) !== 0 && !this.#fresh)
  }

  /** Where the socket may write the next bytes. Asked before each read. */
  get space(): Buffer {
    return this.#slab.bytes.subarray(this.#slab.filled)
  }

  /** Holds reading for the engine until `resume`. */
  pause(): void {
    this.#held |= ENGINE
    this.#inlet?.pause()
  }

  /** Goes on after `onBatch` said no. */
  resume(): void {
    this.#release(ENGINE)
  }

  holdForSession(): void {
    this.#held |= SESSION
  }

  releaseForSession(): void {
    this.#release(SESSION)
  }

  /** `count` more bytes lie in `space`. False: do not read on. */
  read(count: number): boolean {
    this.reads++
    if (this.#closing) return true
    this.#slab.filled += count
    const goOn = this.#run()
    this.#makeSpace(goOn)
    return goOn && !this.#nap(count)
  }

  /**
   * As `read`, for TLS: it calls once per record, often one packet each, and goes on for a while when it is told to stop. So the records
   * of one turn of the event loop are gathered.
   */
  readRecord(count: number): boolean {
    const slab = this.#slab
    if (this.#closing || this.#held !== 0 || slab.bytes.length - slab.filled - count < RECORD_ROOM) return this.read(count)
    this.reads++
    const from = slab.filled
    slab.filled += count
    if (!this.#gathering) {
      this.#gathering = true
      const connection = this.#connection
      setImmediate(() => {
        if (connection !== this.#connection) return
        this.#gathering = false
        this.#frameRecords(from)
      })
    }
    return true
  }

  /** As `read`, for bytes that lie elsewhere. Returns how many were taken; less than all: give the rest after `resume`. */
  copy(chunk: Buffer): number {
    for (let from = 0; from < chunk.length;) {
      const space = this.space
      const size = Math.min(chunk.length - from, space.length)
      chunk.copy(space, 0, from, from + size)
      from += size
      if (!this.read(size)) return from
    }
    return chunk.length
  }

  #frameRecords(from: number): void {
    const size = this.#slab.filled - from
    if (!this.#run()) this.#inlet?.pause()
    // when the slab has been changed meanwhile a lot was read
    else this.#nap(size < 0 ? SLAB_SIZE : size)
  }

  #release(reason: number): void {
    if ((this.#held & reason) === 0) return
    this.#held &= ~reason
    if (this.held || (this.#held & NAP) !== 0 || this.#running || this.#closing) return
    if (this.#run()) this.#inlet?.resume()
  }

  /** Hands over what waits and what can be framed. False: somebody holds us. */
  #run(): boolean {
    this.#running = true
    try {
      const done = this.#deliver()
      this.#options.onFramed()
      return done && !this.held
    } finally {
      this.#running = false
    }
  }

  #deliver(): boolean {
    const { framing, onFault } = this.#options
    for (;;) {
      this.#handOver()
      if (this.held || framing.fault !== undefined) return false
      const batch = this.#newBatch()
      framing.parse(this.#slab, batch)
      if (framing.fault !== undefined) onFault()
      if (batch.length === 0) {
        this.#keep(batch)
        return framing.fault === undefined
      }
      this.#slab.users++
      this.#waiting.push(batch)
      this.#fresh = false
    }
  }

  #handOver(): void {
    for (let batch = this.#waiting[0]; batch !== undefined && (this.#held & ENGINE) === 0; batch = this.#waiting[0]) {
      if (this.#options.onBatch(batch)) this.#waiting.shift()
      else this.#held |= ENGINE
    }
  }

  /** The rest of an unfinished packet, or of what could not be framed yet, moves to the front of where the next read goes. */
  #makeSpace(goOn: boolean): void {
    const slab = this.#slab
    const rest = slab.filled - slab.position
    const size = Math.max(SLAB_SIZE, goOn ? rest + 1 : rest + (SLAB_SIZE >> 1), this.#options.framing.need)
    if (slab.users > 0 || size > slab.bytes.length || (slab.bytes.length > SLAB_SIZE && size === SLAB_SIZE)) {
      const next = this.#slabs.take(size)
      slab.bytes.copy(next.bytes, 0, slab.position, slab.filled)
      this.#slab = next
      if (slab.users === 0) this.#slabs.give(slab)
    } else if (rest > 0 && slab.position > 0) {
      slab.bytes.copyWithin(0, slab.position, slab.filled)
    }
    this.#slab.position = 0
    this.#slab.filled = rest
  }

  /** After a small read soon after another, lets the next one grow: a broker that writes packet by packet makes reading the whole cost. */
  #nap(count: number): boolean {
    const { clock, nap } = this.#options
    if (nap === 0 || count >= SMALL_READ) return false
    const now = clock.elapsed()
    const soon = now - this.#lastRead < nap * 2
    this.#lastRead = now
    if (!soon) return false
    this.#held |= NAP
    this.naps++
    const connection = this.#connection
    clock.after(nap, () => {
      if (connection === this.#connection) this.#release(NAP)
    })
    this.#inlet?.pause()
    return true
  }

  #newBatch(): LaneBatch {
    const batch = this.#spare.pop() ?? new LaneBatch(this.#options.names, this.#slab, (used) => this.#recycle(used))
    batch.clear(this.#slab)
    return batch
  }

  #recycle(batch: LaneBatch): void {
    const { slab } = batch
    slab.users--
    if (slab.users === 0 && slab !== this.#slab) this.#slabs.give(slab)
    this.#keep(batch)
  }

  #keep(batch: LaneBatch): void {
    if (this.#spare.length < SPARE) this.#spare.push(batch)
  }
}
