import { setImmediate as nextTurn } from 'node:timers/promises'
import { Backoff } from '../base/backoff.ts'
import { monotonicMicros } from '../base/clock.ts'
import { type PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { StreamContext } from '../api/context.ts'
import type { Offset, Source, SourceBatch } from '../api/source.ts'
import type { RowBatch } from '../data/batch.ts'
import { Confirmations, type Token } from './confirmations.ts'
import { describe, type ErrorPath } from './error-path.ts'
import type { NodeMetrics } from './metrics.ts'
import type { RowReader } from './row-reader.ts'
import { Signal } from './signal.ts'

/** How many messages one batch should hold at most: what is made of them then dies young, which the collector has for nothing. */
const BATCH_LIMIT = 1024

/** Where decoded rows go: the pipeline of a rule, or the hub of a shared stream. */
export interface RowConsumer {
  /** How many messages a batch should hold at most, when it wants others than most do. */
  readonly batchLimit?: number | undefined
  /** Rows end in writes that are answered from elsewhere: between two batches it is looked whether an answer has come. */
  readonly waits?: boolean
  /** Takes the batch, always. Holds `token` as long as rows of it wait somewhere. */
  accept(batch: RowBatch, token: Token | undefined): void | Promise<void>
  /** When there is no room for the next batch: resolves when there may be. */
  room(): Promise<void> | undefined
}

export interface SourceDriverParts {
  readonly source: Source
  /** Where reading goes on: a position that the source gave in an earlier life. */
  readonly from?: Offset
  /** Decodes with the columns that are wanted now. */
  readonly reader: () => RowReader
  readonly consumer: RowConsumer
  readonly ctx: StreamContext
  readonly errors: ErrorPath
  readonly sourceMetrics: NodeMetrics
  readonly decoderMetrics: NodeMetrics
}

/**
 * Keeps one source connected, reads batch after batch, decodes, hands the rows on, and commits the offsets whose rows are safe.
 * Back-pressure is the `read` that is not called.
 */
export class SourceDriver {
  readonly #parts: SourceDriverParts
  readonly #confirmations: Confirmations
  readonly #between = new Signal()
  #from: Offset | undefined
  #offset: Offset | undefined
  #batches = 0
  /** A batch is being read or passed on. */
  #reading = false
  /** Nothing is read before it resolves. */
  #held: Promise<void> | undefined

  constructor(parts: SourceDriverParts) {
    this.#parts = parts
    this.#from = parts.from
    this.#offset = parts.from
    this.#confirmations = new Confirmations((offset) => {
      Promise.resolve(parts.source.commit?.(offset)).catch((error: unknown) => {
        parts.ctx.log.warn(`commit failed: ${describe(toPlutinoError(error))}`)
      })
    })
  }

  /** Batches whose rows are not safe yet. */
  get unconfirmed(): number {
    return this.#confirmations.length
  }

  /** Batches that it has passed on. */
  get batches(): number {
    return this.#batches
  }

  /** The position behind the last of them. */
  get offset(): Offset | undefined {
    return this.#offset
  }

  /** Resolves when the rows of all batches until now are safe. */
  settled(): Promise<void> {
    return this.#confirmations.settled()
  }

  /** Runs until the source ends (resolves), `ctx.signal` is aborted (resolves) or an error that no retry can help (rejects). */
  async run(): Promise<void> {
    const { ctx } = this.#parts
    const backoff = new Backoff()
    while (!ctx.signal.aborted) {
      try {
        await this.#connect(backoff)
        await this.#readAll()
        return
      } catch (error) {
        if (ctx.signal.aborted) return
        await this.#recover(toPlutinoError(error, 'unavailable'), backoff)
      }
    }
  }

  /**
   * Reads no more after the batch that is under way, and has the source put into its state what it keeps in memory. Gives what lets it go
   * on. Rejects, and goes on, when the source cannot.
   */
  async hold(): Promise<() => void> {
    const { source } = this.#parts
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    const release = (): void => {
      if (this.#held === promise) this.#held = undefined
      resolve()
    }
    try {
      while (this.#reading) {
        const between = this.#between.wait()
        source.interrupt?.()
        await between
      }
      await source.checkpoint?.()
      return release
    } catch (error) {
      release()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#parts.source.close()
  }

  async #connect(backoff: Backoff): Promise<void> {
    const { source, ctx, sourceMetrics } = this.#parts
    sourceMetrics.connection?.change('connecting', ctx.clock.now())
    await source.connect(ctx, this.#from)
    this.#from = undefined
    if (backoff.failures > 0) ctx.log.info('source available again', { node: ctx.node })
    backoff.reset()
    sourceMetrics.connection?.change('connected', ctx.clock.now())
  }

  async #recover(problem: PlutinoError, backoff: Backoff): Promise<void> {
    const { ctx, sourceMetrics } = this.#parts
    if (problem.code === 'config_invalid' || problem.code === 'internal') throw problem
    const now = ctx.clock.now()
    sourceMetrics.failConnection(describe(problem), now)
    const pause = backoff.next()
    if (backoff.failures === 1) ctx.log.warn(`source not available, trying again: ${describe(problem)}`, { node: ctx.node })
    await ctx.clock.sleep(pause, ctx.signal).catch(() => {})
  }

  async #readAll(): Promise<void> {
    const { consumer, ctx } = this.#parts
    const stopped = new Promise<void>((resolve) => {
      ctx.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    for (;;) {
      while (this.#held !== undefined && !ctx.signal.aborted) await Promise.race([this.#held, stopped])
      if (ctx.signal.aborted || !(await this.#readOne())) return
      for (let wait = consumer.room(); wait !== undefined; wait = consumer.room()) {
        await wait
        if (ctx.signal.aborted) return
      }
      if (consumer.waits === true) await nextTurn()
    }
  }

  /** False when no further batch is to be read. */
  async #readOne(): Promise<boolean> {
    const { source, consumer, ctx } = this.#parts
    this.#reading = true
    try {
      const batch = await source.read(consumer.batchLimit ?? BATCH_LIMIT, ctx)
      if (batch === undefined || ctx.signal.aborted) return false
      if (batch.length > batch.from || batch.offset !== undefined) await this.#pass(batch)
      return !ctx.signal.aborted
    } finally {
      this.#reading = false
      this.#between.fire()
    }
  }

  #pass(batch: SourceBatch): void | Promise<void> {
    const { consumer, ctx, errors, reader, sourceMetrics, decoderMetrics } = this.#parts
    const token = batch.offset === undefined ? undefined : this.#confirmations.begin(batch.offset)
    if (batch.offset !== undefined) this.#offset = batch.offset
    this.#batches++
    const begin = monotonicMicros()
    const count = batch.length - batch.from
    const rows = reader().read(batch)
    const now = ctx.clock.now()
    sourceMetrics.count(count, count, 0, now)
    decoderMetrics.count(count, rows.rows.length, monotonicMicros() - begin, now)
    batch.release?.()
    if (rows.errors !== undefined) for (const { error } of rows.errors) errors.report(decoderMetrics, error)
    const accepted = consumer.accept(rows, token)
    if (accepted === undefined) token?.release()
    else return accepted.then(() => token?.release())
  }
}
