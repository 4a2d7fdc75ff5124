import type { Clock } from '../../base/clock.ts'

const SECOND = 1000

/** How often a guest may ask the server's thread for something: a thread that only answers one guest answers nobody else. */
export class RequestRate {
  readonly #clock: Clock
  readonly #most: number
  #begin = 0
  #asked = 0

  constructor(clock: Clock, most: number) {
    this.#clock = clock
    this.#most = most
  }

  /** Counts a request; undefined: it may be answered at once. */
  take(): Promise<void> | undefined {
    const now = this.#clock.elapsed()
    if (now >= this.#begin + SECOND) {
      this.#begin = now
      this.#asked = 0
    }
    if (++this.#asked <= this.#most) return undefined
    return this.#clock.sleep(this.#begin + SECOND - now)
  }
}
