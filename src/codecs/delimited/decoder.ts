import type { DecodeRequest, Decoder } from '../../api/codec.ts'
import { inRange } from '../../data/arithmetic.ts'
import { castValue } from '../../data/cast.ts'
import type { Row } from '../../data/batch.ts'
import { put } from '../../data/record.ts'
import type { SqlType } from '../../data/types.ts'
import type { Cell, Value } from '../../data/value.ts'
import { compileColumn } from '../../data/column-value.ts'
import { decodeEach } from '../decode-each.ts'
import { decodeFailed } from '../../data/decode-failed.ts'
import { parseExact } from '../../data/exact-json.ts'
import { readLines, type Dialect } from './lines.ts'

/** A line is a row. With a header, the first line of every payload names the fields; otherwise the declared columns do by position. */
export interface DelimitedOptions extends Dialect {
  readonly hasHeader: boolean
}

/**
 * Fields without a declared column are texts named `col0`, `col1` ... by position. A declared type converts the text, and an empty
 * text is null for every type but string. A field that the line lacks is a missing column; fields beyond the declared columns are
 * ignored.
 */
export function delimitedDecoder(request: DecodeRequest, options: DelimitedOptions): Decoder {
  const columns = request.columns.map((column) => ({
    name: column.name,
    read: textReader(column.name, column.type),
    toCell: compileColumn(column, request),
  }))
  const toRow = (names: NameOf, fields: readonly string[]): Row => {
    const row: Cell[] = columns.map(({ name, read, toCell }) => {
      const text = fields[names.indexOf(name)]
      return toCell(text === undefined ? undefined : read(text))
    })
    if (request.record) row.push(recordOf(names, fields))
    while (row.length < request.width) row.push(undefined)
    return row
  }
  return {
    decode: (payloads) =>
      decodeEach(payloads, (bytes, start, end, rows) => {
        const lines = readLines(bytes.toString('utf8', start, end), options)
        const names = namesOf(options.hasHeader ? lines[0] : request.declared)
        for (const fields of options.hasHeader ? lines.slice(1) : lines) rows.push(toRow(names, fields))
      }),
  }
}

interface NameOf {
  /** -1: no field has this name. */
  indexOf(name: string): number
  nameAt(index: number): string | undefined
}

function namesOf(names: readonly string[] | undefined): NameOf {
  if (names === undefined)
    return { indexOf: (name) => Number(/^col(0|[1-9]\d{0,5})$/.exec(name)?.[1] ?? -1), nameAt: (index) => `col${index}` }
  const indexes = new Map(names.map((name, index) => [name, index]))
  return { indexOf: (name) => indexes.get(name) ?? -1, nameAt: (index) => names[index] }
}

function recordOf(names: NameOf, fields: readonly string[]): Record<string, Value> {
  const record: Record<string, Value> = {}
  for (const [i, field] of fields.entries()) {
    const name = names.nameAt(i)
    if (name !== undefined) put(record, name, field)
  }
  return record
}

/** From the text of a field to what JSON would have brought for a column of this type. */
function textReader(name: string, type: SqlType | undefined): (text: string) => Value {
  switch (type?.kind) {
    case undefined:
    case 'string':
      return (text) => text
    case 'bigint':
    case 'float': {
      const kind = type.kind
      return (text) => (text === '' ? null : readNumber(name, text, kind))
    }
    case 'boolean':
    case 'bytea':
    case 'datetime':
      return (text) => (text === '' ? null : type.kind === 'datetime' && /^-?\d{5,}$/.test(text) ? Number(text) : text)
    case 'array':
    case 'struct':
      return (text) => (text === '' ? null : readJson(name, text))
  }
}

const WHOLE = /^[+-]?\d{1,40}$/

/** Decimal only: a leading zero does not make a number octal. */
function readNumber(name: string, text: string, kind: 'bigint' | 'float'): Value {
  const trimmed = text.trim()
  try {
    if (kind === 'float') return castValue(trimmed, 'float')
    if (WHOLE.test(trimmed)) return inRange(BigInt(trimmed.replace(/^\+/, '')))
  } catch {
    // Reported below, in the same words.
  }
  throw decodeFailed(`${name} has a wrong text, expect:${kind}`)
}

function readJson(name: string, text: string): Value {
  try {
    return parseExact(text)
  } catch {
    throw decodeFailed(`${name} has a wrong text, expect JSON`)
  }
}
