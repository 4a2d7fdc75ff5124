import { type Batches, NOTHING } from '../../api/operator.ts'
import { type PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { Row, RowBatch, RowError, Schema } from '../../data/batch.ts'

/**
 * Joins each result of a batch, or each row where there is no window below. What a result becomes is a result again, an empty one is
 * none; what `join` throws takes its place.
 */
export function joinResults({ schema, rows, errors, results }: RowBatch, join: (rows: readonly Row[]) => readonly Row[]): Batches {
  const out = new JoinedResults(schema)
  const waiting = [...(errors ?? [])]
  const failUntil = (at: number): void => {
    while (waiting[0] !== undefined && waiting[0].at <= at) out.fail(waiting.shift()?.error)
  }
  const bounds = results ?? Array.from({ length: rows.length + 1 }, (_, i) => i)
  for (let i = 0; i + 1 < bounds.length; i++) {
    failUntil(bounds[i] ?? 0)
    try {
      out.add(join(rows.slice(bounds[i], bounds[i + 1])))
    } catch (error) {
      out.fail(toPlutinoError(error, 'row_failed'))
    }
  }
  failUntil(rows.length)
  return out.take()
}

class JoinedResults {
  readonly #schema: Schema
  readonly #rows: Row[] = []
  readonly #results: number[] = [0]
  readonly #errors: RowError[] = []

  constructor(schema: Schema) {
    this.#schema = schema
  }

  add(rows: readonly Row[]): void {
    if (rows.length === 0) return
    for (const row of rows) this.#rows.push(row)
    this.#results.push(this.#rows.length)
  }

  fail(error: PlutinoError | undefined): void {
    if (error !== undefined) this.#errors.push({ at: this.#rows.length, error })
  }

  take(): Batches {
    if (this.#rows.length === 0 && this.#errors.length === 0) return NOTHING
    const errors = this.#errors.length === 0 ? {} : { errors: this.#errors }
    return [{ schema: this.#schema, rows: this.#rows, results: this.#results, ...errors }]
  }
}
