import { type Clock, sleepOn } from '../../src/base/clock.ts'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>()
  /** Also when timers are due. */
  #elapsed = 0
  /** What the clock on the wall shows at the start of `#elapsed`. */
  #origin: number

  constructor(now = 1_700_000_000_000) {
    this.#origin = now
  }

  now(): number {
    return this.#origin + this.#elapsed
  }

  elapsed(): number {
    return this.#elapsed
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + ms, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal)
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#timers.size
  }

  /** Milliseconds until the first timer; infinite when none waits. */
  get untilNext(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at - this.#elapsed))
  }

  /** Moves time on and fires what is due, in order; what those callbacks and their promises start within the span fires too. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms
    await settle()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#elapsed = Math.max(this.#elapsed, next.at)
      next.callback()
      await settle()
    }
    this.#elapsed = end
    await settle()
  }

  /** Moves time on without firing anything, as a machine that slept. */
  jump(ms: number): void {
    this.#elapsed += ms
  }

  /** Sets the clock on the wall by so much, as NTP does: timers wait as long as before. */
  set(ms: number): void {
    this.#origin += ms
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer
    return first
  }
}

/** Lets every promise that can go on do so: a turn of the event loop comes after all of them. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
