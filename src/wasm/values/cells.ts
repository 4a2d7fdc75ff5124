import { PlutinoError } from '../../base/errors.ts'
import type { Cell, Value } from '../../data/value.ts'
import type { WireReader, WireWriter } from '../abi/wire.ts'
import type { Contract } from '../wit/contract.ts'
import { fromJsonText, toJsonText } from './json-text.ts'
import { putShortJson } from './short-json.ts'

interface Tags {
  readonly null: number
  readonly boolean: number
  readonly int: number
  readonly float: number
  readonly text: number
  readonly bytes: number
  readonly timestamp: number
  readonly json: number
}

/** Texts of so many characters are looked at one by one: most are ASCII. */
const SHORT_TEXT = 32
/** The most bytes of a cell that is a number, a boolean or a short text. */
const CELL_ROOM = 5 + SHORT_TEXT

/** Of one batch: a null is one byte on the wire, and many times more here. */
const MOST_VALUES = 1_000_000

const LEAST_INT = -(2n ** 63n)
const GREATEST_INT = 2n ** 63n - 1n

/** SQL values as the `value` of the WIT, and rows of them as its `row-batch`, straight to and from the wire. */
export class CellCodec {
  readonly #tags: Tags

  constructor(contract: Contract) {
    const type = contract.interface('types').types.get('value')
    const names = type?.kind === 'variant' ? type.cases.map((one) => one.name) : []
    const tag = (name: keyof Tags): number => names.indexOf(name)
    this.#tags = {
      null: tag('null'),
      boolean: tag('boolean'),
      int: tag('int'),
      float: tag('float'),
      text: tag('text'),
      bytes: tag('bytes'),
      timestamp: tag('timestamp'),
      json: tag('json'),
    }
  }

  /** Whole numbers go as int, as JSON does not tell them from floats; a bigint beyond 64 bits goes as text. */
  write(wire: WireWriter, cell: Cell): void {
    const tags = this.#tags
    if (typeof cell === 'number') {
      if (Number.isSafeInteger(cell) && !Object.is(cell, -0)) this.#writeInt(wire, tags.int, cell)
      else {
        wire.u8(tags.float)
        wire.f64(cell)
      }
    } else if (typeof cell === 'string') {
      wire.u8(tags.text)
      wire.text(cell)
    } else if (typeof cell === 'boolean') {
      wire.u8(tags.boolean)
      wire.u8(cell ? 1 : 0)
    } else if (typeof cell === 'bigint') this.#writeBigint(wire, cell)
    else this.#writeObject(wire, cell ?? null)
  }

  read(wire: WireReader): Value {
    const tags = this.#tags
    const tag = wire.u8()
    switch (tag) {
      case tags.null:
        return null
      case tags.boolean:
        return wire.u8() === 1
      case tags.int:
        return wire.s64()
      case tags.float:
        return wire.f64()
      case tags.text:
        return wire.text()
      case tags.bytes:
        return new Uint8Array(wire.blob())
      case tags.timestamp:
        return new Date(Number(wire.s64()))
      default:
        return readJson(wire.text())
    }
  }

  /** A `list<value>`. */
  readList(wire: WireReader): Value[] {
    const values: Value[] = []
    for (let left = wire.u32(); left > 0; left--) values.push(this.read(wire))
    return values
  }

  /** A `list<list<value>>`. Throws `rejected` when it would take much more memory than its bytes. */
  readRows(wire: WireReader): Value[][] {
    const rows: Value[][] = []
    let values = 0
    for (let left = wire.u32(); left > 0; left--) {
      const row = this.readList(wire)
      values += row.length + 1
      if (values > MOST_VALUES)
        throw new PlutinoError('rejected', `a batch has more than ${MOST_VALUES} values`, { hint: 'send it in parts' })
      rows.push(row)
    }
    return rows
  }

  /** A `row-batch`: every row gets as many values as there are columns. */
  writeRows(wire: WireWriter, columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
    const { length } = columns
    wire.u32(length)
    for (const column of columns) wire.text(column)
    wire.u32(rows.length)
    for (const row of rows) this.#writeRow(wire, row, length)
  }

  /** As \`write\` for each cell, with room made once for all that have a fixed size and for short texts. */
  #writeRow(wire: WireWriter, row: readonly Cell[], length: number): void {
    const { int, float, text, boolean, json } = this.#tags
    const room = CELL_ROOM * length
    let at = wire.reserve(4 + room)
    let { bytes, view } = wire
    view.setUint32(at, length, true)
    at += 4
    for (let i = 0; i < length; i++) {
      const cell = row[i]
      if (typeof cell === 'number') {
        if (Number.isSafeInteger(cell) && (cell !== 0 || 1 / cell > 0)) {
          bytes[at] = int
          view.setInt32(at + 1, cell, true)
          view.setInt32(at + 5, (cell | 0) === cell ? cell >> 31 : Math.floor(cell / 4_294_967_296), true)
        } else {
          bytes[at] = float
          view.setFloat64(at + 1, cell, true)
        }
        at += 9
      } else if (typeof cell === 'boolean') {
        bytes[at] = boolean
        bytes[at + 1] = cell ? 1 : 0
        at += 2
      } else {
        const end = putShort(bytes, at + 5, cell)
        if (end >= 0) {
          bytes[at] = typeof cell === 'string' ? text : json
          view.setUint32(at + 1, end - at - 5, true)
          at = end
        } else {
          wire.at = at
          this.write(wire, cell)
          at = wire.reserve(CELL_ROOM * (length - i - 1))
          bytes = wire.bytes
          view = wire.view
        }
      }
    }
    wire.at = at
  }

  #writeInt(wire: WireWriter, tag: number, value: number): void {
    const at = wire.reserve(9)
    wire.bytes[at] = tag
    wire.view.setUint32(at + 1, value >>> 0, true)
    wire.view.setInt32(at + 5, Math.floor(value / 4_294_967_296), true)
  }

  #writeBigint(wire: WireWriter, value: bigint): void {
    if (value < LEAST_INT || value > GREATEST_INT) {
      wire.u8(this.#tags.text)
      wire.text(value.toString())
      return
    }
    wire.u8(this.#tags.int)
    wire.u64(BigInt.asUintN(64, value))
  }

  #writeObject(wire: WireWriter, value: Exclude<Value, number | string | boolean | bigint>): void {
    if (value === null || (value instanceof Date && Number.isNaN(value.getTime()))) {
      wire.u8(this.#tags.null)
    } else if (value instanceof Date) {
      this.#writeInt(wire, this.#tags.timestamp, value.getTime())
    } else if (value instanceof Uint8Array) {
      wire.u8(this.#tags.bytes)
      wire.blob(value)
    } else {
      wire.u8(this.#tags.json)
      wire.text(toJsonText(value))
    }
  }
}

/** Puts a short text, or the JSON text of a small object; gives the index after it, -1 for any other cell. */
function putShort(bytes: Uint8Array, from: number, cell: Cell): number {
  if (typeof cell === 'string') return cell.length <= SHORT_TEXT ? putAscii(bytes, from, cell) : -1
  return typeof cell === 'object' && cell !== null ? putShortJson(bytes, from, from + SHORT_TEXT, cell) : -1
}

/** Gives the index after the text, or -1 if it is not ASCII. */
function putAscii(bytes: Uint8Array, from: number, text: string): number {
  const { length } = text
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 127) return -1
    bytes[from + i] = unit
  }
  return from + length
}

function readJson(text: string): Value {
  try {
    return fromJsonText(text)
  } catch {
    throw new PlutinoError('rejected', 'the plugin gave a json value that is not JSON')
  }
}
