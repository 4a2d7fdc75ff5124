import type { StreamContext } from '../../api/context.ts'
import { defineSource } from '../../api/definition.ts'
import type { SourceDefinition } from '../../api/definition.ts'
import type { ConnectionObserver, Source, SourceBatch } from '../../api/source.ts'
import { PlutinoError } from '../../base/errors.ts'
import { integer, json, string } from '../../config/field.ts'
import { abortReason } from '../abort.ts'
import type { MemoryBus, MemoryMessages, Subscription } from './bus.ts'
import { isTopicFilter } from './topic-filter.ts'

/** What other rules of this server publish to a topic. Nothing is kept for who is not subscribed. */
class MemorySource implements Source {
  readonly #bus: MemoryBus
  readonly #filter: string
  readonly #observe: ConnectionObserver
  #subscription: Subscription | undefined

  constructor(bus: MemoryBus, filter: string, observe: ConnectionObserver) {
    if (!isTopicFilter(filter)) throw new PlutinoError('config_invalid', `datasource: expected a topic filter, got "${filter}"`)
    this.#bus = bus
    this.#filter = filter
    this.#observe = observe
  }

  async connect(): Promise<void> {
    this.#subscription ??= this.#bus.subscribe(this.#filter)
    this.#observe('connected')
  }

  async read(limit: number, ctx: StreamContext): Promise<SourceBatch | undefined> {
    const subscription = this.#subscription
    if (subscription === undefined) throw new PlutinoError('unavailable', 'the source is not connected')
    for (;;) {
      if (ctx.signal.aborted) throw abortReason(ctx.signal)
      const messages = subscription.take(Math.max(1, limit))
      if (messages !== undefined) return toBatch(messages, ctx.clock.now())
      if (subscription.ended) throw new PlutinoError('unavailable', 'the source is closed')
      await arrival(subscription, ctx.signal)
    }
  }

  async close(): Promise<void> {
    if (this.#subscription !== undefined) this.#bus.unsubscribe(this.#subscription)
    this.#subscription = undefined
  }
}

/** Resolves when something has come, the subscription has ended or `signal` is aborted. */
async function arrival(subscription: Subscription, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const wake = (): void => resolve()
  subscription.onArrival = wake
  signal.addEventListener('abort', wake, { once: true })
  await promise
  signal.removeEventListener('abort', wake)
  subscription.onArrival = () => {}
}

function toBatch({ topic, records }: MemoryMessages, time: number): SourceBatch {
  return {
    from: 0,
    length: records.length,
    records,
    time,
    meta: (_index, key) => (key === 'topic' ? topic : undefined),
    metaAll: () => ({ topic }),
  }
}

export function memorySource(bus: MemoryBus): SourceDefinition {
  return defineSource({
    name: 'memory',
    doc: 'Results that other rules publish to a topic inside this server',
    payload: 'values',
    delivery: 'at-most-once',
    fields: {
      datasource: string('Topic, or a filter: + stands for one level, # for all that follow', { minLength: 1 }),
      bufferLength: integer('Ignored: a subscriber holds up to 10,000 records, then who publishes waits', {
        optional: true,
        advanced: true,
      }),
      connectionSelector: json('Ignored', { optional: true, advanced: true }),
    },
    create: (config, observe) => new MemorySource(bus, config.datasource, observe),
  })
}
