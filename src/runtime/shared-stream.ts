import type { RowBatch } from '../data/batch.ts'
import type { Compiler } from '../expression/compile.ts'
import type { RowOperator } from '../operators/row-operator.ts'
import type { Prefilter } from '../plan/prefilter.ts'
import type { Token } from './confirmations.ts'
import { unionLayout } from './layout.ts'
import { RowDistribution, type Wish } from './row-distribution.ts'
import type { Layout, ReadLayout, RowReader } from './row-reader.ts'
import type { RowConsumer } from './source-driver.ts'

/** A rule that reads from a shared stream. */
export interface Subscriber extends RowConsumer {
  /** Its sinks cannot be reached: it must not hold the others back. */
  readonly failing: boolean
  /** The operator that gets its rows as they come, when there is one that looks at each row alone. */
  readonly first?: RowOperator | undefined
  releaseTokens(): void
  /** Rows that it could not keep, and why. */
  dropped(rows: number, why: string): void
  /** Gets a function that counts the rows which the rule's filter would have left out and which were not shown to it. */
  unseen(rows: () => number): void
}

const MANY_RULES_BATCH = 16_384

interface Subscription extends Wish {
  readonly subscriber: Subscriber
  /** It stands among those that may have no room. */
  crowded: boolean
}

/**
 * One source for many rules: decoded once, with the union of their columns. A rule that is slow slows the stream; a rule whose sinks
 * cannot be reached keeps what its buffer holds and then loses rows, so that it never stops the others.
 */
export class SharedStream implements RowConsumer {
  readonly #makeReader: (layout: ReadLayout) => RowReader
  readonly #compiler: Compiler
  #subscriptions: readonly Subscription[] = []
  #reader: RowReader | undefined
  #distribution: RowDistribution<Subscription> | undefined
  /** Rows of which each rule with a prefilter got those that were found for it. */
  #looked = 0
  /** Those that may have no room. */
  #crowded: Subscription[] = []

  constructor(makeReader: (layout: ReadLayout) => RowReader, compiler: Compiler) {
    this.#makeReader = makeReader
    this.#compiler = compiler
  }

  /** Many rules share the cost of a batch: each gets few of its rows. */
  get batchLimit(): number | undefined {
    return this.#distribution?.looksUp === true
      ? MANY_RULES_BATCH
      : this.#subscriptions.find(({ subscriber }) => subscriber.batchLimit !== undefined)?.subscriber.batchLimit
  }

  get waits(): boolean {
    return this.#subscriptions.some(({ subscriber }) => subscriber.waits === true)
  }

  get size(): number {
    return this.#subscriptions.length
  }

  /** Returns the function that ends the subscription. */
  subscribe(layout: Layout, subscriber: Subscriber, prefilter?: Prefilter): () => void {
    const subscription: Subscription = { layout, subscriber, prefilter, first: subscriber.first, found: 0, crowded: true }
    const before = this.#looked
    subscriber.unseen(() => (prefilter === undefined ? 0 : this.#looked - before - subscription.found))
    this.#subscriptions = [...this.#subscriptions, subscription]
    this.#crowded.push(subscription)
    this.#reader = undefined
    return () => {
      this.#subscriptions = this.#subscriptions.filter((other) => other !== subscription)
      this.#crowded = this.#crowded.filter((other) => other !== subscription)
      this.#reader = undefined
    }
  }

  /** Compiled again for the first batch after the rules have changed. */
  reader(): RowReader {
    if (this.#reader === undefined) {
      const union = unionLayout(this.#subscriptions.map(({ layout }) => layout))
      this.#reader = this.#makeReader(union)
      this.#distribution = new RowDistribution(this.#subscriptions, union, this.#compiler)
    }
    return this.#reader
  }

  /** Rows that `reader` made. */
  accept(batch: RowBatch, token: Token | undefined): void | Promise<void> {
    const pending: Promise<void>[] = []
    const looked = this.#distribution?.share(batch, (subscription, rows) => {
      const accepted = this.#offer(subscription, rows, token)
      if (accepted !== undefined) pending.push(accepted)
    })
    if (looked === true) this.#looked += batch.rows.length
    return pending.length === 0 ? undefined : allOf(pending)
  }

  #offer(subscription: Subscription, batch: RowBatch, token: Token | undefined): Promise<void> | undefined {
    const { subscriber } = subscription
    if (!subscriber.failing) return this.#give(subscription, batch, token)
    subscriber.releaseTokens()
    if (subscriber.room() === undefined) return this.#give(subscription, batch, undefined)
    subscriber.dropped(batch.rows.length, 'a sink of the rule cannot be reached')
    return undefined
  }

  /** A rule that fails on a batch fails alone. */
  #give(subscription: Subscription, batch: RowBatch, token: Token | undefined): Promise<void> | undefined {
    const { subscriber } = subscription
    const lose = (error: unknown): void => subscriber.dropped(batch.rows.length, error instanceof Error ? error.message : String(error))
    try {
      const pending = subscriber.accept(batch, token)
      if (pending !== undefined) return pending.catch(lose).then(() => this.#given(subscription))
    } catch (error) {
      lose(error)
    }
    this.#given(subscription)
    return undefined
  }

  #given(subscription: Subscription): void {
    if (subscription.crowded || subscription.subscriber.room() === undefined) return
    subscription.crowded = true
    this.#crowded.push(subscription)
  }

  room(): Promise<void> | undefined {
    for (let last = this.#crowded.at(-1); last !== undefined; last = this.#crowded.at(-1)) {
      const wait = last.subscriber.room()
      if (wait !== undefined && !last.subscriber.failing) return wait
      last.crowded = false
      this.#crowded.pop()
    }
    return undefined
  }
}

async function allOf(pending: readonly Promise<void>[]): Promise<void> {
  await Promise.all(pending)
}
