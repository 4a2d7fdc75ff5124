import type { DecodeRequest, Decoder, Encoder } from '../api/codec.ts'
import { defineCodec } from '../api/definition.ts'
import type { Payload } from '../api/sink.ts'
import type { Row, Schema } from '../data/batch.ts'
import { toRecord } from '../data/record.ts'
import type { Cell } from '../data/value.ts'
import { compileColumn } from '../data/column-value.ts'
import { decodeEach } from './decode-each.ts'
import { decodeFailed } from '../data/decode-failed.ts'

/** Name of the column that a schemaless stream has. */
const SELF = 'self'

export const binary = defineCodec({
  name: 'binary',
  doc: 'The payload as it is: column `self`, or the one declared bytea column',
  fields: {},
  create: () => ({ decoder: binaryDecoder, encoder: binaryEncoder }),
})

function binaryDecoder(request: DecodeRequest): Decoder {
  const name = request.declared?.[0] ?? SELF
  const columns = request.columns.map((column) => {
    const whole = column.name === name || column.type?.kind === 'bytea'
    // The bytes are the value already; only what is missing still has rules.
    const toCell = compileColumn({ name: column.name, ...(column.default === undefined ? {} : { default: column.default }) }, request)
    return (bytes: Uint8Array): Cell => toCell(whole ? bytes : undefined)
  })
  return {
    decode: (payloads) =>
      decodeEach(payloads, (buffer, start, end, rows) => {
        const bytes = Uint8Array.from(buffer.subarray(start, end))
        const row = columns.map((toCell) => toCell(bytes))
        if (request.record) row.push({ [name]: bytes })
        while (row.length < request.width) row.push(undefined)
        rows.push(row)
      }),
  }
}

function binaryEncoder(schema: Schema): Encoder {
  const single = (row: Row): Payload => {
    const values = Object.values(toRecord(schema, row)).filter((value) => value !== null)
    const [value] = values
    if (values.length === 1 && (value instanceof Uint8Array || typeof value === 'string')) return value
    throw decodeFailed('binary: expected a row with one column of type bytea or string', 'select that column alone, or set fields')
  }
  return {
    single,
    array(rows, from, to) {
      const row = rows[from]
      if (to - from === 1 && row !== undefined) return single(row)
      throw decodeFailed(`binary: ${to - from} rows cannot be one message`, 'set sendSingle to true')
    },
  }
}
