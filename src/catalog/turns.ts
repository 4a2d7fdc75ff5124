interface Turn {
  readonly ended: Promise<void>
}

/** Runs steps of the same key one after another, those of different keys side by side. */
export class Turns {
  readonly #last = new Map<string, Turn>()

  async run<T>(key: string, step: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const { promise, resolve } = Promise.withResolvers<void>()
    const turn: Turn = { ended: promise }
    this.#last.set(key, turn)
    await before?.ended
    try {
      return await step()
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
      resolve()
    }
  }
}
