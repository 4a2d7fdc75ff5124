import type { RowBatch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { StreamContext } from './context.ts'

export type Batches = readonly RowBatch[]
export const NOTHING: Batches = []

/**
 * One step of a rule, between decoding and encoding. Takes batches and returns batches; only the runtime moves them on. Time reaches an
 * operator in rows (the slot that the plan names) and through `advance`, never from a clock: so a run can be repeated exactly.
 */
export interface Operator {
  /** As the rule's status shows it: `filter`, `project` ... */
  readonly name: string
  /**
   * `port` tells the inputs of a window over a join, or the tables of a join, apart; it is 0 everywhere else. Rows of one port come in
   * the order of time, in event time those of all ports do. Never throws for what a row holds: such a row becomes an error of the
   * batch. Synchronous but for operators that wait (`callBatch`, `lookup`, aggregates of plugins): neither `process` nor
   * `advance` is called before they have answered.
   */
  process(batch: RowBatch, port: number, ctx: StreamContext): Batches | Promise<Batches>
  /**
   * No row older than `time` (milliseconds) will follow: what is due until then, `time` included, fires. In event time it is called with
   * every new watermark, after the rows up to it; otherwise with the clock, when `wakeAt` has come and before a batch is processed.
   */
  advance?(time: number, ctx: StreamContext): Batches | Promise<Batches>
  /**
   * Outside event time: the clock has been set back by `by` milliseconds and shows `time`. What waits for times that have been ends at once or
   * goes on in the new time, at its pace; no row is lost. Rows and `advance` come with the new time from now on. Absent: nothing to do.
   */
  setBack?(by: number, time: number, ctx: StreamContext): Batches | Promise<Batches>
  /** True: in event time `advance` is called with every watermark, also with those that rows of one batch have moved one after another. */
  readonly everyWatermark?: boolean
  /**
   * Outside event time: when `advance` must be called next at the latest, in milliseconds. Asked after each call. `-Infinity`, also in
   * event time: it has left work over, for which `advance` is called again with the time of before, when others have had their turn.
   */
  wakeAt?(): number | undefined
  /**
   * Called right before `snapshot`, with nothing between: what the operator keeps elsewhere, in a plugin, comes to where `snapshot` finds it. When it
   * rejects there is no snapshot, and the operator goes on.
   */
  gather?(ctx: StreamContext): Promise<void>
  /** The state for a checkpoint as plain data, which later calls do not change. May be large: it is made in one go, so it copies memory and formats nothing. */
  snapshot?(): Value
  /** Called before the first `process` with what `snapshot` gave, possibly by an earlier version of the program. */
  restore?(state: Value): void
}
