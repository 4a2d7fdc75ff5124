import type { DecodeColumn } from '../api/codec.ts'
import type { FunctionLookup } from '../expression/functions.ts'

/** A stream or table as a statement sees it. */
export interface PlanStream {
  readonly name: string
  /** Declared columns with their defaults; absent: schemaless. */
  readonly columns?: readonly DecodeColumn[]
  /** It is a table: `scan` keeps rows for joins, `lookup` is asked for each row. */
  readonly table?: 'scan' | 'lookup'
  /** Scan tables: how many rows are kept. */
  readonly retain?: number
  /** KEY: by this column the rows of a stream are shared between tasks; of a table it is the primary key. */
  readonly key?: string
  /** The column that holds the time of a row (TIMESTAMP). */
  readonly timestamp?: string
}

/** The options of a rule that change its plan. */
export interface PlanOptions {
  /** Computed nulls are sent, not left out. */
  readonly sendNilField?: boolean
  /** Rows have a time of their own: the stream's TIMESTAMP column. */
  readonly isEventTime?: boolean
  /** The metadata of the message goes with each row (sendMetaToSink). */
  readonly sendMeta?: boolean
  /** Rows carry marks, so that it can be told what becomes of each (`withRowMarks`). */
  readonly marked?: boolean
}

/** What planning may ask about the world. */
export interface PlanEnv {
  stream(name: string): PlanStream | undefined
  streamNames(): Iterable<string>
  readonly functions: FunctionLookup
  readonly options: PlanOptions
}
