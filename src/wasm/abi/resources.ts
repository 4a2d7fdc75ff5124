import { GuestTrap } from './trap.ts'

/** Handles that a guest holds, and what they stand for in the host. A guest can use only the handles that it was given. */
export class Resources {
  readonly #held = new Map<number, number>()
  #next = 1

  /** Gives the guest a handle for `rep`. */
  give(rep: number): number {
    const handle = this.#next++
    this.#held.set(handle, rep)
    return handle
  }

  lookUp(handle: number): number {
    const rep = this.#held.get(handle)
    if (rep === undefined) throw new GuestTrap(`the guest used handle ${handle}, which it does not hold`)
    return rep
  }

  /** The guest gives the handle back. */
  take(handle: number): number {
    const rep = this.lookUp(handle)
    this.#held.delete(handle)
    return rep
  }
}
