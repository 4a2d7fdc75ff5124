/**
 * Work of one rule that must not overlap: one piece after another, in the order of the calls. As long as nothing waits, work runs at
 * once and without a promise.
 */
export class InTurn {
  #waiting: Promise<void> | undefined

  /** Throws, or rejects, as `work` does; what follows runs all the same. */
  run(work: () => void | Promise<void>): void | Promise<void> {
    const pending = this.#waiting === undefined ? work() : this.#waiting.then(work)
    if (pending === undefined) return
    const settled: Promise<void> = pending
      .catch(() => {})
      .finally(() => {
        if (this.#waiting === settled) this.#waiting = undefined
      })
    this.#waiting = settled
    return pending
  }
}
