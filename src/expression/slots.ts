/** What a slot of a source holds. `stream`: place of the source in FROM, from 0. */
export interface SlotRead {
  readonly stream: number
  readonly kind: 'column' | 'record' | 'meta' | 'time'
  /** Of the column or the metadata key; empty for the others. */
  readonly name: string
}

/** The order in which a source lays out what is read of it. */
const ORDER = { column: 0, record: 1, meta: 2, time: 3 } as const

/**
 * Hands out slots while binding: numbers that hold for the whole statement. Where each of them stands in the rows of a node is known
 * only when the plan is laid out.
 */
export class Slots {
  readonly #reads: (SlotRead | undefined)[] = []
  readonly #known = new Map<string, number>()

  column(stream: number, name: string): number {
    return this.#slot({ stream, kind: 'column', name })
  }

  meta(stream: number, name: string): number {
    return this.#slot({ stream, kind: 'meta', name })
  }

  record(stream: number): number {
    return this.#slot({ stream, kind: 'record', name: '' })
  }

  time(stream: number): number {
    return this.#slot({ stream, kind: 'time', name: '' })
  }

  /** A slot for a value that is computed once and read by expressions above. */
  computed(): number {
    this.#reads.push(undefined)
    return this.#reads.length - 1
  }

  /** What a slot of a source holds; undefined for computed ones. */
  readOf(slot: number): SlotRead | undefined {
    return this.#reads[slot]
  }

  /** Those of `used` that are read of a source, in the order of its rows. */
  readsOf(stream: number, used: ReadonlySet<number>): readonly (SlotRead & { readonly slot: number })[] {
    return this.#reads
      .flatMap((read, slot) => (read?.stream === stream && used.has(slot) ? [{ ...read, slot }] : []))
      .toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind] || a.slot - b.slot)
  }

  #slot(read: SlotRead): number {
    const key = `${read.stream} ${read.kind} ${read.name}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#reads.push(read)
    this.#known.set(key, this.#reads.length - 1)
    return this.#reads.length - 1
  }
}
