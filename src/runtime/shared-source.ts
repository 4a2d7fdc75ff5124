import type { Prefilter } from '../plan/prefilter.ts'
import { ErrorPath } from './error-path.ts'
import type { Layout } from './row-reader.ts'
import { type EngineParts, readerFor, RunningSource } from './running-source.ts'
import { SharedStream, type Subscriber } from './shared-stream.ts'
import type { StreamSpec } from './spec.ts'

/** What a rule holds of a shared stream. */
export interface SharedSubscription {
  readonly source: RunningSource
  /** Rejects when the source cannot go on; resolves when it ends. */
  readonly ended: Promise<void>
  /** No batch comes after this has resolved. The last rule to leave stops the source. */
  leave(): Promise<void>
  /** After `leave`, when everything is acknowledged: ends a source that nobody reads any more. */
  close(): Promise<void>
}

interface Running {
  readonly hub: SharedStream
  readonly source: RunningSource
  readonly ended: Promise<void>
}

/** The shared streams at work: each starts with its first rule and stops with its last. */
export class SharedSources {
  readonly #engine: EngineParts
  readonly #running = new Map<string, Running>()

  constructor(engine: EngineParts) {
    this.#engine = engine
  }

  /** `prefilter`: what rows must pass for the rule, by slots of `layout`. */
  join(stream: StreamSpec, layout: Layout, subscriber: Subscriber, prefilter?: Prefilter): SharedSubscription {
    const known = this.#running.get(stream.name)
    const running = known ?? this.#prepare(stream)
    const unsubscribe = running.hub.subscribe(layout, subscriber, prefilter)
    const ended = known?.ended ?? running.source.run()
    if (known === undefined) {
      this.#running.set(stream.name, { ...running, ended })
      ended.catch(() => this.#running.delete(stream.name))
    }
    let last = false
    return {
      source: running.source,
      ended,
      leave: async () => {
        unsubscribe()
        if (running.hub.size > 0) return
        last = true
        if (this.#running.get(stream.name)?.source === running.source) this.#running.delete(stream.name)
        await running.source.stop()
      },
      close: async () => {
        if (last) await running.source.close()
      },
    }
  }

  #prepare(stream: StreamSpec): Running {
    const engine = this.#engine
    const hub = new SharedStream(readerFor(engine, stream), engine.compiler)
    const owner = `$stream/${stream.name}`
    const errors = new ErrorPath(engine.log, engine.clock, { stream: stream.name })
    const source = new RunningSource({ engine, stream, owner, reader: () => hub.reader(), consumer: hub, errors })
    return { hub, source, ended: Promise.resolve() }
  }
}
