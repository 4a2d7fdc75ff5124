import { PlutinoError } from '../../base/errors.ts'

const MOST_VALUES = 1_000_000
const MOST_BYTES = 64 * 1024 * 1024

/** Counts what a query brings: an answer without end would use up the memory of the server. */
export class ResultSize {
  #values = 0
  #bytes = 0

  /** Throws `rejected` when this row is too much. */
  add(row: readonly unknown[]): void {
    this.#values += row.length + 1
    for (const value of row) {
      if (typeof value === 'string') this.#bytes += value.length * 2
      else if (value instanceof Uint8Array) this.#bytes += value.length
    }
    if (this.#values > MOST_VALUES) throw tooLarge(`${MOST_VALUES} values`)
    if (this.#bytes > MOST_BYTES) throw tooLarge(`${MOST_BYTES} bytes`)
  }
}

function tooLarge(limit: string): PlutinoError {
  return new PlutinoError('rejected', `the query brings more than ${limit}`, { hint: 'ask for less, with WHERE and LIMIT' })
}
