import type { StateStore } from '../../src/api/context.ts'
import type { Codec } from '../../src/api/codec.ts'
import type { EncodedBatch, Sink, SinkBatch } from '../../src/api/sink.ts'
import type { Offset, Source, SourceBatch } from '../../src/api/source.ts'
import { toRecord } from '../../src/data/record.ts'
import type { Struct } from '../../src/data/value.ts'

/** Encodes with JSON.stringify; decoding is not needed where sources bring records. */
export const plainCodec: Codec = {
  decoder() {
    throw new Error('not used')
  },
  encoder: (schema) => ({
    single: (row) => JSON.stringify(toRecord(schema, row)),
    array: (rows, from, to) => JSON.stringify(rows.slice(from, to).map((row) => toRecord(schema, row))),
  }),
}

/** A source that a test feeds by hand. */
export class HandSource implements Source {
  readonly committed: unknown[] = []
  /** Where the last connection began. */
  from: Offset | undefined
  connects = 0
  closed = 0
  connectError: Error | undefined
  /** State of its node, since it is connected. */
  state: StateStore | undefined
  checkpoint?: () => Promise<void>
  #waiting: ((batch: SourceBatch | undefined | Error) => void) | undefined
  readonly #ready: (SourceBatch | undefined | Error)[] = []

  async connect(ctx: { readonly state: StateStore }, from?: Offset): Promise<void> {
    this.connects++
    this.from = from
    this.state = ctx.state
    if (this.connectError !== undefined) throw this.connectError
  }

  read(_limit: number, ctx: { signal: AbortSignal }): Promise<SourceBatch | undefined> {
    return new Promise((resolve, reject) => {
      const take = (item: SourceBatch | undefined | Error): void => (item instanceof Error ? reject(item) : resolve(item))
      if (this.#ready.length > 0) take(this.#ready.shift())
      else {
        this.#waiting = take
        ctx.signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
      }
    })
  }

  interrupt(): void {
    if (this.#waiting !== undefined) this.#give({ from: 0, length: 0, time: 1000 })
  }

  /** Is the driver waiting for the next batch? */
  get wanted(): boolean {
    return this.#waiting !== undefined
  }

  push(records: readonly Struct[], offset?: number, time = 1000): void {
    this.#give({ from: 0, length: records.length, records, time, ...(offset === undefined ? {} : { offset }) })
  }

  end(): void {
    this.#give(undefined)
  }

  fail(error: Error): void {
    this.#give(error)
  }

  commit(offset: unknown): void {
    this.committed.push(offset)
  }

  async close(): Promise<void> {
    this.closed++
  }

  #give(item: SourceBatch | undefined | Error): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#ready.push(item)
    else waiting(item)
  }
}

/** A sink that keeps what it got and does as the test says. */
export class HandSink implements Sink {
  readonly written: unknown[] = []
  readonly payloads: EncodedBatch[] = []
  connects = 0
  closed = 0
  /** Called before each write; throws to refuse it, returns a promise to hold it. */
  before: (batch: SinkBatch) => void | Promise<void> = () => {}
  connectError: Error | undefined
  /** State of its node, since it is connected. */
  state: StateStore | undefined
  checkpoint?: () => Promise<void>

  async connect(ctx: { readonly state: StateStore }): Promise<void> {
    this.connects++
    this.state = ctx.state
    if (this.connectError !== undefined) throw this.connectError
  }

  async write(batch: SinkBatch): Promise<void> {
    await this.before(batch)
    this.payloads.push(batch.encoded())
    this.written.push(...batch.encoded().payloads.map((payload) => JSON.parse(String(payload)) as unknown))
  }

  async close(): Promise<void> {
    this.closed++
  }
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}
