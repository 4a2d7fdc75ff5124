import { PlutinoError } from '../../base/errors.ts'
import type { Cell, Value } from '../../data/value.ts'
import type { WireReader, WireWriter } from '../abi/wire.ts'
import type { Contract } from '../wit/contract.ts'
import { fromJsonText, toJsonText } from './json-text.ts'

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
    return Array.from({ length: wire.u32() }, () => this.read(wire))
  }

  /** A `list<list<value>>`. */
  readRows(wire: WireReader): Value[][] {
    return Array.from({ length: wire.u32() }, () => this.readList(wire))
  }

  /** A `row-batch`: every row gets as many values as there are columns. */
  writeRows(wire: WireWriter, columns: readonly string[], rows: readonly (readonly Cell[])[]): void {
    const { length } = columns
    wire.u32(length)
    for (const column of columns) wire.text(column)
    wire.u32(rows.length)
    for (const row of rows) {
      wire.u32(length)
      for (let i = 0; i < length; i++) this.write(wire, row[i])
    }
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

function readJson(text: string): Value {
  try {
    return fromJsonText(text)
  } catch {
    throw new PlutinoError('rejected', 'the plugin gave a json value that is not JSON')
  }
}
