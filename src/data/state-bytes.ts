import { PlutinoError } from '../base/errors.ts'
import type { Cell, Value } from './value.ts'

/** First byte of each value. */
const NULL = 0
const FALSE = 1
const TRUE = 2
const NUMBER = 3
const BIGINT = 4
const TEXT = 5
const BYTES = 6
const DATE = 7
const ARRAY = 8
const STRUCT = 9
const ABSENT = 10

/** About how large a piece is, in bytes. */
const PIECE = 1 << 18

interface Frame {
  readonly members: readonly Cell[]
  /** Names of the members of a struct. */
  readonly names: readonly string[] | undefined
  next: number
}

/**
 * Writes a value as bytes, piece by piece, so that a large one does not keep others waiting: `next` until it gives undefined. The value must
 * not change meanwhile.
 */
export class StateWriter {
  readonly #stack: Frame[]
  #buffer = Buffer.allocUnsafe(PIECE + 64)
  #used = 0
  /** Bytes that are given as they are, before anything else. */
  #raw: Uint8Array | undefined

  constructor(value: Value) {
    this.#stack = [{ members: [value], names: undefined, next: 0 }]
  }

  next(): Uint8Array | undefined {
    if (this.#raw !== undefined) return this.#takeRaw(this.#raw)
    let frame = this.#stack.at(-1)
    while (frame !== undefined && this.#used < PIECE) {
      if (frame.next === frame.members.length) {
        this.#stack.pop()
        frame = this.#stack.at(-1)
        continue
      }
      const at = frame.next++
      if (frame.names !== undefined) this.#text(frame.names[at] ?? '')
      this.#write(frame.members[at])
      if (this.#raw !== undefined) break
      frame = this.#stack.at(-1)
    }
    if (this.#used > 0) return this.#takeBuffer()
    return this.#raw === undefined ? undefined : this.#takeRaw(this.#raw)
  }

  #takeBuffer(): Uint8Array {
    const piece = this.#buffer.subarray(0, this.#used)
    this.#buffer = Buffer.allocUnsafe(PIECE + 64)
    this.#used = 0
    return piece
  }

  #takeRaw(raw: Uint8Array): Uint8Array {
    this.#raw = raw.length > 4 * PIECE ? raw.subarray(4 * PIECE) : undefined
    return raw.subarray(0, 4 * PIECE)
  }

  #write(value: Cell): void {
    if (typeof value === 'number') this.#float(NUMBER, value)
    else if (typeof value === 'string') this.#tagged(TEXT, value)
    else if (typeof value === 'bigint') this.#tagged(BIGINT, String(value))
    else if (typeof value === 'boolean') this.#byte(value ? TRUE : FALSE)
    else if (value === undefined) this.#byte(ABSENT)
    else if (value === null) this.#byte(NULL)
    else this.#object(value)
  }

  #tagged(tag: number, text: string): void {
    this.#byte(tag)
    this.#text(text)
  }

  #object(value: Exclude<Value, null | number | string | bigint | boolean>): void {
    if (value instanceof Date) return this.#float(DATE, value.getTime())
    if (value instanceof Uint8Array) {
      this.#byte(BYTES)
      this.#length(value.length)
      this.#raw = value.length === 0 ? undefined : value
      return
    }
    const list = Array.isArray(value)
    const members: readonly Cell[] = list ? value : Object.values(value)
    this.#byte(list ? ARRAY : STRUCT)
    this.#length(members.length)
    this.#stack.push({ members, names: list ? undefined : Object.keys(value), next: 0 })
  }

  #byte(byte: number): void {
    this.#reserve(1)
    this.#buffer[this.#used++] = byte
  }

  #float(tag: number, value: number): void {
    this.#reserve(9)
    this.#buffer[this.#used] = tag
    this.#buffer.writeDoubleLE(value, this.#used + 1)
    this.#used += 9
  }

  #length(length: number): void {
    this.#reserve(6)
    this.#used = this.#buffer.writeUIntLE(length, this.#used, 6)
  }

  #text(text: string): void {
    const most = text.length * 3
    this.#reserve(6 + most)
    const written = this.#buffer.write(text, this.#used + 6)
    this.#length(written)
    this.#used += written
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe((this.#used + bytes) * 2)
    this.#buffer.copy(larger, 0, 0, this.#used)
    this.#buffer = larger
  }
}

/** The value of the pieces that a `StateWriter` gave. Throws `internal` for anything else. */
export function readState(pieces: readonly Uint8Array[]): Value {
  const reader = new StateReader(Buffer.concat(pieces))
  try {
    const value = reader.value()
    if (value !== undefined && reader.atEnd) return value
  } catch (error) {
    throw new PlutinoError('internal', 'the state is damaged', { cause: error })
  }
  throw new PlutinoError('internal', 'the state is damaged')
}

class StateReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  value(): Cell {
    const tag = this.#bytes.readUInt8(this.#at++)
    switch (tag) {
      case NULL:
        return null
      case FALSE:
        return false
      case TRUE:
        return true
      case NUMBER:
        return this.#float()
      case BIGINT:
        return BigInt(this.#text())
      case TEXT:
        return this.#text()
      case BYTES:
        return Uint8Array.from(this.#take(this.#length()))
      case DATE:
        return new Date(this.#float())
      case ARRAY:
        return this.#array()
      case STRUCT:
        return this.#struct()
      case ABSENT:
        return undefined
      default:
        throw new Error(`no value begins with ${tag}`)
    }
  }

  #array(): Value {
    const length = this.#length()
    const list: Cell[] = []
    for (let i = 0; i < length; i++) list.push(this.value())
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was absent in a list stays absent
    return list as readonly Value[]
  }

  #struct(): Value {
    const length = this.#length()
    const members: [string, Cell][] = []
    for (let i = 0; i < length; i++) members.push([this.#text(), this.value()])
    // Defines own members, whatever their names.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    return Object.fromEntries(members) as { [name: string]: Value }
  }

  #float(): number {
    this.#at += 8
    return this.#bytes.readDoubleLE(this.#at - 8)
  }

  #length(): number {
    this.#at += 6
    return this.#bytes.readUIntLE(this.#at - 6, 6)
  }

  #text(): string {
    return this.#take(this.#length()).toString()
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error('the bytes end too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
