import type { StreamContext } from '../../api/context.ts'
import { Backoff } from '../../base/backoff.ts'
import { PlutinoError } from '../../base/errors.ts'

/** When a plugin that ended may start again: at once, and when that goes on, after pauses that grow. */
export class Restarts {
  readonly #ctx: StreamContext
  readonly #backoff = new Backoff()
  #notBefore = 0
  #because = ''

  constructor(ctx: StreamContext) {
    this.#ctx = ctx
  }

  /** Why the last instance that ended did; empty: none has. */
  get because(): string {
    return this.#because
  }

  /** `counts`: false when the same is tried again at once, step by step. */
  ended(plugin: string, { message }: PlutinoError, counts = true): void {
    const { clock, log } = this.#ctx
    this.#because = message
    if (counts) {
      const first = this.#backoff.failures === 0
      const pause = this.#backoff.next()
      this.#notBefore = clock.elapsed() + (first ? 0 : pause)
    }
    log.error('a plugin ended and is started again', { plugin, error: message })
  }

  /** A call went well. */
  passed(): void {
    this.#backoff.reset()
  }

  /** Another version begins. */
  forget(): void {
    this.#backoff.reset()
    this.#notBefore = 0
  }

  /** Throws while the plugin must not start. */
  check(plugin: string): void {
    const { clock, signal } = this.#ctx
    if (signal.aborted) throw new PlutinoError('plugin_failed', `plugin ${plugin} was closed`)
    const pause = this.#notBefore - clock.elapsed()
    if (pause <= 0) return
    throw new PlutinoError(
      'plugin_failed',
      `plugin ${plugin} failed and is started again in ${Math.ceil(pause)} ms; it failed because: ${this.#because}`,
    )
  }
}
