import type { LookupCaching } from '../../api/lookup.ts'
import type { Row } from '../../data/batch.ts'

/** Answers that are kept at most; the oldest makes room. */
const MOST_ANSWERS = 100_000

interface Kept {
  readonly rows: readonly Row[]
  readonly since: number
  /** In milliseconds. */
  readonly until: number
}

/** What a lookup table has answered. */
export class LookupCache {
  readonly #caching: LookupCaching
  readonly #kept = new Map<string, Kept>()

  constructor(caching: LookupCaching) {
    this.#caching = caching
  }

  /** Undefined: ask the table. */
  find(key: string, now: number): readonly Row[] | undefined {
    const kept = this.#kept.get(key)
    // A clock that was set back does not make answers live longer.
    if (kept === undefined || (now < kept.until && now >= kept.since)) return kept?.rows
    this.#kept.delete(key)
    return undefined
  }

  keep(key: string, rows: readonly Row[], now: number): void {
    const { ttl, missing } = this.#caching
    if (rows.length === 0 && !missing) return
    const oldest = this.#kept.keys().next()
    if (this.#kept.size >= MOST_ANSWERS && oldest.done !== true) this.#kept.delete(oldest.value)
    this.#kept.set(key, { rows, since: now, until: ttl === 0 ? Number.POSITIVE_INFINITY : now + ttl })
  }
}
