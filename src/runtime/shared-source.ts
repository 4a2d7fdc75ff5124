import type { Prefilter } from '../plan/prefilter.ts'
import { ErrorPath } from './error-path.ts'
import type { Layout } from './row-reader.ts'
import { type EngineParts, readerFor, RunningSource } from './running-source.ts'
import { SharedCheckpoint } from './shared-checkpoint.ts'
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
  readonly checkpoint: SharedCheckpoint | undefined
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
    const ended = known?.ended ?? this.#start(running)
    if (known === undefined) {
      this.#running.set(stream.name, { ...running, ended })
      ended.catch(() => this.#running.delete(stream.name))
    }
    let last = false
    return {
      source: running.source,
      ended,
      leave: async () => {
        // Rows that come while a rule leaves would be nobody's, and yet before what is saved.
        const halt = await running.checkpoint?.halt()
        unsubscribe()
        if (running.hub.size > 0) {
          halt?.goOn()
          return
        }
        last = true
        if (this.#running.get(stream.name)?.source === running.source) this.#running.delete(stream.name)
        if (halt?.reached === true) running.checkpoint?.takeLast()
        const stopped = running.source.stop()
        halt?.goOn()
        await stopped
      },
      close: async () => {
        if (!last) return
        await running.checkpoint?.finish()
        await running.source.close()
      },
    }
  }

  /** The stream is gone, or another one gets its name: it begins anew. */
  forget(stream: string): void {
    this.#engine.checkpoints?.drop(ownerOf(stream))
  }

  #start({ source, checkpoint }: Running): Promise<void> {
    checkpoint?.start(source)
    return source.run()
  }

  #prepare(stream: StreamSpec): Running {
    const engine = this.#engine
    const hub = new SharedStream(readerFor(engine, stream), engine.compiler)
    const owner = ownerOf(stream.name)
    const checkpoint = this.#checkpointOf(stream, owner)
    const from = checkpoint?.load()
    const errors = new ErrorPath(engine.log, engine.clock, { stream: stream.name })
    const source = new RunningSource({
      engine,
      stream,
      owner,
      reader: () => hub.reader(),
      consumer: hub,
      errors,
      ...(from === undefined ? {} : { from }),
      ...(checkpoint === undefined ? {} : { state: checkpoint.state }),
    })
    return { hub, source, checkpoint, ended: Promise.resolve() }
  }

  /** Only of sources that have something to save. */
  #checkpointOf(stream: StreamSpec, owner: string): SharedCheckpoint | undefined {
    const { checkpoints: store, registry, clock, log } = this.#engine
    if (store === undefined || registry.find('source', stream.type)?.keepsState !== true) return undefined
    return new SharedCheckpoint({ store, clock, log, owner, stream })
  }
}

function ownerOf(stream: string): string {
  return `$stream/${stream}`
}
