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
   * True: the rows are one result (the output of a window, an unnested row), which a sink without `sendSingle` gets as one message.
   * Otherwise each row is a result of its own.
   */
  readonly together?: boolean
}
