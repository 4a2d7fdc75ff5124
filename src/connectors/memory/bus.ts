import type { Cell, Struct } from '../../data/value.ts'
import { KeyedRows, type RowChange } from './keyed-rows.ts'
import { topicMatches } from './topic-filter.ts'

/** What one `publish` brought to a subscriber. */
export interface MemoryMessages {
  readonly topic: string
  readonly records: readonly Struct[]
}

/** Records that may wait at one subscriber; a larger batch goes in alone. */
const QUEUE_LIMIT = 10_000

/** One reader of the bus: its queue, and those who wait for room in it. */
export class Subscription {
  readonly filter: string
  /** Called when the queue is no longer empty, or the subscription has ended. */
  onArrival: () => void = () => {}
  readonly #queue: MemoryMessages[] = []
  #waiting = 0
  #room: (() => void)[] = []
  #ended = false

  constructor(filter: string) {
    this.filter = filter
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Takes the messages, now or when there is room. Resolves when it has, or when the subscription has ended. */
  async offer(messages: MemoryMessages): Promise<void> {
    while (!this.#ended && this.#waiting > 0 && this.#waiting + messages.records.length > QUEUE_LIMIT) {
      await new Promise<void>((resolve) => {
        this.#room.push(resolve)
      })
    }
    if (this.#ended) return
    this.#queue.push(messages)
    this.#waiting += messages.records.length
    this.onArrival()
  }

  /** The oldest messages, at most `limit`; undefined: none. */
  take(limit: number): MemoryMessages | undefined {
    const first = this.#queue.shift()
    if (first === undefined) return undefined
    const taken = first.records.length <= limit ? first : { topic: first.topic, records: first.records.slice(0, limit) }
    if (taken !== first) this.#queue.unshift({ topic: first.topic, records: first.records.slice(limit) })
    this.#waiting -= taken.records.length
    this.#wake()
    return taken
  }

  end(): void {
    this.#ended = true
    this.#queue.length = 0
    this.#wake()
    this.onArrival()
  }

  #wake(): void {
    const room = this.#room
    this.#room = []
    for (const resolve of room) resolve()
  }
}

/** What a record does to the tables of its topic. */
export interface TableChange {
  readonly change: RowChange
  /** Of the row that is meant; absent: the record has it. */
  readonly key?: Cell
}

/** Topics inside one server, through which rules feed each other. Records pass as they are, without a copy. */
export class MemoryBus {
  readonly #subscriptions = new Set<Subscription>()
  readonly #tables = new Map<string, { readonly filter: string; readonly rows: KeyedRows }>()

  subscribe(filter: string): Subscription {
    const subscription = new Subscription(filter)
    this.#subscriptions.add(subscription)
    return subscription
  }

  unsubscribe(subscription: Subscription): void {
    this.#subscriptions.delete(subscription)
    subscription.end()
  }

  /** The table that collects what comes to these topics: from the first call on, as long as the server runs. */
  table(filter: string, key: string): KeyedRows {
    const name = JSON.stringify([filter, key])
    const known = this.#tables.get(name)
    if (known !== undefined) return known.rows
    const rows = new KeyedRows(key)
    this.#tables.set(name, { filter, rows })
    return rows
  }

  /**
   * Resolves when every subscriber has taken the records; at once, and without them, when there is none. `changes`: what each record
   * does to tables, and the value of its key; without them every record takes the place of the one before it.
   */
  async publish(topic: string, records: readonly Struct[], changes?: readonly TableChange[]): Promise<void> {
    for (const { filter, rows } of this.#tables.values()) {
      if (!topicMatches(filter, topic)) continue
      records.forEach((record, i) => rows.apply(changes?.[i]?.change ?? 'upsert', record, changes?.[i]?.key))
    }
    const offers: Promise<void>[] = []
    for (const subscription of this.#subscriptions) {
      if (topicMatches(subscription.filter, topic)) offers.push(subscription.offer({ topic, records }))
    }
    await Promise.all(offers)
  }
}
