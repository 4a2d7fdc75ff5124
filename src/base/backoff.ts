export interface BackoffOptions {
  /** First pause in milliseconds. */
  readonly first: number
  readonly multiplier: number
  /** Longest pause in milliseconds. */
  readonly longest: number
  /** Share of the pause that is random, 0 to 1: so that many clients do not come back at the same moment. */
  readonly jitter: number
}

const RECONNECT: BackoffOptions = { first: 100, multiplier: 2, longest: 10_000, jitter: 0.2 }

/** Pauses that grow from failure to failure. */
export class Backoff {
  readonly #options: BackoffOptions
  readonly #random: () => number
  #failures = 0

  constructor(options: BackoffOptions = RECONNECT, random: () => number = Math.random) {
    this.#options = options
    this.#random = random
  }

  /** How many failures there were since the last success. */
  get failures(): number {
    return this.#failures
  }

  /** The pause after one more failure, in milliseconds. */
  next(): number {
    const { first, multiplier, longest, jitter } = this.#options
    const pause = Math.min(longest, first * multiplier ** this.#failures++)
    return Math.round(pause * (1 - jitter * this.#random()))
  }

  /** After a success. */
  reset(): void {
    this.#failures = 0
  }
}
