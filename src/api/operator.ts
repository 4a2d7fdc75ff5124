import type { RowBatch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { StreamContext } from './context.ts'

export type Batches = readonly RowBatch[]
export const NOTHING: Batches = []

/** One step of a rule, between decoding and encoding. Takes batches and returns batches; only the runtime moves them on. */
export interface Operator {
  /** As the rule's status shows it: `filter`, `project` ... */
  readonly name: string
  /** `port` tells the inputs of a join apart; it is 0 everywhere else. Synchronous but for `call-batch`. */
  process(batch: RowBatch, port: number, ctx: StreamContext): Batches | Promise<Batches>
  /** No row older than `watermark` (milliseconds) will follow: windows that end before it can close. */
  advance?(watermark: number, ctx: StreamContext): Batches
  /** The state to put in a checkpoint, as plain data. */
  snapshot?(): Value
  /** Called before the first `process` with what `snapshot` gave. */
  restore?(state: Value): void
}
