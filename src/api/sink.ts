import type { RowBatch } from '../data/batch.ts'
import type { StreamContext } from './context.ts'

/** One encoded message. Text that is ASCII or UTF-16 stays a string: the sink writes it into its own buffer without a copy. */
export type Payload = string | Uint8Array

/** Messages encoded by the action's format, template, `sendSingle` and `fields`. */
export interface EncodedBatch {
  readonly payloads: readonly Payload[]
  /** Values of the configuration fields that hold a template (`"topic":"out/{{.device}}"`): for each such field one text per payload. */
  readonly props?: ReadonlyMap<string, readonly string[]>
}

/** What the driver hands to a sink: the same data in the form that the sink asks for. */
export interface SinkBatch {
  /** The rows as they leave the rule, after `dataField` and `fields`. */
  readonly rows: RowBatch
  /** The messages; encoded at the first call. Rows that cannot be encoded are left out and go to the error path. */
  encoded(): EncodedBatch
}

/** Same life cycle as a source: connect (again, with back-off, after every failure that says `reconnect`), write, close. */
export interface Sink {
  connect(ctx: StreamContext): Promise<void>
  /**
   * Called with one batch at a time. Resolves once every message is safe on the other side (acknowledged, committed). Rejects with
   * `unavailable` or `timeout` when the whole batch should come again after a reconnect; with `rejected` when the other side refuses
   * the data: the driver then halves the batch until the refused rows are alone and reports them. A rejected batch must have left
   * nothing behind on the other side, or sending it again must do no harm.
   */
  write(batch: SinkBatch, ctx: StreamContext): Promise<void>
  /**
   * A shorter way for sinks that often need not wait. True: as if `write` had resolved. False: `write` follows with the same batch, which
   * may have been begun. Called between `connect` and the next failure, never while a `write` is under way. What it throws is left to
   * `write`, which is then called.
   */
  writeNow?(batch: SinkBatch): boolean
  /**
   * Puts what it keeps in memory into `ctx.state`. Called with every checkpoint of a rule with qos above 0, when everything that was given
   * before is written; the next `write` follows when the checkpoint is taken. Rejects when it cannot: then there is no checkpoint,
   * and the rule goes on.
   */
  checkpoint?(): Promise<void>
  /** Releases everything. Safe to call twice and before `connect` has succeeded. */
  close(): Promise<void>
}
