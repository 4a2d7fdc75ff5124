import type { DecodeColumn } from '../api/codec.ts'
import type { FunctionLookup } from '../expression/functions.ts'

/** A stream as a statement sees it. */
export interface PlanStream {
  readonly name: string
  /** Declared columns with their defaults; absent: schemaless. */
  readonly columns?: readonly DecodeColumn[]
  /** It is a table. */
  readonly table?: boolean
}

/** The options of a rule that change its plan. */
export interface PlanOptions {
  /** Computed nulls are sent, not left out. */
  readonly sendNilField?: boolean
  /** Rows have a time of their own. It changes nothing about columns. */
  readonly isEventTime?: boolean
}

/** What planning may ask about the world. */
export interface PlanEnv {
  stream(name: string): PlanStream | undefined
  streamNames(): Iterable<string>
  readonly functions: FunctionLookup
  readonly options: PlanOptions
}
