import type { StreamContext } from '../../api/context.ts'

/** At most one line of the log in so many milliseconds. */
const PAUSE_MS = 10_000

/** Reports messages that were left out for their size, without flooding the log. */
export class OversizedReport {
  readonly #ctx: StreamContext
  readonly #limit: number
  #count = 0
  #last = -Infinity

  constructor(ctx: StreamContext, limit: number) {
    this.#ctx = ctx
    this.#limit = limit
  }

  add(topic: string, size: number): void {
    this.#count++
    const now = this.#ctx.clock.elapsed()
    if (now - this.#last < PAUSE_MS) return
    this.#last = now
    this.#ctx.log.error('message larger than maxMessageSize was left out', { topic, size, limit: this.#limit, leftOut: this.#count })
  }
}
