/** The variables that can be seen at a place of one template body, and how many slots its frame needs. */
export class Scope {
  readonly #levels: Map<string, number>[] = [new Map([['$', 0]])]
  #slots = 1
  /** How many `range` surround the place. */
  loops = 0

  get slots(): number {
    return this.#slots
  }

  enter(): void {
    this.#levels.push(new Map())
  }

  leave(): void {
    this.#levels.pop()
  }

  /** A new slot, also where the name is known already: the new variable hides the old one. */
  declare(name: string): number {
    const slot = this.#slots++
    this.#levels.at(-1)?.set(name, slot)
    return slot
  }

  find(name: string): number | undefined {
    return this.#levels.findLast((level) => level.has(name))?.get(name)
  }
}
