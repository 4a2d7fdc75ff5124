import type { Row, RowBatch } from '../data/batch.ts'
import type { Prefilter } from '../plan/prefilter.ts'
import type { Token } from './confirmations.ts'
import { layoutMapping, slotsOf, unionLayout } from './layout.ts'
import { type Matches, PredicateIndex } from './predicate-index.ts'
import type { Layout, ReadLayout, RowReader } from './row-reader.ts'
import type { RowConsumer } from './source-driver.ts'

/** A rule that reads from a shared stream. */
export interface Subscriber extends RowConsumer {
  /** Its sinks cannot be reached: it must not hold the others back. */
  readonly failing: boolean
  releaseTokens(): void
  /** Rows that it could not keep, and why. */
  dropped(rows: number, why: string): void
  /** Gets a function that counts the rows which the rule's filter would have left out and which were not shown to it. */
  unseen(rows: () => number): void
}

/** Fewer rules are asked one by one: their own filters cost less than an index. */
const MANY_RULES = 30

interface Subscription {
  readonly layout: Layout
  readonly subscriber: Subscriber
  readonly prefilter: Prefilter | undefined
  map: (batch: RowBatch) => RowBatch
  /** Rows of the batch at hand that it may want, and the last of them. */
  wanted: Row[] | undefined
  last: Row | undefined
  /** Rows that came to it through the index. */
  shown: number
  /** It stands among those that may have no room. */
  crowded: boolean
}

/** The rows of a batch that each rule may want. */
class Selection implements Matches<Subscription> {
  readonly touched: Subscription[] = []
  #row: Row = []

  select(index: PredicateIndex<Subscription>, rows: readonly Row[]): void {
    for (const row of rows) {
      this.#row = row
      index.match(row, this)
    }
  }

  add(subscription: Subscription): void {
    const row = this.#row
    if (subscription.wanted === undefined) {
      this.touched.push(subscription)
      subscription.wanted = [row]
    } else if (subscription.last !== row) subscription.wanted.push(row)
    subscription.last = row
  }
}

/**
 * One source for many rules: decoded once, with the union of their columns. A rule that is slow slows the stream; a rule whose sinks
 * cannot be reached keeps what its buffer holds and then loses rows, so that it never stops the others. Of many rules only those see
 * a row that it may pass: they are looked up by their filters.
 */
export class SharedStream implements RowConsumer {
  readonly #makeReader: (layout: ReadLayout) => RowReader
  #subscriptions: readonly Subscription[] = []
  #reader: RowReader | undefined
  #index: PredicateIndex<Subscription> | undefined
  /** Rows that went through the index. */
  #passed = 0
  /** Those that may have no room. */
  #crowded: Subscription[] = []
  /** Those that see every row. */
  #always: readonly Subscription[] = []

  constructor(makeReader: (layout: ReadLayout) => RowReader) {
    this.#makeReader = makeReader
  }

  get size(): number {
    return this.#subscriptions.length
  }

  /** Returns the function that ends the subscription. */
  subscribe(layout: Layout, subscriber: Subscriber, prefilter?: Prefilter): () => void {
    const subscription: Subscription = {
      layout,
      subscriber,
      prefilter,
      map: (batch) => batch,
      wanted: undefined,
      last: undefined,
      shown: 0,
      crowded: true,
    }
    const before = this.#passed
    subscriber.unseen(() => (prefilter === undefined ? 0 : this.#passed - before - subscription.shown))
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
      for (const subscription of this.#subscriptions) subscription.map = layoutMapping(subscription.layout, union)
      this.#buildIndex(union)
    }
    return this.#reader
  }

  accept(batch: RowBatch, token: Token | undefined): void | Promise<void> {
    const pending: Promise<void>[] = []
    const give = (subscription: Subscription, rows: RowBatch): void => {
      const accepted = this.#offer(subscription, rows, token)
      if (accepted !== undefined) pending.push(accepted)
    }
    if (this.#index === undefined || batch.errors !== undefined) for (const subscription of this.#subscriptions) give(subscription, batch)
    else {
      for (const subscription of this.#always) give(subscription, batch)
      this.#select(this.#index, batch, give)
    }
    return pending.length === 0 ? undefined : allOf(pending)
  }

  #buildIndex(union: ReadLayout): void {
    const entries = this.#subscriptions.flatMap((target) => {
      const { prefilter, layout } = target
      return prefilter === undefined ? [] : [{ target, prefilter: { ...prefilter, slot: slotsOf(layout, union)[prefilter.slot] ?? -1 } }]
    })
    this.#index = entries.length > MANY_RULES ? new PredicateIndex(entries) : undefined
    this.#always = this.#subscriptions.filter(({ prefilter }) => prefilter === undefined)
  }

  /** Gives each indexed rule the rows that it may want. */
  #select(index: PredicateIndex<Subscription>, batch: RowBatch, give: (subscription: Subscription, rows: RowBatch) => void): void {
    const selection = new Selection()
    selection.select(index, batch.rows)
    this.#passed += batch.rows.length
    for (const subscription of selection.touched) {
      const rows = subscription.wanted ?? []
      subscription.wanted = subscription.last = undefined
      subscription.shown += rows.length
      give(subscription, { schema: batch.schema, rows })
    }
  }

  #offer(subscription: Subscription, batch: RowBatch, token: Token | undefined): Promise<void> | undefined {
    const { subscriber, map } = subscription
    if (!subscriber.failing) return this.#give(subscription, map(batch), token)
    subscriber.releaseTokens()
    if (subscriber.room() === undefined) return this.#give(subscription, map(batch), undefined)
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
