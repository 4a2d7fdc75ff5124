import { monotonicMicros } from '../base/clock.ts'
import { PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { StreamContext } from '../api/context.ts'
import type { Sink } from '../api/sink.ts'
import type { RowBatch } from '../data/batch.ts'
import type { ActionProperties } from './action-properties.ts'
import type { Token } from './confirmations.ts'
import type { ErrorPath } from './error-path.ts'
import { hasMessages, withErrorRows } from './error-rows.ts'
import type { MessageBatch, MessageFormer } from './message-former.ts'
import type { NodeMetrics } from './metrics.ts'
import type { ShapedRows } from './row-shape.ts'
import { Signal } from './signal.ts'
import { SinkConnection } from './sink-connection.ts'
import { type Chunk, SinkQueue } from './sink-queue.ts'

/** Codes that condemn rows, not the connection: the batch is halved until they are alone. */
const ROW_CODES: ReadonlySet<string> = new Set(['rejected', 'row_failed', 'decode_failed'])

/** How long a message that is not full waits when a source waits for its acknowledgement and nothing more comes, in milliseconds. */
const QUIET_MS = 1000

/** Rows that may wait when nobody says how many: a sink that waits for its writes makes one of many rows. */
const BUFFERED = { atOnce: 1024, waiting: 4096 } as const

/** What goes wrong is said again by `write`. */
function takenNow(sink: Sink, messages: MessageBatch): boolean {
  try {
    return sink.writeNow?.(messages) === true
  } catch {
    return false
  }
}

export interface SinkDriverParts {
  readonly sink: Sink
  readonly former: MessageFormer
  readonly common: ActionProperties
  /** Rows that failed are sent as `{"error":"…"}` too. */
  readonly sendError: boolean
  readonly ctx: StreamContext
  readonly errors: ErrorPath
  readonly transform: NodeMetrics
  readonly encode: NodeMetrics
  readonly metrics: NodeMetrics
}

/**
 * Feeds one sink: gathers rows, forms messages, writes one batch at a time, connects again after failures and repeats the batch, and
 * releases a batch's token when its rows are safe or have ended on the error path.
 */
export class SinkDriver {
  readonly #parts: SinkDriverParts
  readonly #queue: SinkQueue
  readonly #arrived = new Signal()
  readonly #left = new Signal()
  readonly #idle = new Signal()
  readonly #connection: SinkConnection
  #busy = false
  /** Messages that the sink did not take at once: the next to be written. */
  #begun: MessageBatch | undefined
  #flush = false
  #cancelLinger: (() => void) | undefined
  /** Of the batch that is being written. */
  #tokens: readonly Token[] = []

  constructor(parts: SinkDriverParts) {
    this.#parts = parts
    this.#queue = new SinkQueue(parts.common.batchSize)
    this.#connection = new SinkConnection({ ...parts, lost: () => this.#left.fire() })
    parts.metrics.bufferLength = () => this.#queue.rows
  }

  /** The sink cannot be reached now. */
  get failing(): boolean {
    return this.#connection.failing
  }

  /** It may take a batch where it is made; others take what has gathered while they wrote. */
  get takesAtOnce(): boolean {
    return this.#parts.sink.writeNow !== undefined
  }

  /** How many rows a batch should have at most, when that is not what most want: all that one write takes, if few may wait for the next. */
  get batchLimit(): number | undefined {
    return this.takesAtOnce || this.#room >= BUFFERED.waiting ? undefined : BUFFERED.waiting
  }

  get full(): boolean {
    return this.#queue.rows >= this.#room
  }

  /** Takes the rows, always; `room` says when to stop giving. */
  offer(batch: RowBatch, token: Token | undefined): void {
    const { errors = [] } = batch
    if (this.#offersDirectly && errors.length === 0 && this.#handOver(batch, token)) return
    if (errors.length === 0 || !this.#parts.sendError) {
      if (hasMessages(batch)) this.#queue.push(batch, token)
    } else for (const part of withErrorRows(batch)) this.#queue.push(part, token)
    this.#arrived.fire()
  }

  /** When the queue is full: resolves when that may have changed. */
  room(): Promise<void> | undefined {
    return this.full ? this.#left.wait() : undefined
  }

  /** Gives the tokens of rows that are not safe back: the stream goes on although this sink does not. */
  releaseTokens(): void {
    this.#release()
    this.#queue.releaseTokens()
  }

  /** The sink is connected again by itself: there is nothing to wait for. */
  wake(): void {
    this.#connection.wake()
  }

  /** Runs until `ctx.signal` is aborted. Never rejects. */
  async run(): Promise<void> {
    const { ctx } = this.#parts
    await this.#connection.reach()
    while (!ctx.signal.aborted) {
      if (this.#begun !== undefined) {
        await this.#finish(this.#begun)
        continue
      }
      const chunk = this.#queue.take(this.#flush)
      if (chunk === undefined) {
        await this.#waitForRows()
        continue
      }
      this.#left.fire()
      await this.#deliver(chunk)
    }
  }

  /** Resolves when everything offered so far has been written; gives up when `ctx.signal` is aborted. */
  async drain(): Promise<void> {
    this.#flush = true
    this.#arrived.fire()
    while ((this.#busy || !this.#queue.empty) && !this.#parts.ctx.signal.aborted) await this.#idle.wait()
  }

  /**
   * For a checkpoint, while nothing is offered: resolves when everything offered so far has been written and the sink has put into its state
   * what it keeps in memory. Rejects when it cannot, or cannot be reached.
   */
  async checkpoint(): Promise<void> {
    const { sink, ctx } = this.#parts
    this.#flush = true
    this.#arrived.fire()
    while ((this.#busy || !this.#queue.empty) && !ctx.signal.aborted) {
      if (this.failing)
        throw new PlutinoError('unavailable', `${ctx.node} has not written what was given to it: its state is that of before`)
      await Promise.race([this.#idle.wait(), this.#left.wait()])
    }
    if (this.#connection.reached) await sink.checkpoint?.()
  }

  /** Wakes everybody who waits, after the abort. */
  async close(): Promise<void> {
    this.#cancelLinger?.()
    this.#arrived.fire()
    this.#left.fire()
    this.#idle.fire()
    await this.#parts.sink.close()
  }

  get #room(): number {
    return this.#parts.common.bufferLength ?? (this.takesAtOnce ? BUFFERED.atOnce : BUFFERED.waiting)
  }

  /** Nothing waits, and results are messages as they are. */
  get #offersDirectly(): boolean {
    const { sink, common } = this.#parts
    return sink.writeNow !== undefined && common.batchSize === 0 && this.#connection.reached && !this.#busy && this.#queue.empty
  }

  /** The short way of rows to a sink that takes them at once: no promise is made. False: they have to wait. */
  #handOver(batch: RowBatch, token: Token | undefined): boolean {
    if (!hasMessages(batch)) return true
    const { sink, encode, metrics, ctx } = this.#parts
    const messages = this.#counted({
      schema: batch.schema,
      rows: batch.rows,
      ...(batch.results === undefined ? {} : { bounds: batch.results }),
    })
    if (messages === undefined) return true
    const begin = monotonicMicros()
    if (takenNow(sink, messages)) {
      const now = ctx.clock.now()
      encode.count(messages.length, messages.length, 0, now)
      metrics.count(messages.length, messages.length, monotonicMicros() - begin, now)
      return true
    }
    token?.hold()
    this.#busy = true
    this.#tokens = token === undefined ? [] : [token]
    this.#begun = messages
    this.#arrived.fire()
    return true
  }

  async #waitForRows(): Promise<void> {
    const { common, ctx } = this.#parts
    this.#flush = false
    this.#idle.fire()
    if (!this.#queue.empty) {
      const pause = common.lingerInterval > 0 ? common.lingerInterval : QUIET_MS
      const lingering = this.#cancelLinger !== undefined && common.lingerInterval > 0
      if (!lingering) {
        this.#cancelLinger?.()
        this.#cancelLinger = ctx.clock.after(pause, () => this.#flushNow())
      }
    }
    await this.#arrived.wait()
  }

  #flushNow(): void {
    this.#cancelLinger = undefined
    this.#flush = true
    this.#arrived.fire()
  }

  async #deliver(chunk: Chunk): Promise<void> {
    this.#busy = true
    this.#tokens = chunk.tokens
    this.#cancelLinger?.()
    this.#cancelLinger = undefined
    await this.#finish(this.#counted(chunk.input))
  }

  /** Writes messages that are the only ones under way. */
  async #finish(messages: MessageBatch | undefined): Promise<void> {
    this.#begun = undefined
    const safe = messages === undefined || (await this.#write(messages))
    if (safe) this.#release()
    this.#busy = false
    if (this.#queue.empty) this.#idle.fire()
  }

  #counted(input: ShapedRows): MessageBatch | undefined {
    const { transform, ctx } = this.#parts
    const begin = monotonicMicros()
    const messages = this.#form(input)
    transform.count(input.rows.length, messages?.length ?? 0, monotonicMicros() - begin, ctx.clock.now())
    return messages
  }

  /** Undefined when the rows cannot be formed at all: they are reported. */
  #form(input: ShapedRows): MessageBatch | undefined {
    try {
      return this.#parts.former.form(input)
    } catch (error) {
      this.#parts.errors.report(this.#parts.transform, toPlutinoError(error), input.rows.length)
      return undefined
    }
  }

  /** From the last to the first, so that the source hears of one offset only. */
  #release(): void {
    const tokens = this.#tokens
    this.#tokens = []
    for (const token of tokens.toReversed()) token.release()
  }

  /** True when every row is safe or reported; false when the rule ended first. */
  async #write(messages: MessageBatch): Promise<boolean> {
    const { sink, ctx, encode, metrics } = this.#parts
    while (!ctx.signal.aborted) {
      const begin = monotonicMicros()
      try {
        await sink.write(messages, ctx)
        const now = ctx.clock.now()
        encode.count(messages.length, messages.length, 0, now)
        metrics.count(messages.length, messages.length, monotonicMicros() - begin, now)
        this.#connection.succeeded()
        return true
      } catch (thrown) {
        const error = toPlutinoError(thrown, 'internal')
        if (ctx.signal.aborted) return false
        if (ROW_CODES.has(error.code)) return this.#isolate(messages, error)
        await this.#connection.reachAgain(error)
      }
    }
    return false
  }

  async #isolate(messages: MessageBatch, error: PlutinoError): Promise<boolean> {
    const halves = messages.halves()
    if (halves === undefined) {
      this.#parts.metrics.count(messages.length, 0, 0, this.#parts.ctx.clock.now())
      this.#parts.errors.report(this.#parts.metrics, error, messages.length)
      return true
    }
    return (await this.#write(halves[0])) && (await this.#write(halves[1]))
  }
}
