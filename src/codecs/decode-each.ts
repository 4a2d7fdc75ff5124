import type { Decoded } from '../api/codec.ts'
import type { PayloadBatch } from '../api/source.ts'
import { toPlutinoError } from '../base/errors.ts'
import type { Row, RowError } from '../data/batch.ts'

/** Appends the rows of one payload; throws `decode_failed`. */
export type DecodePayload = (bytes: Buffer, start: number, end: number, rows: Row[]) => void

/** The loop of every decoder: a payload gives all of its rows or one error, and says nothing about its neighbours. */
export function decodeEach(payloads: PayloadBatch, decode: DecodePayload): Decoded {
  const { bytes, starts, ends, from, length } = payloads
  const rows: Row[] = []
  const errors: RowError[] = []
  let origins: number[] | undefined
  for (let i = from; i < length; i++) {
    const before = rows.length
    try {
      decode(bytes, starts[i] ?? 0, ends[i] ?? 0, rows)
    } catch (error) {
      rows.length = before
      errors.push({ at: before, error: toPlutinoError(error, 'decode_failed') })
    }
    if (origins === undefined && rows.length !== i - from + 1) origins = Array.from({ length: before }, (_, k) => from + k)
    if (origins !== undefined) while (origins.length < rows.length) origins.push(i)
  }
  return origins === undefined ? { rows, errors } : { rows, origins, errors }
}
