import type { Payload } from '../../api/sink.ts'
import type { Clock } from '../../base/clock.ts'

/** How much may wait for one listener before who publishes waits for it, in bytes. */
const MOST_WAITING = 4 * 1024 * 1024
/** How long a listener may hold everybody up before it is cut off, in milliseconds. */
const PATIENCE_MS = 1000

/** Somebody who gets what is published. */
export interface Listener {
  send(payloads: readonly Payload[]): void
  /** Bytes that it has not taken yet. */
  readonly behind: number
  /** Resolves when it has taken everything, or is gone. */
  caughtUp(): Promise<void>
  /** Ends the connection at once. */
  cut(): void
}

/** Everybody who gets what is published at one place. One that does not read is waited for shortly, then cut off. */
export class Audience {
  readonly #clock: Clock
  readonly #listeners = new Set<Listener>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#listeners.size
  }

  add(listener: Listener): void {
    this.#listeners.add(listener)
  }

  delete(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  /** Resolves when nobody is far behind any more. */
  async publish(payloads: readonly Payload[]): Promise<void> {
    if (payloads.length === 0) return
    for (const listener of this.#listeners) listener.send(payloads)
    const slow = [...this.#listeners].filter(({ behind }) => behind > MOST_WAITING)
    if (slow.length > 0) await this.#waitFor(slow)
  }

  async #waitFor(slow: readonly Listener[]): Promise<void> {
    const waiting = new AbortController()
    const late = this.#clock.sleep(PATIENCE_MS, waiting.signal).catch(() => {})
    await Promise.race([Promise.all(slow.map((listener) => listener.caughtUp())), late])
    waiting.abort()
    for (const listener of slow) if (listener.behind > MOST_WAITING) listener.cut()
  }
}
