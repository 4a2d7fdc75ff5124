import type { DecodeColumn } from '../api/codec.ts'
import type { Schema } from '../data/batch.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { Nulls } from '../expression/compile.ts'

/** What one source of a rule must deliver. The order of a row's slots: columns, the record, metadata, the time. */
export interface SourceNode {
  readonly op: 'source'
  /** Name of the stream; the definition is looked up by the runtime. */
  readonly stream: string
  readonly columns: readonly DecodeColumn[]
  /** The whole record is wanted too (`*` of a schemaless stream). */
  readonly record: boolean
  /** Keys of the metadata that the rule reads, `*` for all of it. */
  readonly meta: readonly string[]
  /** The time of the message in milliseconds is wanted (event_time(), windows). */
  readonly time: boolean
  /** Number of slots. */
  readonly width: number
}

export interface FilterNode {
  readonly op: 'filter'
  readonly input: PlanNode
  readonly predicate: BoundExpr
}

export interface ProjectNode {
  readonly op: 'project'
  readonly input: PlanNode
  /** One for each output slot; `schema.columns[i]` describes it. */
  readonly exprs: readonly BoundExpr[]
  /** What becomes of a null in each output slot. */
  readonly nulls: readonly Nulls[]
  readonly schema: Schema
}

/** The plan of a statement: plain data that can be printed, compared and posted to a worker. */
export type PlanNode = SourceNode | FilterNode | ProjectNode

export interface RulePlan {
  readonly root: PlanNode
  /** Every source in the tree, in the order of FROM. */
  readonly sources: readonly SourceNode[]
  /** What the statement's result looks like. */
  readonly output: Schema
}
