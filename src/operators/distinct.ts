import type { Batches, Operator } from '../api/operator.ts'
import type { Row, RowBatch } from '../data/batch.ts'
import { valueKey } from '../data/compare.ts'
import { toRecord } from '../data/record.ts'

/** SELECT DISTINCT: of equal rows of a result the first. Rows are equal when they have the same members with equal values. */
export class DistinctOperator implements Operator {
  readonly name = 'distinct'

  /** Without a window each row is a result. */
  process(batch: RowBatch): Batches {
    const { results, rows, errors = [] } = batch
    if (results === undefined) return [batch]
    const kept: Row[] = []
    const bounds = [0]
    /** Where the rows before each row of the input stand now. */
    const places = [0]
    for (let i = 0; i + 1 < results.length; i++) {
      const seen = new Set<string>()
      for (let at = results[i] ?? 0; at < (results[i + 1] ?? 0); at++) {
        const row = rows[at] ?? []
        const key = valueKey(toRecord(batch.schema, row))
        if (!seen.has(key)) kept.push(row)
        seen.add(key)
        places.push(kept.length)
      }
      bounds.push(kept.length)
    }
    const moved = errors.map(({ at, error }) => ({ at: places[at] ?? kept.length, error }))
    return [{ ...batch, rows: kept, results: bounds, ...(moved.length === 0 ? {} : { errors: moved }) }]
  }
}
