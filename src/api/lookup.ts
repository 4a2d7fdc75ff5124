import type { Cell, Struct } from '../data/value.ts'
import type { StreamContext } from './context.ts'

/** What an operator asks a lookup table. */
export interface LookupQuery {
  /** Columns of the table that must equal values; at least one, each once. */
  readonly keys: readonly string[]
  /** Values for `keys`, in their order; none of them is null. Each tuple once. */
  readonly tuples: readonly (readonly Cell[])[]
  /** The columns that are wanted; absent: all that the table has. */
  readonly columns?: readonly string[]
}

/** The rows that the table has for each of the tuples, by the same index: none, one or several. A row may have more columns than were wanted. */
export type LookupAnswer = readonly (readonly Struct[])[]

/**
 * The other side of a lookup table. The runtime calls `connect` first and again, with back-off, whenever a call fails with a retry hint
 * of `reconnect`, and then asks again; calls do not overlap. Rows of the rule wait meanwhile, none is lost.
 */
export interface LookupSource {
  /** Resolves once the table can be asked. */
  connect(ctx: StreamContext): Promise<void>
  /**
   * Asked once for all rows of a batch. Rejects with `unavailable` or `timeout` when the same question should be asked again after a
   * reconnect; with `rejected` or `denied` when it has no answer (no such table, no such column): the rows of the batch are errors then.
   */
  lookup(query: LookupQuery, ctx: StreamContext): Promise<LookupAnswer>
  /** Releases everything. Safe to call twice and before `connect` has succeeded. */
  close(): Promise<void>
}

/** Whether answers are kept, and how long. */
export interface LookupCaching {
  /** Milliseconds; 0: as long as the rule runs. */
  readonly ttl: number
  /** That a tuple has no rows is kept too. */
  readonly missing: boolean
}
