/** A promise that others wait for, made when somebody does. */
export class Signal {
  #waiting: { promise: Promise<void>; resolve: () => void } | undefined

  /** Resolves at the next `fire`. */
  wait(): Promise<void> {
    this.#waiting ??= Promise.withResolvers<void>()
    return this.#waiting.promise
  }

  fire(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve()
  }
}
