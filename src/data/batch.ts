import type { PlutinoError } from '../base/errors.ts'
import type { Cell } from './value.ts'
import type { Column } from './types.ts'

/** Values in slots that the plan fixed. The engine writes a row once, in one place, and never changes it afterwards. */
export type Row = readonly Cell[]

/** What the slots of a batch's rows mean, in order. */
export interface Schema {
  readonly columns: readonly SchemaColumn[]
}

export interface SchemaColumn extends Column {
  /** The slot holds a record whose members are columns themselves (`SELECT *` of a schemaless stream); columns after it win over its members. */
  readonly spread?: boolean
}

/** A row that could not be evaluated or decoded. It takes the place of a row in the order of results. */
export interface RowError {
  /** Index in `rows` before which the error happened. */
  readonly at: number
  readonly error: PlutinoError
}

/** The unit of work between operators. */
export interface RowBatch {
  readonly schema: Schema
  readonly rows: readonly Row[]
  /** Rows that failed on the way; they travel to the sinks' error path. */
  readonly errors?: readonly RowError[]
  /**
   * The results of a window, when there is one below: result i is rows `results[i] <= r < results[i + 1]`, possibly none, and a sink
   * without `sendSingle` gets it as one message. Absent: each row is a result of its own.
   */
  readonly results?: readonly number[]
}

/** Rows `from <= i < to` of a batch without its errors; with results those that lie within, empty ones at `to` included. */
export function sliceBatch({ schema, rows, results }: RowBatch, from: number, to: number): RowBatch {
  const part = { schema, rows: rows.slice(from, to) }
  if (results === undefined) return part
  const inside = results.filter((bound, i) => i > 0 && bound <= to && (bound > from || from === 0))
  return { ...part, results: [0, ...inside.map((bound) => bound - from)] }
}
