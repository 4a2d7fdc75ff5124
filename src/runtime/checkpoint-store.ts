import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { readState, StateWriter } from '../data/state-bytes.ts'
import type { Value } from '../data/value.ts'
import type { KvStore } from '../store/kv.ts'

const NAMESPACE = 'checkpoint'

/** The newest complete state of each owner: of a rule by its id, of a shared stream. */
export class CheckpointStore {
  readonly #store: KvStore

  constructor(store: KvStore) {
    this.#store = store
  }

  /**
   * Writes a state, which must not change meanwhile, in pieces between which others get their turn. The one before counts until the last piece
   * is there. `of`: whose state it is, such as the plan of the rule.
   */
  async save(owner: string, of: object, state: Value): Promise<void> {
    const before = this.#current(owner)
    const number = (before?.number ?? 0) + 1
    const pieces = piecesOf(owner, number)
    // A save that was cut short may have left some.
    this.#store.deletePieces(NAMESPACE, pieces)
    const writer = new StateWriter(state)
    let part = 0
    for (let piece = writer.next(); piece !== undefined; piece = writer.next()) {
      this.#store.putPiece(NAMESPACE, pieces, part++, piece)
      await setImmediate()
    }
    this.#store.transaction(() => {
      this.#store.set(NAMESPACE, owner, { number, plan: digestOf(of) })
      if (before !== undefined) this.#store.deletePieces(NAMESPACE, piecesOf(owner, before.number))
    })
  }

  /** Undefined when there is none of this; what is there of another one, such as an older plan, is dropped. Throws when it is damaged. */
  load(owner: string, of: object): Value | undefined {
    const current = this.#current(owner)
    if (current === undefined) return undefined
    if (current.plan === digestOf(of)) return readState(this.#store.pieces(NAMESPACE, piecesOf(owner, current.number)))
    this.drop(owner)
    return undefined
  }

  drop(owner: string): void {
    const current = this.#current(owner)
    if (current === undefined) return
    this.#store.transaction(() => {
      this.#store.delete(NAMESPACE, owner)
      for (const number of [current.number, current.number + 1]) this.#store.deletePieces(NAMESPACE, piecesOf(owner, number))
    })
  }

  #current(owner: string): { readonly number: number; readonly plan: string } | undefined {
    const value = this.#store.get(NAMESPACE, owner)?.value
    if (typeof value !== 'object' || value === null || !('number' in value) || !('plan' in value)) return undefined
    const { number, plan } = value
    return typeof number === 'number' && typeof plan === 'string' ? { number, plan } : undefined
  }
}

function piecesOf(owner: string, number: number): string {
  return `${number} ${owner}`
}

/** The same for plans that compute the same over rows of the same form, and for streams with the same definition. */
function digestOf(of: object): string {
  const text = JSON.stringify(of, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
  return createHash('sha256').update(text).digest('base64')
}
