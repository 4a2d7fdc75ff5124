import type { PayloadBatch, SourceBatch } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import { put } from '../../data/record.ts'
import type { Cell, Struct, Value } from '../../data/value.ts'
import type { WireReader } from '../abi/wire.ts'
import type { CellCodec } from '../values/cells.ts'
import type { Contract } from '../wit/contract.ts'

/** Of one answer: few bytes of it may become many objects. */
const MOST_MESSAGES = 100_000
const MOST_COLUMNS = 10_000
/** An offset is stored with every checkpoint. */
const LONGEST_OFFSET = 65_536

/** One answer of a source's `collect`. */
export interface Collected {
  /** Messages before this one have been handed over. */
  readonly from: number
  readonly length: number
  readonly payloads: PayloadBatch | undefined
  readonly records: readonly Struct[] | undefined
  /** Event times in milliseconds; undefined where the source knows none. */
  readonly times: readonly number[] | undefined
  readonly meta: readonly Struct[] | undefined
  readonly received: number
  readonly offset: string | undefined
  readonly end: boolean
}

/** Reads what a guest gave: counts that do not fit together are its failure. */
export class MessageReader {
  readonly #cells: CellCodec
  readonly #rows: number

  constructor(contract: Contract, cells: CellCodec) {
    this.#cells = cells
    const type = contract.interface('types').types.get('batch')
    this.#rows = type?.kind === 'variant' ? type.cases.findIndex((one) => one.name === 'rows') : 0
  }

  read(wire: WireReader, received: number): Collected {
    const rows = wire.u8() === this.#rows
    const records = rows ? this.#readRecords(wire) : undefined
    const payloads = rows ? undefined : readPayloads(wire)
    const length = records?.length ?? payloads?.length ?? 0
    const times = Array.from({ length: wire.u32() }, () => Number(wire.s64()))
    if (times.length > 0 && times.length !== length) throw broken(`${times.length} timestamps for ${length} messages`)
    const meta = wire.u8() === 0 ? undefined : this.#readRecords(wire)
    if (meta !== undefined && meta.length !== length) throw broken(`metadata of ${meta.length} messages for ${length}`)
    const offset = wire.u8() === 0 ? undefined : readOffset(wire)
    const end = wire.u8() === 1
    return { from: 0, length, payloads, records, times: times.length === 0 ? undefined : times, meta, received, offset, end }
  }

  #readRecords(wire: WireReader): readonly Struct[] {
    const names = Array.from({ length: checked(wire.u32(), MOST_COLUMNS, 'columns') }, () => wire.text())
    return Array.from({ length: checked(wire.u32(), MOST_MESSAGES, 'messages at once') }, () => {
      const values = this.#cells.readList(wire)
      if (values.length !== names.length) throw broken(`a row of ${values.length} values for ${names.length} columns`)
      const record: Record<string, Value> = {}
      names.forEach((name, i) => put(record, name, values[i] ?? null))
      return record
    })
  }
}

/** A batch of at most `limit` messages, and what is left. The offset comes with the last of them. */
export function part(collected: Collected, limit: number): { readonly batch: SourceBatch; readonly rest: Collected | undefined } {
  const { from, length, payloads, records, times, meta, received, offset } = collected
  const to = Math.min(length, from + Math.max(1, limit))
  const rest = to < length ? { ...collected, from: to } : undefined
  const batch: SourceBatch = {
    from,
    length: to,
    ...(payloads === undefined ? {} : { payloads: { ...payloads, from, length: to } }),
    ...(records === undefined ? {} : { records }),
    time: received,
    ...(times === undefined ? {} : { times }),
    ...(meta === undefined
      ? {}
      : { meta: (index: number, key: string): Cell => memberOf(meta[index], key), metaAll: (index: number) => meta[index] ?? {} }),
    ...(offset === undefined || rest !== undefined ? {} : { offset }),
  }
  return { batch, rest }
}

function memberOf(record: Struct | undefined, key: string): Cell {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
}

/** The payloads stay where the wire has them: its memory is this batch's own. */
function readPayloads(wire: WireReader): PayloadBatch {
  const length = checked(wire.u32(), MOST_MESSAGES, 'messages at once')
  const starts = new Int32Array(length)
  const ends = new Int32Array(length)
  for (let i = 0; i < length; i++) {
    const size = wire.u32()
    const start = wire.skip(size)
    starts[i] = start
    ends[i] = start + size
  }
  const { buffer, byteOffset, byteLength } = wire.bytes
  return { bytes: Buffer.from(buffer, byteOffset, byteLength), starts, ends, from: 0, length }
}

function readOffset(wire: WireReader): string {
  const offset = wire.text()
  checked(offset.length, LONGEST_OFFSET, 'characters of an offset')
  return offset
}

function checked(count: number, most: number, what: string): number {
  if (count > most) throw broken(`${count} ${what}; ${most} are allowed`)
  return count
}

function broken(what: string): PlutinoError {
  return new PlutinoError('plugin_failed', `the plugin gave ${what}`)
}
