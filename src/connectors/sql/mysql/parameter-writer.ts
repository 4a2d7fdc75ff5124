import { PlutinoError } from '../../../base/errors.ts'
import type { Cell } from '../../../data/value.ts'
import { INT64, integerOf, storedParameter } from './parameters.ts'

/** Types of the binary protocol, https://mariadb.com/docs/server/reference/clientserver-protocol/4-server-response-packets/result-set-packets#field-types */
const TINY = 1
const DOUBLE = 5
const NULL = 6
const LONGLONG = 8
const DATETIME = 12
const BLOB = 252
const TEXT = 253
const UNSIGNED = 0x80

const COM_STMT_EXECUTE = 0x17
/** Of the packet, the statement's number, flags and the count of executions. */
const HEADER = 4 + 1 + 4 + 1 + 4
/** Shorter texts are mostly ASCII, and then faster without a call into the engine. */
const SHORT_TEXT = 40
const FIRST_SIZE = 65_536

export interface WriterOptions {
  /** Parameters of each row. */
  readonly width: number
  /** Whole numbers go as integers, for a statement that calculates or compares; else as in `storedParameter`. */
  readonly typed: boolean
}

/** Rows of parameters in the binary protocol, from which packets that execute a prepared statement are cut. */
export class ParameterWriter {
  readonly #width: number
  readonly #typed: boolean
  /** Type and sign of each parameter. */
  #types: Buffer
  #values = Buffer.allocUnsafe(FIRST_SIZE)
  #at = 0
  /** Where the values of each row end. */
  readonly #ends: number[] = []

  constructor(rows: readonly (readonly Cell[])[], { width, typed }: WriterOptions) {
    this.#width = width
    this.#typed = typed
    this.#types = Buffer.alloc(rows.length * width * 2)
    let parameter = 0
    for (const row of rows) {
      for (let i = 0; i < width; i++) this.#write(parameter++, row[i])
      this.#ends.push(this.#at)
    }
  }

  /** Bytes that the row takes in a packet, up to one more. */
  size(row: number): number {
    return (this.#ends[row] ?? 0) - this.#start(row) + this.#width * 2 + Math.ceil(this.#width / 8)
  }

  /** The command that executes a statement for these rows at once, with room for the head of the packet. */
  packet(statement: number, from: number, to: number): Buffer {
    const count = (to - from) * this.#width
    const nulls = (count + 7) >> 3
    const [start, end] = [this.#start(from), this.#start(to)]
    const packet = Buffer.allocUnsafe(HEADER + nulls + 1 + count * 2 + end - start)
    packet[4] = COM_STMT_EXECUTE
    packet.writeUInt32LE(statement, 5)
    packet[9] = 0
    packet.writeUInt32LE(1, 10)
    this.#nulls(packet.fill(0, HEADER, HEADER + nulls), from * this.#width, count)
    packet[HEADER + nulls] = 1
    const types = HEADER + nulls + 1
    this.#types.copy(packet, types, from * this.#width * 2, to * this.#width * 2)
    this.#values.copy(packet, types + count * 2, start, end)
    return packet
  }

  #start(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] ?? 0)
  }

  #nulls(packet: Buffer, first: number, count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.#types[(first + i) * 2] === NULL) packet[HEADER + (i >> 3)] = (packet[HEADER + (i >> 3)] ?? 0) | (1 << (i & 7))
    }
  }

  #write(parameter: number, cell: Cell): void {
    const integer = this.#typed ? integerOf(cell) : undefined
    this.#types[parameter * 2] = integer === undefined ? this.#put(cell) : this.#integer(parameter, integer)
  }

  #integer(parameter: number, value: bigint): number {
    if (value > INT64.most) this.#types[parameter * 2 + 1] = UNSIGNED
    const at = this.#room(8)
    this.#values.writeBigUInt64LE(BigInt.asUintN(64, value), at)
    return LONGLONG
  }

  /** Gives the type. */
  #put(cell: Cell): number {
    const value = storedParameter(cell)
    if (typeof value === 'string') return this.#text(value)
    if (typeof value === 'number') {
      const at = this.#room(8)
      this.#values.writeDoubleLE(value, at)
      return DOUBLE
    }
    if (value === null) return NULL
    if (typeof value === 'boolean') {
      const at = this.#room(1)
      this.#values[at] = value ? 1 : 0
      return TINY
    }
    return value instanceof Date ? this.#datetime(value) : this.#blob(value)
  }

  #text(text: string): number {
    if (text.length > SHORT_TEXT || !this.#ascii(text)) {
      const size = Buffer.byteLength(text)
      this.#length(size)
      const at = this.#room(size)
      this.#values.write(text, at, 'utf8')
    }
    return TEXT
  }

  /** False, and nothing written, when the short text has other characters. */
  #ascii(text: string): boolean {
    const { length } = text
    const at = this.#room(1 + length)
    const values = this.#values
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 127) {
        this.#at = at
        return false
      }
      values[at + 1 + i] = unit
    }
    values[at] = length
    return true
  }

  #blob(bytes: Buffer): number {
    this.#length(bytes.length)
    const at = this.#room(bytes.length)
    bytes.copy(this.#values, at)
    return BLOB
  }

  #datetime(at: Date): number {
    const from = this.#room(12)
    const values = this.#values
    values[from] = 11
    values.writeUInt16LE(at.getUTCFullYear(), from + 1)
    values[from + 3] = at.getUTCMonth() + 1
    values[from + 4] = at.getUTCDate()
    values[from + 5] = at.getUTCHours()
    values[from + 6] = at.getUTCMinutes()
    values[from + 7] = at.getUTCSeconds()
    values.writeUInt32LE(at.getUTCMilliseconds() * 1000, from + 8)
    return DATETIME
  }

  /** A number that is coded by its length. */
  #length(size: number): void {
    if (size < 251) {
      const at = this.#room(1)
      this.#values[at] = size
    } else if (size < 65_536) {
      const at = this.#room(3)
      this.#values[at] = 0xfc
      this.#values.writeUInt16LE(size, at + 1)
    } else {
      const at = this.#room(9)
      this.#values[at] = 0xfe
      this.#values.writeBigUInt64LE(BigInt(size), at + 1)
    }
  }

  /** Place of so many more bytes; after it the buffer may be another one. */
  #room(size: number): number {
    const at = this.#at
    this.#at = at + size
    if (this.#at > this.#values.length) this.#grow()
    return at
  }

  #grow(): void {
    if (this.#at > LARGEST) throw new PlutinoError('rejected', `a batch has more than ${LARGEST} bytes`, { hint: 'send it in parts' })
    const larger = Buffer.allocUnsafe(Math.max(this.#at, this.#values.length * 2))
    this.#values.copy(larger)
    this.#values = larger
  }
}

/** Of the values of one batch. */
const LARGEST = 2 ** 30
