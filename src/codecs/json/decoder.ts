import type { DecodeRequest, Decoder } from '../../api/codec.ts'
import type { Row } from '../../data/batch.ts'
import { isStruct, type Cell, type Struct, type Value } from '../../data/value.ts'
import { compileColumn, jsonTypeName } from '../../data/column-value.ts'
import { decodeEach } from '../decode-each.ts'
import { decodeFailed } from '../../data/decode-failed.ts'
import { faultOf } from './fault.ts'
import { parseExact } from '../../data/exact-json.ts'
import { compileScanner, type Wanted } from './scanner.ts'
import { checkWhole, type MarkedValue, mayHoldUnwhole, parseMarked, wholeNeeds } from './whole.ts'

/** Up to this many columns the scanner costs less than `JSON.parse` (test/bench/codec.ts). */
const SCANNED_COLUMNS = 16

/**
 * JSON objects, or arrays of them that give a row each. Bytes that are not UTF-8 are read as U+FFFD. The last of equal keys wins.
 * Values keep what JSON says, integers of 64 bits with all their digits; declared types convert them (`compileColumn`).
 */
export function jsonDecoder(request: DecodeRequest): Decoder {
  const wanted = request.columns.map((column): Wanted => {
    const asIs = column.type === undefined && column.default === undefined && !request.strict
    return { name: column.name, toCell: compileColumn(column, request), asIs, whole: wholeNeeds(column.type) }
  })
  const few = wanted.length <= SCANNED_COLUMNS && new Set(wanted.map((column) => column.name)).size === wanted.length
  const scan = few && !request.record ? compileScanner(wanted, request.width) : undefined
  const pick = picker(wanted, request)
  const parse = (bytes: Buffer, start: number, end: number, rows: Row[]): void => parsePayload(pick, { bytes, start, end }, rows)
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

/** From an object to its row. `marked`: what the object stands in, when numbers in it may not be written as whole ones. */
type Pick = (struct: Struct, marked?: MarkedValue) => Row

interface Picker {
  readonly pick: Pick
  /** A column wants numbers that are written as whole ones. */
  readonly whole: boolean
}

function picker(wanted: readonly Wanted[], request: DecodeRequest): Picker {
  const whole = request.columns.filter(({ type }) => wholeNeeds(type) !== 'none')
  const pick: Pick = (struct, marked) => {
    if (marked !== undefined) for (const column of whole) checkWhole(struct, column, marked.unwhole)
    const row: Cell[] = []
    for (const { name, toCell } of wanted) row.push(toCell(Object.hasOwn(struct, name) ? struct[name] : undefined))
    if (request.record) row.push(struct)
    while (row.length < request.width) row.push(undefined)
    return row
  }
  return { pick, whole: whole.length > 0 }
}

function parsePayload({ pick, whole }: Picker, slice: Slice, rows: Row[]): void {
  const text = slice.bytes.toString('utf8', slice.start, slice.end)
  const marked = whole && mayHoldUnwhole(text) ? parseText(text, slice, parseMarked) : undefined
  const value = marked === undefined ? parseText(text, slice, parseExact) : marked.value
  if (isStruct(value)) rows.push(pick(value, marked))
  else if (Array.isArray(value)) for (const item of value) rows.push(pick(expectStruct(item), marked))
  else expectStruct(value)
}

function parseText<T>(text: string, { bytes, start, end }: Slice, parse: (text: string) => T): T {
  try {
    return parse(text)
  } catch (error) {
    throw error instanceof SyntaxError ? faultOf(bytes, start, end) : error
  }
}

function expectStruct(value: Value): Struct {
  if (isStruct(value)) return value
  throw decodeFailed(`expected a JSON object or an array of objects, got ${jsonTypeName(value)}`)
}
