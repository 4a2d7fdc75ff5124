import type { BoundExpr } from './bound.ts'

/** A value that a node of the plan appends to rows, and its slot. */
interface Appended {
  readonly slot: number
}

/** One call of an analytic function. Evaluated for every row in the order of time; a later call may read the slot of an earlier one. */
export interface AnalyticCall extends Appended {
  /** Name of the function, in lower case. */
  readonly function: string
  /** The rows that it sees: as the function says. */
  readonly over: 'rows' | 'results' | 'groups'
  readonly args: readonly BoundExpr[]
  /** `*` of a source without a schema stands where a value must: every row fails, as in eKuiper. */
  readonly wildcard?: boolean
  readonly partition: readonly BoundExpr[]
  /** OVER (WHEN …). With `hits` the condition that reads the call: it is evaluated when the slot has its value. */
  readonly when?: BoundExpr
  /** The state changes only for rows that make `when` true; see the function. */
  readonly hits?: boolean
}

/** One call of a function of kind `batch`: it waits or runs in a plugin. */
export interface BatchCall extends Appended {
  readonly function: string
  /** Counts the calls of plugins and of what else waits, in the statement. */
  readonly place: number
  readonly args: readonly BoundExpr[]
  /** The arguments as SQL, for messages. */
  readonly texts: readonly string[]
}

/** One call of an aggregate. `count(*)` has the argument true, `collect(*)` the record of the row. */
export interface AggregateCall extends Appended {
  /** Name of the function, in lower case. */
  readonly function: string
  readonly args: readonly BoundExpr[]
  readonly distinct: boolean
  /** Of an aggregate whose groups are in a plugin: as of a call of kind `batch`. */
  readonly plugin?: { readonly place: number; readonly texts: readonly string[] }
  /** Rows that make it true count: FILTER (WHERE …). */
  readonly filter?: BoundExpr
}

/** `row_number()`. */
export interface NumberCall extends Appended {
  readonly partition: readonly BoundExpr[]
  readonly when?: BoundExpr
}

/** `dedup_trigger(start, end, now, expire)`: the parts of the interval that no earlier row has covered. */
export interface DedupCall extends Appended {
  readonly start: BoundExpr
  readonly end: BoundExpr
  /** The time of the row: a row whose interval has not ended waits. */
  readonly now: BoundExpr
  /** How long covered intervals are remembered, and rows wait at most, in milliseconds. */
  readonly expire: number
}

/** What a window knows about itself, in milliseconds: `window_start()`, `window_end()`, the time of the row that fired it. */
export interface WindowBound extends Appended {
  readonly bound: 'start' | 'end' | 'trigger'
}

/** The calls of a statement that are no plain expressions: nodes of the plan make them, and expressions read their slots. */
export class Calls {
  readonly analytic: AnalyticCall[] = []
  readonly batch: BatchCall[] = []
  readonly aggregate: AggregateCall[] = []
  readonly number: NumberCall[] = []
  readonly dedup: DedupCall[] = []
  readonly bounds: WindowBound[] = []

  /** For the next call of a plugin. */
  get nextPlace(): number {
    return this.batch.length + this.aggregate.filter(({ plugin }) => plugin !== undefined).length
  }
}
