import { type Batches, NOTHING } from '../../api/operator.ts'
import type { Row, RowBatch, Schema } from '../../data/batch.ts'
import type { PlutinoError } from '../../base/errors.ts'

/**
 * Rows that windows which overlap go through before others get their turn. One of 100,000 rows that each row makes fire would hold the
 * process up for minutes.
 */
export const MOST_WORK = 100_000

/** Rows of a batch after which another one is begun, so that a long run of windows is no array without bounds. */
const MOST_ROWS = 65_536

/**
 * Collects the results that windows give, and errors between them. An error begins a batch of its own: within one batch it could not be
 * told whether it came before or after a result without rows.
 */
export class WindowOutput {
  readonly #schema: Schema
  #batches: RowBatch[] = []
  #rows: Row[] = []
  #results: number[] = [0]
  #work = 0

  constructor(schema: Schema) {
    this.#schema = schema
  }

  /** Rows that results since the last `take` went through. */
  get work(): number {
    return this.#work
  }

  /** A content has gone through so many rows to make a result of fewer. */
  worked(rows: number): void {
    this.#work += rows
  }

  /** The next row of the result that is being made. */
  row(row: Row): void {
    this.#rows.push(row)
  }

  /** Ends a result, which may have no rows. */
  end(): void {
    this.#work += this.#rows.length - (this.#results.at(-1) ?? 0)
    this.#results.push(this.#rows.length)
    if (this.#rows.length >= MOST_ROWS) this.#flush()
  }

  /** Gives a result again, up to `most` times and while there is work left; gives how often. */
  again(rows: readonly Row[], most: number): number {
    let count = 0
    for (; count < most && this.#work < MOST_WORK; count++) {
      // What comes after the window may write into the rows of a result.
      for (const row of rows) this.#rows.push(row.slice())
      this.end()
    }
    return count
  }

  /** In place of a result: what was made of it is dropped. Also for rows that failed before they came here. */
  fail(error: PlutinoError): void {
    this.#rows.length = this.#results.at(-1) ?? 0
    this.#flush()
    this.#batches.push({ schema: this.#schema, rows: [], results: [0], errors: [{ at: 0, error }] })
  }

  /** Everything since the last call. */
  take(): Batches {
    this.#work = 0
    this.#flush()
    if (this.#batches.length === 0) return NOTHING
    const batches = this.#batches
    this.#batches = []
    return batches
  }

  #flush(): void {
    if (this.#results.length < 2) return
    this.#batches.push({ schema: this.#schema, rows: this.#rows, results: this.#results })
    this.#rows = []
    this.#results = [0]
  }
}
