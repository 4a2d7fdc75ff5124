/** Memory for one read of a socket: under load a read brings what the system has gathered, and what is done once a batch is done rarely. */
export const SLAB_SIZE = 2 * 1024 * 1024

/** Slabs that wait for their next use, at most. */
const SPARE = 4

/** A piece of memory that a socket reads into and batches point into. */
export class Slab {
  readonly bytes: Buffer
  /** Where the first byte lies that has not been framed. */
  position = 0
  /** Where the next byte that is read goes. */
  filled = 0
  /** Batches that still need these bytes. */
  users = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size)
  }
}

/** Slabs of the usual size, used again; larger ones live as long as one large packet. */
export class SlabPool {
  readonly #spare: Slab[] = []

  take(size: number): Slab {
    const slab = size <= SLAB_SIZE ? this.#spare.pop() : undefined
    if (slab === undefined) return new Slab(Math.max(size, SLAB_SIZE))
    slab.position = slab.filled = 0
    return slab
  }

  /** Called when nothing reads from or into the slab any more. */
  give(slab: Slab): void {
    if (slab.bytes.length === SLAB_SIZE && this.#spare.length < SPARE) this.#spare.push(slab)
  }
}
