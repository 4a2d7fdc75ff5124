import type { DecodeRequest, Decoder } from '../../api/codec.ts'
import type { Row } from '../../data/batch.ts'
import { isStruct, type Cell, type Struct, type Value } from '../../data/value.ts'
import { compileColumn, jsonTypeName } from '../column-value.ts'
import { decodeEach } from '../decode-each.ts'
import { decodeFailed } from '../../data/decode-failed.ts'
import { faultOf } from './fault.ts'
import { parseExact } from '../../data/exact-json.ts'
import { compileScanner, type Wanted } from './scanner.ts'

/** Up to this many columns the scanner costs less than `JSON.parse` (test/bench/codec.ts). */
const SCANNED_COLUMNS = 16

/**
 * JSON objects, or arrays of them that give a row each. Bytes that are not UTF-8 are read as U+FFFD. The last of equal keys wins.
 * Values keep what JSON says, integers of 64 bits with all their digits; declared types convert them (`compileColumn`).
 */
export function jsonDecoder(request: DecodeRequest): Decoder {
  const wanted = request.columns.map((column): Wanted => {
    const asIs = column.type === undefined && column.default === undefined && !request.strict
    return { name: column.name, toCell: compileColumn(column, request), asIs }
  })
  const few = wanted.length <= SCANNED_COLUMNS && new Set(wanted.map((column) => column.name)).size === wanted.length
  const scan = few && !request.record ? compileScanner(wanted, request.width) : undefined
  const parse = (bytes: Buffer, start: number, end: number, rows: Row[]): void => parsePayload(wanted, request, { bytes, start, end }, rows)
  if (scan === undefined) return { decode: (payloads) => decodeEach(payloads, parse) }
  return {
    decode: (payloads) =>
      decodeEach(payloads, (bytes, start, end, rows) => {
        const row = scan(bytes, start, end)
        if (row === undefined) parse(bytes, start, end, rows)
        else rows.push(row)
      }),
  }
}

interface Slice {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

function parsePayload(wanted: readonly Wanted[], request: DecodeRequest, slice: Slice, rows: Row[]): void {
  const value = parseSlice(slice)
  if (isStruct(value)) rows.push(pick(value, wanted, request))
  else if (Array.isArray(value)) for (const item of value) rows.push(pick(expectStruct(item), wanted, request))
  else expectStruct(value)
}

function parseSlice({ bytes, start, end }: Slice): Value {
  const text = bytes.toString('utf8', start, end)
  try {
    return parseExact(text)
  } catch (error) {
    throw error instanceof SyntaxError ? faultOf(bytes, start, end) : error
  }
}

function expectStruct(value: Value): Struct {
  if (isStruct(value)) return value
  throw decodeFailed(`expected a JSON object or an array of objects, got ${jsonTypeName(value)}`)
}

function pick(struct: Struct, wanted: readonly Wanted[], request: DecodeRequest): Row {
  const row: Cell[] = []
  for (const { name, toCell } of wanted) row.push(toCell(Object.hasOwn(struct, name) ? struct[name] : undefined))
  if (request.record) row.push(struct)
  while (row.length < request.width) row.push(undefined)
  return row
}
