import { type RowBatch, sliceBatch } from '../data/batch.ts'
import { messageOf } from './error-path.ts'
import { ERROR_SCHEMA } from './row-shape.ts'

/** An empty result of a window is a message too. */
export function hasMessages({ rows, results }: RowBatch): boolean {
  return rows.length > 0 || (results !== undefined && results.length > 1)
}

/** The parts of a batch in order: its rows, and where rows failed `{"error":"…"}` in their place. */
export function* withErrorRows(batch: RowBatch): Generator<RowBatch> {
  let from = 0
  for (const { at, error } of batch.errors ?? []) {
    const part = sliceBatch(batch, from, at)
    if (hasMessages(part)) yield part
    yield { schema: ERROR_SCHEMA, rows: [[messageOf(error)]] }
    from = at
  }
  const last = sliceBatch(batch, from, batch.rows.length)
  if (hasMessages(last)) yield last
}
