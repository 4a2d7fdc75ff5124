import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { readState, StateWriter } from '../data/state-bytes.ts'
import type { Value } from '../data/value.ts'
import type { RulePlan } from '../plan/nodes.ts'
import type { KvStore } from '../store/kv.ts'

const NAMESPACE = 'checkpoint'

/** The newest complete state of each rule. */
export class CheckpointStore {
  readonly #store: KvStore

  constructor(store: KvStore) {
    this.#store = store
  }

  /**
   * Writes a state, which must not change meanwhile, in pieces between which others get their turn. The one before counts until the last piece
   * is there.
   */
  async save(rule: string, plan: RulePlan, state: Value): Promise<void> {
    const before = this.#current(rule)
    const number = (before?.number ?? 0) + 1
    const pieces = piecesOf(rule, number)
    // A save that was cut short may have left some.
    this.#store.deletePieces(NAMESPACE, pieces)
    const writer = new StateWriter(state)
    let part = 0
    for (let piece = writer.next(); piece !== undefined; piece = writer.next()) {
      this.#store.putPiece(NAMESPACE, pieces, part++, piece)
      await setImmediate()
    }
    this.#store.transaction(() => {
      this.#store.set(NAMESPACE, rule, { number, plan: digestOf(plan) })
      if (before !== undefined) this.#store.deletePieces(NAMESPACE, piecesOf(rule, before.number))
    })
  }

  /** Undefined when there is none for this plan; what is there for another one is dropped. Throws when it is damaged. */
  load(rule: string, plan: RulePlan): Value | undefined {
    const current = this.#current(rule)
    if (current === undefined) return undefined
    if (current.plan === digestOf(plan)) return readState(this.#store.pieces(NAMESPACE, piecesOf(rule, current.number)))
    this.drop(rule)
    return undefined
  }

  drop(rule: string): void {
    const current = this.#current(rule)
    if (current === undefined) return
    this.#store.transaction(() => {
      this.#store.delete(NAMESPACE, rule)
      for (const number of [current.number, current.number + 1]) this.#store.deletePieces(NAMESPACE, piecesOf(rule, number))
    })
  }

  #current(rule: string): { readonly number: number; readonly plan: string } | undefined {
    const value = this.#store.get(NAMESPACE, rule)?.value
    if (typeof value !== 'object' || value === null || !('number' in value) || !('plan' in value)) return undefined
    const { number, plan } = value
    return typeof number === 'number' && typeof plan === 'string' ? { number, plan } : undefined
  }
}

function piecesOf(rule: string, number: number): string {
  return `${number} ${rule}`
}

/** The same for plans that compute the same over rows of the same form. */
function digestOf(plan: RulePlan): string {
  const text = JSON.stringify(plan, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
  return createHash('sha256').update(text).digest('base64')
}
