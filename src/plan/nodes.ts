import type { DecodeColumn } from '../api/codec.ts'
import type { Schema } from '../data/batch.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { AggregateCall, AnalyticCall, BatchCall, DedupCall, NumberCall, WindowBound } from '../expression/calls.ts'
import type { Nulls } from '../expression/compile-rows.ts'
import type { TimeUnit } from '../sql/ast.ts'

/**
 * Every node but `source` makes rows from the rows of its input. A node that computes something per row or per group appends it: its
 * row is the input's row and then one slot for each of its own values, and `width` counts all of them. Expressions of a node name the
 * slots of its input's rows; those above an `aggregate` name first those of the group's first row, then the
 * aggregates. Until the rule `layout` has run, slots are names that hold for the whole statement and widths are 0.
 */
interface Node {
  /** Number of slots of the rows that the node gives. */
  readonly width: number
}

/** What one source of a rule must deliver. The order of a row's slots: columns, the record, metadata, the time. */
export interface SourceNode extends Node {
  readonly op: 'source'
  /** Place of the source in FROM, from 0: its port. */
  readonly place: number
  /** Name of the stream; the definition is looked up by the runtime. */
  readonly stream: string
  readonly columns: readonly DecodeColumn[]
  /** The whole record is wanted too (`*` of a schemaless stream). */
  readonly record: boolean
  /** Keys of the metadata that the rule reads, `*` for all of it. */
  readonly meta: readonly string[]
  /**
   * The time of the row in milliseconds is wanted (event_time(), windows): when the message was received, or in event time the value
   * of the column `timestamp`.
   */
  readonly time: boolean
  /** Event time: the one of `columns` that holds the time. */
  readonly timestamp?: string
  /** A table: its rows are kept for joins, at most this many; without one they are events. */
  readonly retain?: number
}

/** WHERE, HAVING, the FILTER of a window: passes what makes the predicate true. */
interface FilterNode extends Node {
  readonly op: 'filter'
  readonly input: PlanNode
  readonly predicate: BoundExpr
  /** How its errors begin: `run Where error: …`. */
  readonly clause: 'Where' | 'Having' | 'Filter'
}

/** Functions that remember rows: lag, latest, acc_sum, changed_cols, last_hit_count … */
interface AnalyticNode extends Node {
  readonly op: 'analytic'
  readonly input: PlanNode
  readonly calls: readonly AnalyticCall[]
}

/** Calls that are made once for a batch of rows, one after another; a later call may read the slot of an earlier one. */
interface CallBatchNode extends Node {
  readonly op: 'callBatch'
  readonly input: PlanNode
  readonly calls: readonly BatchCall[]
}

/** A window of GROUP BY. Lengths are milliseconds, those of count windows rows. */
export type WindowSpec =
  | { readonly type: 'tumbling'; readonly unit: TimeUnit; readonly length: number }
  | { readonly type: 'hopping'; readonly unit: TimeUnit; readonly length: number; readonly hop: number }
  /** `when`: OVER (WHEN …), only rows that make it true fire. `delay` 0: fires at once, with the row. */
  | { readonly type: 'sliding'; readonly unit: TimeUnit; readonly length: number; readonly delay: number; readonly when?: BoundExpr }
  | { readonly type: 'session'; readonly unit: TimeUnit; readonly length: number; readonly gap: number }
  /** Fires every `step` rows with the last `length`. */
  | { readonly type: 'count'; readonly length: number; readonly step: number }
  /** Without `emit` a row that makes `begin` true closes the previous window and opens the next. */
  | { readonly type: 'state'; readonly begin: BoundExpr; readonly emit?: BoundExpr; readonly partition: readonly BoundExpr[] }

/**
 * A window over one input, or over all inputs of a join. Gives results: everything that is in the window when it fires, in the order of
 * time. Over several inputs the rows of input i are as wide as all of them together and only its own slots are filled: the node
 * above is a `join`, which pairs them.
 */
export interface WindowNode extends Node {
  readonly op: 'window'
  readonly inputs: readonly PlanNode[]
  readonly spec: WindowSpec
  /** For each input the slot of the row's time in its own rows. */
  readonly times: readonly number[]
  /**
   * Slots behind those of the inputs that each row gets when the window fires: all bounds that the statement reads. Where a group of an
   * empty window has no first row, its row holds the bounds alone.
   */
  readonly bounds: readonly WindowBound[]
  /** Windows in which nothing is are not given: a filter that was above them stands below them now. */
  readonly omitEmpty: boolean
}

/** The next source of FROM, joined to everything before it. */
export interface JoinStep {
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'
  /** Slots of the right side in the joined row: `from <= slot < to`; everything below `from` is the left side. */
  readonly from: number
  readonly to: number
  /** Equalities of the condition: both sides over the joined row; the row pairs where all of them are equal. */
  readonly equal: readonly { readonly left: BoundExpr; readonly right: BoundExpr }[]
  /** The rest of the condition, over the joined row. */
  readonly on?: BoundExpr
}

/** Joins what a window over several inputs holds; or, another node, each result of its input with tables. */
export interface JoinNode extends Node {
  readonly op: 'join'
  /** Without tables: the window. */
  readonly input: PlanNode
  /** Tables, whose rows are kept: none, or one for each step. */
  readonly tables: readonly PlanNode[]
  /** Step i joins input i + 1 of the window, or table i. */
  readonly steps: readonly JoinStep[]
}

/** Joins each row with what a lookup table answers for it; INNER or LEFT. */
export interface LookupNode extends Node {
  readonly op: 'lookup'
  readonly input: PlanNode
  /** Place of the table in FROM, from 0. */
  readonly place: number
  /** Name of the table; the runtime opens its source. */
  readonly table: string
  readonly type: 'INNER' | 'LEFT'
  /** Columns of the table that must equal values of the row. */
  readonly keys: readonly { readonly column: string; readonly value: BoundExpr }[]
  /** The rest of the condition, over the joined row. */
  readonly on?: BoundExpr
  /** What is read of the table; a slot each behind the input's, then the whole record when it is wanted. */
  readonly columns: readonly DecodeColumn[]
  readonly record: boolean
}

/**
 * Groups. Gives for each result of its input one result with a row for each group, in the order in which groups appear: the first row of
 * the group (with the bounds of the window), the aggregates. Without `groupBy` there is one group, also in an empty window. Without a window below
 * (`each`) every row is a group and a result of its own.
 */
export interface AggregateNode extends Node {
  readonly op: 'aggregate'
  readonly input: PlanNode
  readonly groupBy: readonly BoundExpr[]
  /** The slots of a group's first row that nodes above read; the others are absent. */
  readonly firsts: readonly number[]
  readonly calls: readonly AggregateCall[]
  readonly each: boolean
  /** Folded row by row inside the window below, which keeps no rows. */
  readonly incremental: boolean
  /** Instead of groups: every row of the result with the aggregates of all of it, for a condition above. There is no `groupBy`. */
  readonly rows?: true
}

/** `row_number()`: numbers the rows of each result (of each partition of it) from 1. */
interface NumberNode extends Node {
  readonly op: 'number'
  readonly input: PlanNode
  readonly calls: readonly NumberCall[]
}

/** `dedup_trigger()`: rows wait until their interval has ended, and leave in the order of its end; those that give nothing new are dropped. */
interface DedupNode extends Node {
  readonly op: 'dedup'
  readonly input: PlanNode
  readonly calls: readonly DedupCall[]
}

/** ORDER BY, within each result. Nulls last in both directions. */
export interface OrderNode extends Node {
  readonly op: 'order'
  readonly input: PlanNode
  readonly terms: readonly { readonly expr: BoundExpr; readonly descending: boolean }[]
}

export interface ProjectNode extends Node {
  readonly op: 'project'
  readonly input: PlanNode
  /** One for each output slot; `schema.columns[i]` describes it. */
  readonly exprs: readonly BoundExpr[]
  /** What becomes of a null in each output slot. */
  readonly nulls: readonly Nulls[]
  readonly schema: Schema
}

/** SELECT DISTINCT: equal rows of a result once. */
interface DistinctNode extends Node {
  readonly op: 'distinct'
  readonly input: PlanNode
}

/** unnest: one row for each element of the array in a slot of the projected row. extract: the members of an object as columns. */
interface ExpandNode extends Node {
  readonly op: 'expand'
  readonly input: PlanNode
  readonly function: 'unnest' | 'extract'
  /** Slot of the projected row that holds the array or object; its column names scalars. */
  readonly slot: number
  /** LIMIT: at most so many rows of each result; without a window of each row. */
  readonly limit?: number
  readonly schema: Schema
}

/** At most `count` rows of each result. */
interface LimitNode extends Node {
  readonly op: 'limit'
  readonly input: PlanNode
  readonly count: number
}

/** The plan of a statement: plain data that can be printed, compared and posted to a worker. */
export type PlanNode =
  | SourceNode
  | FilterNode
  | AnalyticNode
  | CallBatchNode
  | WindowNode
  | JoinNode
  | LookupNode
  | AggregateNode
  | NumberNode
  | DedupNode
  | OrderNode
  | ProjectNode
  | DistinctNode
  | ExpandNode
  | LimitNode

export interface RulePlan {
  readonly root: PlanNode
  /** Every source in the tree, in the order of FROM; lookup tables are none. */
  readonly sources: readonly SourceNode[]
  /** Names of the lookup tables that the statement reads. */
  readonly lookups: readonly string[]
  /** What the statement's result looks like. */
  readonly output: Schema
  /** Rows have a time of their own: windows follow the watermark, not the clock. */
  readonly eventTime: boolean
}

/** The nodes directly below. */
export function inputsOf(node: PlanNode): readonly PlanNode[] {
  switch (node.op) {
    case 'source':
      return []
    case 'window':
      return node.inputs
    case 'join':
      return [node.input, ...node.tables]
    case 'filter':
    case 'analytic':
    case 'callBatch':
    case 'lookup':
    case 'aggregate':
    case 'number':
    case 'dedup':
    case 'order':
    case 'project':
    case 'distinct':
    case 'expand':
    case 'limit':
      return [node.input]
  }
}
