import { GuestTrap } from './trap.ts'

interface Held {
  readonly resource: string
  readonly rep: number
}

/** Handles that a guest holds, and what they stand for in the host. A guest can use only the handles that it was given, as what they are. */
export class Resources {
  readonly #held = new Map<number, Held>()
  #next = 1

  /** Gives the guest a handle for `rep`, of the type `resource`. */
  give(rep: number, resource: string): number {
    const handle = this.#next++
    this.#held.set(handle, { resource, rep })
    return handle
  }

  lookUp(handle: number, resource: string): number {
    const held = this.#held.get(handle)
    if (held === undefined) throw new GuestTrap(`the guest used handle ${handle}, which it does not hold`)
    if (held.resource !== resource) throw new GuestTrap(`the guest used handle ${handle} as a ${resource}, but it is a ${held.resource}`)
    return held.rep
  }

  /** The guest gives the handle back. */
  take(handle: number, resource: string): number {
    const rep = this.lookUp(handle, resource)
    this.#held.delete(handle)
    return rep
  }
}
