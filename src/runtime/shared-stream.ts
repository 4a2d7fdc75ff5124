import type { RowBatch } from '../data/batch.ts'
import type { Token } from './confirmations.ts'
import { layoutMapping, unionLayout } from './layout.ts'
import type { Layout, RowReader } from './row-reader.ts'
import type { RowConsumer } from './source-driver.ts'

/** A rule that reads from a shared stream. */
export interface Subscriber extends RowConsumer {
  /** Its sinks cannot be reached: it must not hold the others back. */
  readonly failing: boolean
  releaseTokens(): void
  /** Rows that it could not keep, and why. */
  dropped(rows: number, why: string): void
}

interface Subscription {
  readonly layout: Layout
  readonly subscriber: Subscriber
  map: (batch: RowBatch) => RowBatch
}

/**
 * One source for many rules: decoded once, with the union of their columns. A rule that is slow slows the stream; a rule whose sinks
 * cannot be reached keeps what its buffer holds and then loses rows, so that it never stops the others.
 */
export class SharedStream implements RowConsumer {
  readonly #makeReader: (layout: Layout) => RowReader
  #subscriptions: readonly Subscription[] = []
  #reader: RowReader | undefined

  constructor(makeReader: (layout: Layout) => RowReader) {
    this.#makeReader = makeReader
  }

  get size(): number {
    return this.#subscriptions.length
  }

  /** Returns the function that ends the subscription. */
  subscribe(layout: Layout, subscriber: Subscriber): () => void {
    const subscription: Subscription = { layout, subscriber, map: (batch) => batch }
    this.#subscriptions = [...this.#subscriptions, subscription]
    this.#reader = undefined
    return () => {
      this.#subscriptions = this.#subscriptions.filter((other) => other !== subscription)
      this.#reader = undefined
    }
  }

  /** Compiled again for the first batch after the rules have changed. */
  reader(): RowReader {
    if (this.#reader === undefined) {
      const union = unionLayout(this.#subscriptions.map(({ layout }) => layout))
      this.#reader = this.#makeReader(union)
      for (const subscription of this.#subscriptions) subscription.map = layoutMapping(subscription.layout, union)
    }
    return this.#reader
  }

  accept(batch: RowBatch, token: Token | undefined): void | Promise<void> {
    const pending: Promise<void>[] = []
    for (const { subscriber, map } of this.#subscriptions) {
      if (subscriber.failing) {
        subscriber.releaseTokens()
        if (subscriber.room() !== undefined) {
          subscriber.dropped(batch.rows.length, 'a sink of the rule cannot be reached')
          continue
        }
      }
      const accepted = this.#give(subscriber, map(batch), subscriber.failing ? undefined : token)
      if (accepted !== undefined) pending.push(accepted)
    }
    return pending.length === 0 ? undefined : allOf(pending)
  }

  /** A rule that fails on a batch fails alone. */
  #give(subscriber: Subscriber, batch: RowBatch, token: Token | undefined): Promise<void> | undefined {
    const lose = (error: unknown): void => subscriber.dropped(batch.rows.length, error instanceof Error ? error.message : String(error))
    try {
      return subscriber.accept(batch, token)?.catch(lose)
    } catch (error) {
      lose(error)
      return undefined
    }
  }

  room(): Promise<void> | undefined {
    for (const { subscriber } of this.#subscriptions) {
      const wait = subscriber.failing ? undefined : subscriber.room()
      if (wait !== undefined) return wait
    }
    return undefined
  }
}

async function allOf(pending: readonly Promise<void>[]): Promise<void> {
  await Promise.all(pending)
}
