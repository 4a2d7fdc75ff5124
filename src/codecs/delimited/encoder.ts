import type { Encoder } from '../../api/codec.ts'
import type { Row, Schema } from '../../data/batch.ts'
import { toRecord } from '../../data/record.ts'
import type { Cell } from '../../data/value.ts'
import { valueText } from '../json/value-text.ts'
import type { DelimitedOptions } from './decoder.ts'
import { writeLine } from './lines.ts'

/**
 * A row is a line, in the order of the schema; null and absent columns are empty. Members of spread records stand in order of their
 * appearance in the message. With a header, each message begins with one. Lines are separated by a line feed; the last has none.
 */
export function delimitedEncoder(schema: Schema, options: DelimitedOptions): Encoder {
  const write = schema.columns.some((column) => column.spread === true) ? writeRecords : writeColumns
  return {
    single: (row) => write(schema, [row], options),
    array: (rows, from, to) => write(schema, rows.slice(from, to), options),
  }
}

function writeColumns(schema: Schema, rows: readonly Row[], options: DelimitedOptions): string {
  const lines = rows.map((row) => schema.columns.map((_, i) => fieldText(row[i])))
  return writeMessage(
    schema.columns.map((column) => column.name),
    lines,
    options,
  )
}

function writeRecords(schema: Schema, rows: readonly Row[], options: DelimitedOptions): string {
  const records = rows.map((row) => toRecord(schema, row))
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))]
  const lines = records.map((record) => names.map((name) => fieldText(Object.hasOwn(record, name) ? record[name] : undefined)))
  return writeMessage(names, lines, options)
}

function writeMessage(names: readonly string[], lines: readonly (readonly string[])[], options: DelimitedOptions): string {
  return [...(options.hasHeader ? [names] : []), ...lines].map((fields) => writeLine(fields, options)).join('\n')
}

function fieldText(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell !== 'object') return String(cell)
  const text = valueText(cell)
  // Datetimes and bytes are strings in JSON, whose quotes a field does not need.
  return text.startsWith('"') ? text.slice(1, -1) : text
}
