import { PlutinoError } from '../../base/errors.ts'

/** How much one query may bring into the memory of the server. */
export interface ResultLimits {
  readonly values: number
  readonly bytes: number
}

export const RESULT_LIMITS: ResultLimits = { values: 1_000_000, bytes: 64 * 1024 * 1024 }

/** Counts what a query brings, row by row: an answer without end would use up the memory of the server. */
export class ResultSize {
  readonly #limits: ResultLimits
  #values = 0
  #bytes = 0
  #received = 0
  #exceeded = false

  constructor(limits: ResultLimits) {
    this.#limits = limits
  }

  /** Throws `rejected` when this row is too much. */
  add(row: readonly unknown[]): void {
    this.#values += row.length + 1
    for (const value of row) {
      if (typeof value === 'string') this.#bytes += value.length * 2
      else if (value instanceof Uint8Array) this.#bytes += value.length
    }
    if (this.#values > this.#limits.values) throw this.#tooLarge(`${this.#limits.values} values`, 'database.maxResultValues')
    this.#checkBytes(this.#bytes)
  }

  /** Bytes as they come from the other side, also of a row that has not come to its end. Throws `rejected` when they are too many. */
  received(bytes: number): void {
    this.#received += bytes
    this.#checkBytes(this.#received)
  }

  /** Whether it has thrown. */
  get exceeded(): boolean {
    return this.#exceeded
  }

  #checkBytes(bytes: number): void {
    if (bytes > this.#limits.bytes) throw this.#tooLarge(`${this.#limits.bytes} bytes`, 'database.maxResultSize')
  }

  #tooLarge(limit: string, setting: string): PlutinoError {
    this.#exceeded = true
    return new PlutinoError('rejected', `the query brings more than ${limit}`, {
      hint: `ask for less, with WHERE and LIMIT, or raise the setting ${setting}`,
    })
  }
}
