import type { Clock } from '../../base/clock.ts'

/** Measures how long a call has been inside the guest; time that the guest waits for the host does not count. */
export class Watchdog {
  readonly #clock: Clock
  readonly #limit: number
  readonly #inGuest: () => boolean
  readonly #expired: () => void
  #cancel: (() => void) | undefined
  #left = 0
  #since = 0

  /** `expired` is called when a call has used up its `limit` (ms) and `inGuest` says that it is not over meanwhile. */
  constructor(clock: Clock, limit: number, inGuest: () => boolean, expired: () => void) {
    this.#clock = clock
    this.#limit = limit
    this.#inGuest = inGuest
    this.#expired = expired
  }

  start(): void {
    this.#left = this.#limit
    this.resume()
  }

  pause(): void {
    if (this.#cancel === undefined) return
    this.stop()
    this.#left = Math.max(1, this.#left - (this.#clock.now() - this.#since))
  }

  resume(): void {
    this.stop()
    this.#since = this.#clock.now()
    this.#cancel = this.#clock.after(this.#left, () => this.#fire())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** When the main thread was busy, the guest's answer may be on its way, or the call may not have begun. */
  #fire(): void {
    this.#cancel = undefined
    if (this.#inGuest()) this.#expired()
    else this.start()
  }
}
