import { type Batches, NOTHING, type Operator } from '../api/operator.ts'
import type { Row, RowBatch, RowError, Schema } from '../data/batch.ts'
import type { RowLoop, RowResults } from '../expression/compile.ts'

/**
 * An operator that looks at one row at a time and keeps no state: a generated loop over each batch. Rows that fail become errors at
 * their place among the results; errors that came with the batch keep theirs. A batch that nothing is left of is not passed on.
 */
export class RowOperator implements Operator {
  readonly name: string
  readonly #loop: RowLoop
  readonly #schema: Schema | undefined

  /** `schema` is that of the results; absent when rows pass as they are. */
  constructor(name: string, loop: RowLoop, schema?: Schema) {
    this.name = name
    this.#loop = loop
    this.#schema = schema
  }

  process(batch: RowBatch): Batches {
    const { rows, errors } = this.#run(batch)
    if (rows.length === 0 && errors.length === 0) return NOTHING
    const schema = this.#schema ?? batch.schema
    return [
      { ...(batch.together === undefined ? {} : { together: batch.together }), ...(errors.length === 0 ? {} : { errors }), schema, rows },
    ]
  }

  #run(batch: RowBatch): RowResults {
    const rows: Row[] = []
    const errors: RowError[] = []
    let from = 0
    for (const { at, error } of batch.errors ?? []) {
      this.#loop(batch.rows, from, at, { rows, errors })
      errors.push({ at: rows.length, error })
      from = at
    }
    this.#loop(batch.rows, from, batch.rows.length, { rows, errors })
    return { rows, errors }
  }
}
