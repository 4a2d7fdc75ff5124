import type { Cell } from '../../../data/value.ts'
import type { RowPackets } from './execute-rows.ts'
import { ParameterWriter, type WriterOptions } from './parameter-writer.ts'

/** A block was larger than a packet may be. */
export class TooLarge extends Error {}

/** Rows that are encoded block by block as they are sent: the database is at work on the first while the next is encoded. */
export class RowBlocks implements RowPackets {
  readonly #rows: readonly (readonly Cell[])[]
  readonly #options: WriterOptions
  readonly #maxPacket: number

  constructor(rows: readonly (readonly Cell[])[], options: WriterOptions, maxPacket: number) {
    this.#rows = rows
    this.#options = options
    this.#maxPacket = maxPacket
  }

  /** Throws `TooLarge`, and `rejected` for a row that no database could take. */
  packet(statement: number, from: number, to: number): Buffer {
    const packet = new ParameterWriter(this.#rows.slice(from, to), this.#options).packet(statement, 0, to - from)
    if (packet.length > this.#maxPacket) throw new TooLarge()
    return packet
  }
}
