import type { Token } from './confirmations.ts'

/**
 * What happens between two checkpoints: holds the batches of the sources that came, and knows when everything that the rule gave to its
 * sinks is safe. For the sinks it is a token.
 */
export class Epoch implements Token {
  readonly #sources: Token[] = []
  readonly #safe = Promise.withResolvers<void>()
  /** One for the epoch itself, as long as it goes on. */
  #pending = 1

  /** Batches of sources that wait for the checkpoint. */
  get waiting(): number {
    return this.#sources.length
  }

  /** A batch has entered the state. */
  enter(token: Token): void {
    token.hold()
    this.#sources.push(token)
  }

  hold(): void {
    this.#pending++
  }

  release(): void {
    if (--this.#pending === 0) this.#safe.resolve()
  }

  /** The epoch is over: resolves when all that was given to sinks is safe. */
  close(): Promise<void> {
    this.release()
    return this.#safe.promise
  }

  /** The checkpoint is on disk: the sources may forget what it contains. */
  commit(): void {
    // The last one first: a source is told once, not for every batch.
    for (const token of this.#sources.splice(0).toReversed()) token.release()
  }

  /** There was no checkpoint: the next one answers for this epoch too. */
  passTo(next: Epoch): void {
    next.#sources.unshift(...this.#sources.splice(0))
  }
}
