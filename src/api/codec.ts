import type { Row, RowError, Schema } from '../data/batch.ts'
import type { SqlType } from '../data/types.ts'
import type { Value } from '../data/value.ts'
import type { Payload } from './sink.ts'
import type { PayloadBatch } from './source.ts'

/** One column that the plan asked for. */
export interface DecodeColumn {
  readonly name: string
  /** The declared type, to which the value is converted; absent in schemaless streams: the value as it comes. */
  readonly type?: SqlType
  /** Fills a missing column; never an explicit null. */
  readonly default?: Value
}

export interface DecodeRequest {
  /** Names of all declared columns of the stream in their order, for formats that know columns by position; absent in schemaless streams. */
  readonly declared?: readonly string[]
  /** Slots 0 .. columns.length - 1 of every row. A column that the payload lacks is `undefined`, an explicit null is null. */
  readonly columns: readonly DecodeColumn[]
  /** Also put the whole record into slot `columns.length`. */
  readonly record: boolean
  /** Length of each row: slots behind those above are left `undefined` for the driver to fill. */
  readonly width: number
  /** STRICT_VALIDATION: a missing column without default is an error of the row. */
  readonly strict: boolean
}

export interface Decoded {
  readonly rows: Row[]
  /** Index of the message that each row came from; absent when row i came from message `from + i` for all of them. */
  readonly origins?: readonly number[]
  /** Payloads that could not be decoded (`at`: index into `rows`); the others are not affected. */
  readonly errors: readonly RowError[]
}

/** Compiled for one request. Synchronous, without state between calls; keeps no reference to the payload's memory. */
export interface Decoder {
  decode(payloads: PayloadBatch): Decoded
}

/** Compiled for one schema. Synchronous. Throws `decode_failed` for a row that has no text in this format (NaN in JSON). */
export interface Encoder {
  /** The row alone, as an object. */
  single(row: Row): Payload
  /** Rows `from <= i < to` as one message: a JSON array, lines of CSV. */
  array(rows: readonly Row[], from: number, to: number): Payload
}

/** A format: what stands behind FORMAT="json" and the action property `format`. */
export interface Codec {
  decoder(request: DecodeRequest): Decoder
  encoder(schema: Schema): Encoder
}
