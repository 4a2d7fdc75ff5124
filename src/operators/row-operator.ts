import { type Batches, NOTHING, type Operator } from '../api/operator.ts'
import type { RowBatch, RowError, Schema } from '../data/batch.ts'
import type { CompileDeps } from '../expression/compile.ts'
import type { RowLoop, RowProgram, RowResults } from '../expression/compile-rows.ts'

/** What a row operator makes of a batch. */
interface Outcome extends RowResults {
  readonly results?: number[]
}

/** What the loop of an operator was made of, so that others can make one loop of several. */
export interface RowWork {
  readonly program: RowProgram
  readonly deps: CompileDeps
}

/** A batch with what an operator would make of its rows: computed before it came, together with what others make of them. */
export interface PreparedBatch extends RowBatch {
  readonly prepared: RowResults & { readonly by: RowOperator }
}

interface RowOperatorKind {
  /** It may leave rows out: results of which nothing is left vanish. */
  readonly filters: boolean
  /** The loop is called once for each result of a window, never for several or twice: it keeps state, or looks at all rows of a result. */
  readonly apart?: boolean
  /** Of the rows that are made; absent when rows keep the schema of the batch. */
  readonly schema?: Schema
  /** Only of loops that look at rows of a source alone. */
  readonly work?: RowWork
}

/**
 * An operator that looks at one row at a time and keeps no state: a generated loop over each batch. Rows that fail become errors at
 * their place among the results; errors that came with the batch keep theirs. A result of a window fails as a whole, and a filter that
 * leaves nothing of one takes it away. A batch that nothing is left of is not passed on.
 */
export class RowOperator implements Operator {
  readonly name: string
  readonly #loop: RowLoop
  readonly #filters: boolean
  readonly #apart: boolean
  readonly #schema: Schema | undefined
  /** Present when one loop can do the work of several operators. */
  readonly work: RowWork | undefined

  constructor(name: string, loop: RowLoop, { filters, apart = false, schema, work }: RowOperatorKind) {
    this.name = name
    this.#loop = loop
    this.#filters = filters
    this.#apart = apart
    this.#schema = schema
    this.work = work
  }

  process(batch: RowBatch | PreparedBatch): Batches {
    const outcome: Outcome = 'prepared' in batch && batch.prepared.by === this ? batch.prepared : this.#run(batch)
    const { rows, errors, results } = outcome
    if (rows.length === 0 && errors.length === 0 && (results === undefined || results.length < 2)) return NOTHING
    const schema = this.#schema ?? batch.schema
    if (results === undefined && errors.length === 0) return [{ schema, rows }]
    return [{ ...(results === undefined ? {} : { results }), ...(errors.length === 0 ? {} : { errors }), schema, rows }]
  }

  #run(batch: RowBatch): Outcome {
    const { results } = batch
    if (results !== undefined) return this.#whole(batch, results) ?? this.#byResult(batch, results, { rows: [], errors: [], results: [0] })
    const out: Outcome = { rows: [], errors: [] }
    let from = 0
    for (const { at, error } of batch.errors ?? []) {
      this.#loop(batch.rows, from, at, out)
      out.errors.push({ at: out.rows.length, error })
      from = at
    }
    this.#loop(batch.rows, from, batch.rows.length, out)
    return out
  }

  /** All results in one go, when none of them changes its length. */
  #whole({ rows, errors = [] }: RowBatch, results: readonly number[]): Outcome | undefined {
    if (this.#filters || this.#apart || errors.length > 0) return undefined
    const out: Outcome = { rows: [], errors: [] }
    this.#loop(rows, 0, rows.length, out)
    return out.errors.length > 0 ? undefined : { ...out, results: [...results] }
  }

  #byResult({ rows, errors = [] }: RowBatch, results: readonly number[], out: Outcome): Outcome {
    const waiting = [...errors]
    for (let i = 0; i + 1 < results.length; i++) {
      const [from, to] = [results[i] ?? 0, results[i + 1] ?? 0]
      while (waiting[0] !== undefined && waiting[0].at <= from) this.#keep(waiting.shift(), out)
      const made: Outcome = { rows: [], errors: [] }
      this.#loop(rows, from, to, made)
      const [failed] = made.errors
      if (failed !== undefined) out.errors.push({ at: out.rows.length, error: failed.error })
      else if (made.rows.length > 0 || !this.#filters) {
        for (const row of made.rows) out.rows.push(row)
        out.results?.push(out.rows.length)
      }
    }
    for (const error of waiting) this.#keep(error, out)
    return out
  }

  #keep(error: RowError | undefined, out: Outcome): void {
    if (error !== undefined) out.errors.push({ at: out.rows.length, error: error.error })
  }
}
