import type { Clock } from '../../base/clock.ts'
import type { Heartbeat } from '../guest/heartbeat.ts'

/**
 * Measures how long a call has been inside the guest, and apart from that how long it has waited for the host. Of calls that are made one after
 * another without coming back in between, each has the limits; one that is not the first may use twice as much before it is noticed.
 */
export class Watchdog {
  readonly #clock: Clock
  readonly #limit: number
  readonly #guest: Pick<Heartbeat, 'inGuest' | 'calls'>
  readonly #expired: (ms: number, waiting: boolean) => void
  #waitLimit = 0
  #waitLeft = 0
  #cancel: (() => void) | undefined
  #left = 0
  #since = 0
  /** The number of the call that is measured. */
  #call = 0

  /**
   * `expired` is called with the limit when a call has used it up: its `limit` (ms) inside the guest, if `guest` says that it is not over
   * meanwhile, or the time that it may wait.
   */
  constructor(clock: Clock, limit: number, guest: Pick<Heartbeat, 'inGuest' | 'calls'>, expired: (ms: number, waiting: boolean) => void) {
    this.#clock = clock
    this.#limit = limit
    this.#guest = guest
    this.#expired = expired
  }

  /** The guest is about to make one or more calls, each of which may wait for `waitLimit` (ms) in all. */
  start(waitLimit: number): void {
    this.#waitLimit = waitLimit
    this.#waitLeft = waitLimit
    this.#call = this.#guest.calls + 1
    this.#begin()
  }

  /** The guest waits. */
  pause(): void {
    if (this.#cancel === undefined) return
    this.stop()
    if (this.#goesOn()) this.#left = this.#limit
    else this.#left = Math.max(1, this.#left - (this.#clock.elapsed() - this.#since))
    this.#since = this.#clock.elapsed()
    this.#cancel = this.#clock.after(this.#waitLeft, () => this.#expired(this.#waitLimit, true))
  }

  /** The guest has what it waited for. */
  resume(): void {
    this.stop()
    this.#waitLeft = Math.max(1, this.#waitLeft - (this.#clock.elapsed() - this.#since))
    this.#run()
  }

  #begin(): void {
    this.#left = this.#limit
    this.#run()
  }

  #run(): void {
    this.stop()
    this.#since = this.#clock.elapsed()
    this.#cancel = this.#clock.after(this.#left, () => this.#fire())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** When the main thread was busy, the guest's answer may be on its way, or the call may not have begun. */
  #fire(): void {
    this.#cancel = undefined
    if (!this.#goesOn() && this.#guest.inGuest) this.#expired(this.#limit, false)
    else this.#begin()
  }

  /** The guest is in a later call than the one that was measured. */
  #goesOn(): boolean {
    const { calls } = this.#guest
    if (calls <= this.#call) return false
    this.#call = calls
    this.#waitLeft = this.#waitLimit
    return true
  }
}
