import type { PlutinoError } from '../../base/errors.ts'

const CALLS = 3

/** Codes that say nothing about the version: the other side does not answer. */
const ELSEWHERE: ReadonlySet<string> = new Set(['unavailable', 'timeout'])
/** Codes that may be about the data. */
const REFUSALS: ReadonlySet<string> = new Set(['rejected', 'row_failed', 'denied', 'decode_failed'])

/** The other side does not answer; another version would not help. */
export function isElsewhere({ code }: PlutinoError): boolean {
  return ELSEWHERE.has(code)
}

/** The first calls of a new version in one node: when they fail the version before takes its place again. */
export class Trial {
  #left = CALLS
  #refused = 0

  get over(): boolean {
    return this.#left <= 0
  }

  passed(): void {
    this.#left--
    this.#refused = 0
  }

  /**
   * Whether the version is to go: it trapped or does not take its configuration, or has refused everything so far. `divisible`: what was
   * refused comes again in parts, of which only some may be bad.
   */
  condemns({ code }: PlutinoError, divisible = false): boolean {
    if (this.over || ELSEWHERE.has(code)) return false
    return !REFUSALS.has(code) || (!divisible && ++this.#refused >= CALLS)
  }
}
