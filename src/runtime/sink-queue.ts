import type { RowBatch } from '../data/batch.ts'
import type { Token } from './confirmations.ts'
import type { ShapedRows } from './row-shape.ts'

interface Waiting {
  readonly batch: RowBatch
  readonly token: Token | undefined
}

/** One write of a sink: rows that lie behind one another, and the batches that they came from. */
export interface Chunk {
  readonly input: ShapedRows
  readonly tokens: readonly Token[]
}

/** How many rows one write should have at most. */
const CHUNK_ROWS = 8192

/** Rows that wait for one sink, in order. */
export class SinkQueue {
  readonly #batchSize: number
  #waiting: Waiting[] = []
  #rows = 0

  /** `batchSize`: rows of one message; 0: each result is a message. */
  constructor(batchSize: number) {
    this.#batchSize = batchSize
  }

  /** Number of rows that wait. */
  get rows(): number {
    return this.#rows
  }

  get empty(): boolean {
    return this.#waiting.length === 0
  }

  /** Holds the token until the rows leave in a chunk that is released. */
  push(batch: RowBatch, token: Token | undefined): void {
    token?.hold()
    this.#waiting.push({ batch, token })
    this.#rows += batch.rows.length
  }

  /** Gives the tokens back without the rows: what waits is lost when the process ends. */
  releaseTokens(): void {
    this.#waiting = this.#waiting.map(({ batch, token }) => {
      token?.release()
      return { batch, token: undefined }
    })
  }

  /**
   * What the next write should take: batches of one schema, about CHUNK_ROWS rows. With a batch size only whole messages, unless
   * `flush`. Undefined when there is nothing to take.
   */
  take(flush: boolean): Chunk | undefined {
    const first = this.#waiting[0]
    if (first === undefined) return undefined
    let count = 0
    let rows = 0
    for (const { batch } of this.#waiting) {
      if (
        batch.schema !== first.batch.schema ||
        (batch.results === undefined) !== (first.batch.results === undefined) ||
        (rows > 0 && rows + batch.rows.length > CHUNK_ROWS)
      )
        break
      rows += batch.rows.length
      count++
    }
    const mixed = count < this.#waiting.length
    const rest = this.#batchSize > 0 && !flush && !mixed ? rows % this.#batchSize : 0
    if (rest === rows && rest > 0) return undefined
    const taken = this.#waiting.splice(0, count)
    if (rest > 0) this.#putBack(taken, rest)
    this.#rows -= rows - rest
    return { input: this.#join(taken), tokens: taken.flatMap(({ token }) => (token === undefined ? [] : [token])) }
  }

  /** The last `rest` rows go on waiting, with their tokens. */
  #putBack(taken: Waiting[], rest: number): void {
    let left = rest
    while (left > 0) {
      const last = taken.pop()
      if (last === undefined) return
      const { batch, token } = last
      const keep = Math.min(left, batch.rows.length)
      this.#waiting.unshift({ batch: { ...batch, rows: batch.rows.slice(batch.rows.length - keep) }, token })
      if (keep < batch.rows.length) {
        token?.hold()
        taken.push({ batch: { ...batch, rows: batch.rows.slice(0, batch.rows.length - keep) }, token })
      }
      left -= keep
    }
  }

  #join(taken: readonly Waiting[]): ShapedRows {
    const first = taken[0]?.batch
    if (first === undefined) return { schema: { columns: [] }, rows: [] }
    const rows = taken.length === 1 ? first.rows : taken.flatMap(({ batch }) => batch.rows)
    if (this.#batchSize > 0) return { schema: first.schema, rows, bounds: everyNth(rows.length, this.#batchSize) }
    return first.results === undefined ? { schema: first.schema, rows } : { schema: first.schema, rows, bounds: boundsOf(taken) }
  }
}

/** The ends of all results, behind one another. */
function boundsOf(taken: readonly Waiting[]): readonly number[] {
  const bounds = [0]
  let before = 0
  for (const { batch } of taken) {
    const { results = [] } = batch
    for (let i = 1; i < results.length; i++) bounds.push(before + (results[i] ?? 0))
    before += batch.rows.length
  }
  return bounds
}

function everyNth(length: number, n: number): readonly number[] {
  const bounds: number[] = []
  for (let i = 0; i < length; i += n) bounds.push(i)
  bounds.push(length)
  return bounds
}
