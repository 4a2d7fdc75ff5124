import { Backoff } from '../base/backoff.ts'
import { type PlutinoError, toPlutinoError } from '../base/errors.ts'
import type { StreamContext } from '../api/context.ts'
import type { Sink } from '../api/sink.ts'
import { describe } from './error-path.ts'
import type { NodeMetrics } from './metrics.ts'

export interface SinkConnectionParts {
  readonly sink: Sink
  readonly ctx: StreamContext
  readonly metrics: NodeMetrics
  /** Called when the sink cannot be reached any more, or still not. */
  readonly lost: () => void
}

/** Whether a sink is connected, and the pauses between attempts that grow until something has been written again. */
export class SinkConnection {
  readonly #parts: SinkConnectionParts
  readonly #backoff = new Backoff()
  #reached = false
  #failing = false
  #pausing: AbortController | undefined

  constructor(parts: SinkConnectionParts) {
    this.#parts = parts
  }

  /** It is connected, or was when it was written to last. */
  get reached(): boolean {
    return this.#reached
  }

  /** The sink cannot be reached now. */
  get failing(): boolean {
    return this.#failing
  }

  /** Connects, again and again until it works or `ctx.signal` is aborted. Never rejects. */
  async reach(): Promise<void> {
    const { sink, ctx, metrics } = this.#parts
    while (!ctx.signal.aborted) {
      metrics.connection?.change('connecting', ctx.clock.now())
      try {
        await sink.connect(ctx)
        metrics.connection?.change('connected', ctx.clock.now())
        if (this.#failing) ctx.log.info('sink available again', { node: ctx.node })
        this.#failing = false
        this.#reached = true
        return
      } catch (error) {
        if (ctx.signal.aborted) return
        await this.#fail(toPlutinoError(error, 'unavailable'))
      }
    }
  }

  /** After a write that failed: pauses and connects. Never rejects. */
  async reachAgain(error: PlutinoError): Promise<void> {
    await this.#fail(error)
    await this.reach()
  }

  /** Something was written: the next pause is short. */
  succeeded(): void {
    this.#backoff.reset()
  }

  /** The sink is connected again by itself: there is nothing to wait for. */
  wake(): void {
    this.#pausing?.abort()
  }

  async #fail(cause: PlutinoError): Promise<void> {
    const { ctx, metrics, lost } = this.#parts
    metrics.failConnection(describe(cause), ctx.clock.now())
    if (!this.#failing) ctx.log.warn(`sink not available, trying again: ${describe(cause)}`, { node: ctx.node, code: cause.code })
    this.#failing = true
    this.#reached = false
    lost()
    this.#pausing = new AbortController()
    await ctx.clock.sleep(this.#backoff.next(), AbortSignal.any([ctx.signal, this.#pausing.signal])).catch(() => {})
    this.#pausing = undefined
  }
}
