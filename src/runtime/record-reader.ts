import type { DecodeColumn, DecodeRequest } from '../api/codec.ts'
import type { SourceBatch } from '../api/source.ts'
import { toPlutinoError } from '../base/errors.ts'
import { compileColumn } from '../data/column-value.ts'
import type { RowError } from '../data/batch.ts'
import type { Cell, Struct } from '../data/value.ts'

/** Rows of the records that a source brought itself; `origins` as of a decoder. */
export type RecordReader = (batch: SourceBatch) => {
  rows: Cell[][]
  origins: readonly number[] | undefined
  errors: readonly RowError[]
}

/** With STRICT_VALIDATION a record is checked as a decoded message is: one that lacks a column or has another type is an error. */
export function recordReader(request: DecodeRequest): RecordReader {
  return request.strict && request.columns.length > 0 ? strictReader(request) : plainReader(request)
}

function plainReader({ columns, record: wantsRecord, width }: DecodeRequest): RecordReader {
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

function strictReader(request: DecodeRequest): RecordReader {
  const columns = request.columns.map((column) => ({ name: column.name, toCell: compileColumn(column, request) }))
  return (batch) => {
    const rows: Cell[][] = []
    const origins: number[] = []
    const errors: RowError[] = []
    for (let i = batch.from; i < batch.length; i++) {
      const record = batch.records?.[i] ?? {}
      try {
        const row = columns.map(({ name, toCell }) => toCell(member(record, name)))
        if (request.record) row.push(record)
        while (row.length < request.width) row.push(undefined)
        rows.push(row)
        origins.push(i)
      } catch (error) {
        errors.push({ at: rows.length, error: toPlutinoError(error, 'decode_failed') })
      }
    }
    return { rows, origins, errors }
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
