import { GuestTrap } from './trap.ts'

/*
 * The wire form of a WIT value, in which it crosses threads: little endian, nothing aligned, no pointers. A string is its length in bytes
 * (u32) and UTF-8; a list its count (u32) and elements; a choice its discriminant (in the size of the ABI) and payload; a resource a u32.
 */

const FIRST_SIZE = 1024
/** Texts up to these lengths are written, read and copied faster without a call into the engine. */
const SHORT = 24
const SHORT_READ = 8
const SHORT_COPY = 64
/** Up to this length, in UTF-16 units, room for the longest UTF-8 is cheaper than counting first. */
const UNCOUNTED = 512
/** Four bytes of ASCII have none of these bits. */
const NOT_ASCII = 0x8080_8080

/** The engine keeps so few bytes where its objects are, which is cheaper than memory of their own. */
const SMALL = 64
/** Larger memory is not kept for the next value. */
const KEPT = 65_536
const EMPTY: Buffer<ArrayBuffer> = Buffer.from(new ArrayBuffer(0))
const NO_BYTES = new DataView(EMPTY.buffer)

/** Writes values in wire form into memory that grows up to `limit` bytes; beyond that it throws a `GuestTrap`. */
export class WireWriter {
  bytes: Buffer<ArrayBuffer> = EMPTY
  view: DataView = NO_BYTES
  at = 0
  readonly #limit: number
  readonly #firstSize: number
  #nextSize = 0

  constructor(limit = 0x7fff_ffff, firstSize = FIRST_SIZE) {
    this.#limit = limit
    this.#firstSize = firstSize
  }

  /** Makes room for `size` more bytes and gives the place where they go. */
  reserve(size: number): number {
    const at = this.at
    this.at = at + size
    if (this.at > this.bytes.length) this.#grow()
    return at
  }

  u8(value: number): void {
    const at = this.reserve(1)
    this.bytes[at] = value
  }

  u16(value: number): void {
    const at = this.reserve(2)
    this.view.setUint16(at, value, true)
  }

  u32(value: number): void {
    const at = this.reserve(4)
    this.view.setUint32(at, value, true)
  }

  u64(value: bigint): void {
    const at = this.reserve(8)
    this.view.setBigUint64(at, value, true)
  }

  f32(value: number): void {
    const at = this.reserve(4)
    this.view.setFloat32(at, value, true)
  }

  f64(value: number): void {
    const at = this.reserve(8)
    this.view.setFloat64(at, value, true)
  }

  /** Without a length. */
  raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    this.bytes.set(bytes, at)
  }

  blob(bytes: Uint8Array): void {
    this.u32(bytes.length)
    this.raw(bytes)
  }

  /** As `blob`, of `size` bytes of `source` from `from` on, if they are few and ASCII; else nothing is written and the answer is false. */
  shortAscii(source: DataView, from: number, size: number): boolean {
    if (size > SHORT_COPY) return false
    const at = this.reserve(4 + size)
    const { view } = this
    let seen = 0
    let i = 0
    for (; i + 4 <= size; i += 4) {
      const four = source.getInt32(from + i, true)
      seen |= four
      view.setInt32(at + 4 + i, four, true)
    }
    for (; i < size; i++) {
      const byte = source.getUint8(from + i)
      seen |= byte
      view.setUint8(at + 4 + i, byte)
    }
    if ((seen & NOT_ASCII) !== 0) {
      this.at = at
      return false
    }
    view.setUint32(at, size, true)
    return true
  }

  /** Lone surrogates become U+FFFD. */
  text(value: string): void {
    const { length } = value
    if (length > UNCOUNTED) {
      const size = Buffer.byteLength(value)
      this.u32(size)
      const from = this.reserve(size)
      this.bytes.write(value, from, 'utf8')
      return
    }
    const at = this.reserve(4 + length * 3)
    const { bytes } = this
    const ascii = length > SHORT ? 0 : this.#writeAscii(value, at + 4)
    const size = ascii < length ? bytes.write(value, at + 4, 'utf8') : length
    this.view.setUint32(at, size, true)
    this.at = at + 4 + size
  }

  /** Gives how many units it has written: less than all when the next one is not ASCII. */
  #writeAscii(value: string, at: number): number {
    const { bytes } = this
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i)
      if (unit > 127) return i
      bytes[at + i] = unit
    }
    return value.length
  }

  /** Forgets what was written. */
  restart(): void {
    this.at = 0
  }

  /** What was written, in memory of its own that can be transferred. The writer starts again, with as much room as this needed. */
  take(): Uint8Array<ArrayBuffer> {
    const { at, bytes } = this
    if (at === 0) return new Uint8Array()
    const short = at * 4 < bytes.length
    this.at = 0
    if (!short || bytes.length > KEPT) this.#giveUp(at)
    else if (at <= SMALL) return smallCopy(bytes, at)
    return short ? new Uint8Array(bytes.buffer.slice(0, at)) : new Uint8Array(bytes.buffer, 0, at)
  }

  /** What was written, not copied: valid until the writer, which starts again, is written to. */
  written(): Uint8Array<ArrayBuffer> {
    const { at, bytes } = this
    this.at = 0
    if (bytes.length > KEPT) this.#giveUp(at)
    return new Uint8Array(bytes.buffer, 0, at)
  }

  #giveUp(size: number): void {
    this.bytes = EMPTY
    this.view = NO_BYTES
    this.#nextSize = size + (size >> 3)
  }

  #grow(): void {
    if (this.at > this.#limit) throw new GuestTrap(`a value is larger than ${this.#limit} bytes`)
    const wanted = this.bytes.length === 0 ? Math.max(this.#firstSize, this.#nextSize) : this.bytes.length * 2
    const bigger = Buffer.from(new ArrayBuffer(Math.min(this.#limit, Math.max(this.at, wanted))))
    bigger.set(this.bytes)
    this.bytes = bigger
    this.view = new DataView(bigger.buffer)
  }
}

/** Reads what a `WireWriter` wrote. Both ends are ours: a read past the end is a mistake and throws a RangeError. */
export class WireReader {
  readonly bytes: Uint8Array
  readonly view: DataView
  at = 0
  /** The same bytes, made when the first long text is read. */
  #buffer: Buffer | undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Of what may be nothing, which is read so often that its reader is kept. */
  static of(bytes: Uint8Array): WireReader {
    if (bytes.length > 0) return new WireReader(bytes)
    NOTHING_TO_READ.at = 0
    return NOTHING_TO_READ
  }

  u8(): number {
    return this.view.getUint8(this.at++)
  }

  u16(): number {
    const value = this.view.getUint16(this.at, true)
    this.at += 2
    return value
  }

  u32(): number {
    const value = this.view.getUint32(this.at, true)
    this.at += 4
    return value
  }

  u64(): bigint {
    const value = this.view.getBigUint64(this.at, true)
    this.at += 8
    return value
  }

  s64(): bigint {
    const value = this.view.getBigInt64(this.at, true)
    this.at += 8
    return value
  }

  f32(): number {
    const value = this.view.getFloat32(this.at, true)
    this.at += 4
    return value
  }

  f64(): number {
    const value = this.view.getFloat64(this.at, true)
    this.at += 8
    return value
  }

  /** Passes over the next `size` bytes; gives the index of the first. */
  skip(size: number): number {
    const from = this.at
    this.at = from + size
    if (this.at > this.bytes.length) throw new RangeError('read past the end of a message')
    return from
  }

  /** The next `size` bytes, not copied. */
  raw(size: number): Buffer {
    const from = this.skip(size)
    const { buffer, byteOffset } = this.bytes
    return Buffer.from(buffer, byteOffset + from, size)
  }

  /** Not copied. */
  blob(): Buffer {
    return this.raw(this.u32())
  }

  /** A leading U+FEFF is kept. */
  text(): string {
    const size = this.u32()
    const end = this.at + size
    if (size > SHORT_READ) return this.#slice(size)
    let text = ''
    for (let i = this.at; i < end; i++) {
      const unit = this.view.getUint8(i)
      if (unit > 127) return this.#slice(size)
      text += String.fromCharCode(unit)
    }
    this.at = end
    return text
  }

  #slice(size: number): string {
    const from = this.skip(size)
    const { buffer, byteOffset, length } = this.bytes
    this.#buffer ??= Buffer.from(buffer, byteOffset, length)
    return this.#buffer.toString('utf8', from, this.at)
  }
}

const NOTHING_TO_READ = new WireReader(EMPTY)

function smallCopy(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(size)
  for (let i = 0; i < size; i++) copy[i] = bytes[i] ?? 0
  return copy
}
