/** Runs what it is given one after another, in the order of the calls. */
export class InOrder {
  #tail: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work, work)
    this.#tail = done.catch(() => {})
    return done
  }
}
