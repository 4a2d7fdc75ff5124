import type { Clock } from '../base/clock.ts'
import type { Row, RowBatch, RowError, Schema } from '../data/batch.ts'
import { isStruct, type Value } from '../data/value.ts'
import type { SourceNode } from '../plan/nodes.ts'
import type { Token } from './confirmations.ts'
import type { ErrorPath } from './error-path.ts'
import type { WatermarkMetrics } from './watermark-metrics.ts'
import type { Pipeline } from './pipeline.ts'
import type { RuleTime } from './rule-time.ts'
import { isSorted, SortedRows } from './sorted-rows.ts'
import { timestampError } from './timestamp.ts'

export interface EventTimeParts {
  readonly pipeline: Pick<Pipeline, 'accept' | 'advance' | 'everyWatermark' | 'wakeAt'>
  /** Of the rule; those without a TIMESTAMP are tables, whose rows pass at once. */
  readonly sources: readonly SourceNode[]
  /** How much later than the newest row of its stream a row may come, in milliseconds. */
  readonly lateTolerance: number
  readonly metrics: WatermarkMetrics
  readonly errors: ErrorPath
  readonly clock: Clock
}

interface Stream {
  readonly name: string
  /** Slots of its rows: the column with the time as it came, and the time. */
  readonly column: number
  readonly time: number
  readonly timestamp: string
  schema: Schema
  /** The newest time so far. */
  newest: number
}

/** What is done one after another: rows of a source pass, or the watermark moves. */
type Deed = { readonly port: number; readonly batch: RowBatch } | { readonly watermark: number }

/**
 * Rules whose time is that of their rows: rows wait until the watermark, the newest time of the slowest stream less the tolerance, has
 * come to them, and pass in the order of their times, always with a watermark that moves on. Rows that are older than it are late and
 * left out; one that is just as old passes with the next, as in eKuiper.
 */
export class EventTime implements RuleTime {
  readonly #parts: EventTimeParts
  readonly #streams: ReadonlyMap<number, Stream>
  readonly #waiting = new SortedRows()
  #watermark = Number.NEGATIVE_INFINITY
  /** The operators have been told of it, or will be. */
  #told = Number.NEGATIVE_INFINITY
  /** The last one of which they have been told. */
  #passed = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(parts: EventTimeParts) {
    this.#parts = parts
    this.#streams = new Map(parts.sources.flatMap((source) => streamOf(source)))
    parts.metrics.bufferLength = () => this.#waiting.length
    parts.metrics.watermark = () => this.#watermark
    parts.metrics.heldBy = () => this.#slowest()
  }

  start(): void {}

  close(): void {
    this.#closed = true
  }

  accept(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void> {
    const stream = this.#streams.get(port)
    if (stream === undefined) return this.#parts.pipeline.accept(port, batch, token)
    stream.schema = batch.schema
    const deeds: Deed[] = []
    let from = 0
    for (const failed of batch.errors ?? []) {
      this.#take(port, batch.rows.slice(from, failed.at), deeds)
      this.#failed(port, failed, deeds)
      from = failed.at
    }
    this.#take(port, from === 0 ? batch.rows : batch.rows.slice(from), deeds)
    const left = deeds.reduce((sum, deed) => sum + ('batch' in deed ? deed.batch.rows.length : 0), 0)
    this.#parts.metrics.count(batch.rows.length, left, 0, this.#parts.clock.now())
    return this.#perform(deeds, 0, token)
  }

  snapshot(): Value {
    const newest: Record<string, Value> = {}
    for (const [port, stream] of this.#streams) if (Number.isFinite(stream.newest)) newest[port] = stream.newest
    const watermark = Number.isFinite(this.#watermark) ? this.#watermark : null
    return { watermark, newest, waiting: this.#waiting.snapshot() }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { watermark, newest, waiting } = state
    if (typeof watermark === 'number') this.#watermark = this.#told = this.#passed = watermark
    if (isStruct(newest)) {
      for (const [port, stream] of this.#streams) {
        const time = newest[port]
        if (typeof time === 'number') stream.newest = time
      }
    }
    if (waiting !== undefined) this.#waiting.restore(waiting)
  }

  /** Takes rows in as if they came one by one: each is late, or waits, and may move the watermark. */
  #take(port: number, rows: readonly Row[], deeds: Deed[]): void {
    const stream = this.#streams.get(port)
    if (stream === undefined) return
    const each = this.#parts.pipeline.everyWatermark
    let kept: Row[] = []
    let times: number[] = []
    for (const row of rows) {
      const time = row[stream.time]
      if (typeof time !== 'number') {
        this.#release({ port, rows: kept, times }, deeds)
        const error = timestampError(stream.timestamp, row[stream.column])
        this.#parts.errors.report(this.#parts.metrics, error)
        this.#failed(port, { at: 0, error }, deeds)
        kept = []
        times = []
      } else if (time < this.#watermark) this.#late(stream.name, time)
      else {
        if (this.#watermark > this.#told && (each || time === this.#watermark)) {
          // A row of this time may come after the watermark: the rows before must be told of that, in whatever batches they come.
          this.#release({ port, rows: kept, times }, deeds)
          kept = []
          times = []
        }
        kept.push(row)
        times.push(time)
        if (time > stream.newest) this.#move(stream, time)
      }
    }
    this.#release({ port, rows: kept, times }, deeds)
  }

  #move(stream: Stream, time: number): void {
    stream.newest = time
    let slowest = time
    for (const other of this.#streams.values()) if (other.newest < slowest) slowest = other.newest
    this.#watermark = Math.max(this.#watermark, slowest - this.#parts.lateTolerance)
  }

  #release(given: { readonly port: number; readonly rows: readonly Row[]; readonly times: readonly number[] }, deeds: Deed[]): void {
    if (this.#watermark <= this.#told) {
      this.#waiting.add(given)
      return
    }
    const last = given.times.at(-1)
    if (last !== undefined && last <= this.#watermark && this.#waiting.length === 0 && isSorted(given.times))
      deeds.push({ port: given.port, batch: { schema: this.#schemaOf(given.port), rows: given.rows } })
    else this.#waiting.add(given)
    if (this.#waiting.length > 0 && (this.#waiting.first ?? Infinity) <= this.#watermark)
      for (const { port, rows } of this.#waiting.take(this.#watermark)) deeds.push({ port, batch: { schema: this.#schemaOf(port), rows } })
    this.#told = this.#watermark
    deeds.push({ watermark: this.#watermark })
  }

  #failed(port: number, { error }: RowError, deeds: Deed[]): void {
    deeds.push({ port, batch: { schema: this.#schemaOf(port), rows: [], errors: [{ at: 0, error }] } })
  }

  #late(stream: string, time: number): void {
    this.#parts.metrics.late++
    this.#parts.errors.notice(this.#parts.metrics, `a row of ${stream} came ${this.#watermark - time} ms too late and was left out`)
  }

  #perform(deeds: readonly Deed[], from: number, token: Token | undefined): void | Promise<void> {
    const { pipeline } = this.#parts
    for (let i = from; i < deeds.length; i++) {
      const deed = deeds[i]
      if (deed === undefined) return
      if ('watermark' in deed) this.#passed = deed.watermark
      const pending = 'batch' in deed ? pipeline.accept(deed.port, deed.batch, token) : pipeline.advance(deed.watermark)
      const finished = pending === undefined ? this.#finish() : pending.then(() => this.#finish())
      if (finished !== undefined) return finished.then(() => this.#perform(deeds, i + 1, token))
    }
  }

  /** An operator that has left work over goes on with it after others had their turn. */
  #finish(): void | Promise<void> {
    const { pipeline, clock } = this.#parts
    if (this.#closed || pipeline.wakeAt() !== Number.NEGATIVE_INFINITY) return
    return clock
      .sleep(0)
      .then(() => (this.#closed ? undefined : pipeline.advance(this.#passed)))
      .then(() => this.#finish())
  }

  #schemaOf(port: number): Schema {
    return this.#streams.get(port)?.schema ?? { columns: [] }
  }

  /** The stream that holds the watermark back, where there is more than one. */
  #slowest(): string {
    if (this.#streams.size < 2) return ''
    let slowest: Stream | undefined
    for (const stream of this.#streams.values()) if (slowest === undefined || stream.newest < slowest.newest) slowest = stream
    return slowest?.name ?? ''
  }
}

function streamOf({ place, stream, columns, width, timestamp }: SourceNode): readonly (readonly [number, Stream])[] {
  if (timestamp === undefined) return []
  const column = columns.findIndex(({ name }) => name === timestamp)
  return [[place, { name: stream, column, time: width - 1, timestamp, schema: { columns: [] }, newest: Number.NEGATIVE_INFINITY }]]
}
