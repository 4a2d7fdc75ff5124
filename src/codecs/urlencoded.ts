import type { DecodeRequest, Decoder, Encoder } from '../api/codec.ts'
import { defineCodec } from '../api/definition.ts'
import type { Payload } from '../api/sink.ts'
import type { Row, Schema } from '../data/batch.ts'
import { decodeFailed } from '../data/decode-failed.ts'
import { jsonText } from '../data/json-text.ts'
import { put, toRecord } from '../data/record.ts'
import type { Cell, Value } from '../data/value.ts'
import { compileColumn } from '../data/column-value.ts'
import { decodeEach } from './decode-each.ts'

export const urlencoded = defineCodec({
  name: 'urlencoded',
  doc: 'The query of an address or the body of a form: `a=1&b=x`; every value is a text, or an array of texts when its name comes again',
  fields: {},
  create: () => ({ decoder: urlencodedDecoder, encoder: urlencodedEncoder }),
})

/** Values are texts whatever is declared: only with STRICT_VALIDATION a text in a column of another type is an error. */
function urlencodedDecoder(request: DecodeRequest): Decoder {
  const columns = request.columns.map((column) => {
    const { type, ...untyped } = column
    return { name: column.name, toCell: compileColumn(request.strict && type !== undefined ? column : untyped, request) }
  })
  return {
    decode: (payloads) =>
      decodeEach(payloads, (bytes, start, end, rows) => {
        const record = parseForm(bytes.toString('utf8', start, end))
        const row: Cell[] = columns.map(({ name, toCell }) => toCell(Object.hasOwn(record, name) ? record[name] : undefined))
        if (request.record) row.push(record)
        while (row.length < request.width) row.push(undefined)
        rows.push(row)
      }),
  }
}

function parseForm(text: string): Record<string, Value> {
  const found = new Map<string, string[]>()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    if (pair.includes(';')) throw unreadable(text)
    const cut = pair.indexOf('=')
    const name = unescape(cut < 0 ? pair : pair.slice(0, cut), text)
    const value = cut < 0 ? '' : unescape(pair.slice(cut + 1), text)
    const values = found.get(name)
    if (values === undefined) found.set(name, [value])
    else values.push(value)
  }
  const record: Record<string, Value> = {}
  for (const [name, [first = '', ...more]] of found) put(record, name, more.length === 0 ? first : [first, ...more])
  return record
}

/** Bytes that are not UTF-8 are read as U+FFFD. */
function unescape(part: string, whole: string): string {
  const spaced = part.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  if (/%(?![0-9a-fA-F]{2})/.test(spaced)) throw unreadable(whole)
  const bytes = spaced.replace(/%([0-9a-fA-F]{2})|[^%]+/g, (run, hex: string | undefined) => hex ?? Buffer.from(run).toString('hex'))
  return Buffer.from(bytes, 'hex').toString('utf8')
}

function unreadable(text: string): Error {
  return decodeFailed(`fail to parse url encoded value ${text.slice(0, 200)}`)
}

function urlencodedEncoder(schema: Schema): Encoder {
  const single = (row: Row): Payload => {
    const pairs = Object.entries(toRecord(schema, row)).toSorted(([a], [b]) => (a < b ? -1 : 1))
    const form = new URLSearchParams()
    for (const [name, value] of pairs) for (const item of Array.isArray(value) ? value : [value]) form.append(name, textOf(item))
    return form.toString()
  }
  return {
    single,
    array(rows, from, to) {
      const row = rows[from]
      if (to - from === 1 && row !== undefined) return single(row)
      throw decodeFailed(`urlencoded: ${to - from} rows cannot be one message`, 'set sendSingle to true')
    },
  }
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : value === null ? '' : jsonText(value).replace(/^"(.*)"$/, '$1')
}
