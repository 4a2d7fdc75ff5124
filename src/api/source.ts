import type { Cell, Struct, Value } from '../data/value.ts'
import type { StreamContext } from './context.ts'

/** A position in a source's input, opaque to everyone but that source: plain data that can be stored. */
export type Offset = Value

/** Payloads that lie in one piece of memory: payload `i` is `bytes[starts[i]] .. bytes[ends[i] - 1]`, for `from <= i < length`. */
export interface PayloadBatch {
  readonly bytes: Buffer
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly from: number
  readonly length: number
}

/** What one `read` brought: bytes for a codec, or records that need none. The source's definition says which. */
export interface SourceBatch {
  /** Messages `from <= i < length` are this batch's. */
  readonly from: number
  readonly length: number
  /** Set by sources whose definition says `payload: 'bytes'`. Valid until `release()`. */
  readonly payloads?: PayloadBatch
  /** Set by sources whose definition says `payload: 'values'`: one record for each message, by the same index. */
  readonly records?: readonly Struct[]
  /** When the messages were received, in milliseconds since the epoch. */
  readonly time: number
  /** Event times by index, from sources that know one for each message; they stand in the place of `time`. */
  readonly times?: readonly number[]
  /** One member of message `index`'s metadata (`topic`, `qos` ...); absent when it has none such. Called only for what a rule reads. */
  meta?(index: number, key: string): Cell
  /** All metadata of a message, for `meta(*)`. */
  metaAll?(index: number): Struct
  /** The position after the last message; absent from sources that cannot resume or acknowledge. Later batches have later offsets. */
  readonly offset?: Offset
  /** Called once by the driver when nothing reads the batch's memory any more: the source may reuse it. */
  release?(): void
}

/**
 * A source of messages. The driver calls `connect` first and again, with back-off, whenever a call fails with a retry hint of
 * `reconnect`; then `read` in a loop, one call at a time; `commit` at any moment between; `close` once, last.
 */
export interface Source {
  /**
   * Resolves once messages can be read, starting after `from` when it is given. A source that reconnects by itself reports the state
   * of its connection through `ctx.log` and keeps `read` waiting meanwhile; one that does not fails `read` with `unavailable`.
   */
  connect(ctx: StreamContext, from?: Offset): Promise<void>
  /**
   * Waits for messages and hands over what came, at most about `limit`. Not calling it is back-pressure: a push source must stop
   * reading its socket. Returns `undefined` when there will never be more. Rejects when `ctx.signal` is aborted.
   */
  read(limit: number, ctx: StreamContext): Promise<SourceBatch | undefined>
  /** Everything up to `offset` has been handled and need not be delivered again; also acknowledges all earlier batches. */
  commit?(offset: Offset): void | Promise<void>
  /** A `read` that waits returns soon; when nothing has come, with a batch of no messages and no offset. Called at any time. */
  interrupt?(): void
  /**
   * Puts what it keeps in memory into `ctx.state`, as of the last batch that it has given. Called with every checkpoint of a rule with qos above
   * 0, and before the rule stops, while no `read` is under way; the next one follows when the checkpoint is taken. Rejects when it
   * cannot: then there is no checkpoint, and the rule goes on.
   */
  checkpoint?(): Promise<void>
  /** Releases everything. Safe to call twice and before `connect` has succeeded. */
  close(): Promise<void>
}

/** State of a connection, for the rule's status: 1 connected, 0 connecting, -1 disconnected. */
export type ConnectionState = 'connected' | 'connecting' | 'disconnected'

/** Where a connector reports its connection. Given to `create` by the driver; may be called at any time, also after `close`. */
export type ConnectionObserver = (state: ConnectionState, message?: string) => void
