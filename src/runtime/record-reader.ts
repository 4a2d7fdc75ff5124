import type { DecodeColumn, DecodeRequest } from '../api/codec.ts'
import type { SourceBatch } from '../api/source.ts'
import type { RowError } from '../data/batch.ts'
import type { Cell, Struct } from '../data/value.ts'

/** Rows of the records that a source brought itself. */
export type RecordReader = (batch: SourceBatch) => { rows: Cell[][]; origins: undefined; errors: readonly RowError[] }

export function recordReader(request: DecodeRequest): RecordReader {
  const { columns, record: wantsRecord, width } = request
  return (batch) => {
    const rows: Cell[][] = []
    for (let i = batch.from; i < batch.length; i++) {
      const record = batch.records?.[i] ?? {}
      const row = Array.from<Cell>({ length: width })
      for (let c = 0; c < columns.length; c++) {
        const column = columns[c]
        if (column !== undefined) row[c] = cellOf(record, column)
      }
      if (wantsRecord) row[columns.length] = record
      rows.push(row)
    }
    return { rows, origins: undefined, errors: [] }
  }
}

/** The default fills a missing member; an explicit null stays null. */
function cellOf(record: Struct, { name, type, default: missing }: DecodeColumn): Cell {
  const value = member(record, name)
  return value === undefined ? missing : typed(value, type?.kind)
}

function member(record: Struct, name: string): Cell {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

/** Records carry the types of another rule or of a simulator; only bigint and float need to change sides. */
function typed(value: Cell, kind: string | undefined): Cell {
  if (kind === 'bigint' && typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (kind === 'float' && typeof value === 'bigint') return Number(value)
  return value
}
