import type { Offset } from '../api/source.ts'

/** One batch of a source on its way to the sinks. `release` once for every `hold`. */
export interface Token {
  /** The source's position behind the batch. */
  readonly offset?: Offset
  /** One more place where the batch's rows wait. */
  hold(): void
  /** The rows are safe there, or have ended on the error path. */
  release(): void
}

interface Entry {
  readonly offset: Offset
  pending: number
  /** Who waits for it to be committed. */
  waiting?: PromiseWithResolvers<void>
}

/**
 * Which offsets a source may acknowledge: an offset is committed when the rows of its batch, and of all batches before it, are safe in
 * every sink.
 */
export class Confirmations {
  readonly #commit: (offset: Offset) => void
  readonly #open: Entry[] = []
  #first = 0

  constructor(commit: (offset: Offset) => void) {
    this.#commit = commit
  }

  /** Begins with one hold, which the caller releases when it has handed the batch on. */
  begin(offset: Offset): Token {
    const entry: Entry = { offset, pending: 1 }
    this.#open.push(entry)
    return {
      offset,
      hold: () => {
        entry.pending++
      },
      release: () => {
        if (--entry.pending === 0) this.#advance()
      },
    }
  }

  /** Batches that are not committed yet. */
  get length(): number {
    return this.#open.length - this.#first
  }

  /** Resolves when every batch that has begun until now is committed. */
  async settled(): Promise<void> {
    const last = this.#open.at(-1)
    if (last === undefined || this.length === 0) return
    last.waiting ??= Promise.withResolvers<void>()
    await last.waiting.promise
  }

  #advance(): void {
    let last: Entry | undefined
    const waiting: PromiseWithResolvers<void>[] = []
    for (let entry = this.#open[this.#first]; entry !== undefined && entry.pending === 0; entry = this.#open[this.#first]) {
      last = entry
      if (entry.waiting !== undefined) waiting.push(entry.waiting)
      this.#first++
    }
    if (last === undefined) return
    if (this.#first === this.#open.length || this.#first > 64) {
      this.#open.splice(0, this.#first)
      this.#first = 0
    }
    this.#commit(last.offset)
    for (const one of waiting) one.resolve()
  }
}
