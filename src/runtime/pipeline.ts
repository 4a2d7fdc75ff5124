import { monotonicMicros } from '../base/clock.ts'
import type { PlutinoError } from '../base/errors.ts'
import type { StreamContext } from '../api/context.ts'
import { type Batches, NOTHING, type Operator } from '../api/operator.ts'
import type { RowBatch } from '../data/batch.ts'
import type { Next } from './build-operators.ts'
import type { Token } from './confirmations.ts'
import type { ErrorPath } from './error-path.ts'
import type { NodeMetrics } from './metrics.ts'
import type { SinkDriver } from './sink-driver.ts'

export interface Step {
  readonly operator: Operator
  /** One for each node of the plan that the operator does, nearest to the source first. */
  readonly metrics: readonly NodeMetrics[]
  readonly ctx: StreamContext
  /** Absent: the sinks. */
  readonly next: Next | undefined
}

type PipelineSink = Pick<SinkDriver, 'offer' | 'room' | 'failing' | 'releaseTokens'> &
  Partial<Pick<SinkDriver, 'takesAtOnce' | 'batchLimit'>>

export interface PipelineParts {
  /** Inputs first. */
  readonly steps: readonly Step[]
  /** Where rows of each port go; a port that is not here feeds the sinks. */
  readonly entries: ReadonlyMap<number, Next | undefined>
  readonly sinks: readonly PipelineSink[]
  readonly errors: ErrorPath
  /** What sinks hold in place of the tokens of batches, also for what operators give when time moves. */
  readonly token?: () => Token
}

const NO_ERRORS: readonly PlutinoError[] = []

interface TimedStep extends Step {
  readonly advance: NonNullable<Operator['advance']>
}

/** How the errors of a WHERE begin: in an operator that filters and projects they belong to the filter. */
const WHERE_ERROR = 'run Where error'

/**
 * A rule between its sources and its sinks. Every batch goes from step to step and then to every sink before the next one may come: who
 * calls waits for the promises.
 */
export class Pipeline {
  readonly #parts: PipelineParts
  /** `entries` of the parts, by port. */
  readonly #entries: readonly (Next | undefined)[]
  /** Steps that want to know the time, inputs first. */
  readonly #timed: readonly TimedStep[]

  constructor(parts: PipelineParts) {
    this.#parts = parts
    this.#entries = Array.from({ length: Math.max(0, ...parts.entries.keys()) + 1 }, (_, port) => parts.entries.get(port))
    this.#timed = parts.steps.flatMap((step) => {
      const { operator } = step
      return operator.advance === undefined ? [] : [{ ...step, advance: operator.advance.bind(operator) }]
    })
  }

  /** Rows of the source at place `port` of FROM. Throws, or rejects, when an operator does. */
  accept(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void> {
    return this.#flow(this.#entries[port], [batch], token)
  }

  /** No row older than `time` follows. */
  advance(time: number): void | Promise<void> {
    return this.#inTime(0, ({ advance, ctx }) => advance(time, ctx))
  }

  /** Outside event time: the clock has been set back by `by` milliseconds and shows `time`. */
  setBack(by: number, time: number): void | Promise<void> {
    return this.#inTime(0, ({ operator, ctx }) => operator.setBack?.(by, time, ctx) ?? NOTHING)
  }

  /** Some operator acts on the time, not on rows alone. */
  get timed(): boolean {
    return this.#timed.length > 0
  }

  /** Some operator wants to know every watermark. */
  get everyWatermark(): boolean {
    return this.#timed.some(({ operator }) => operator.everyWatermark === true)
  }

  /** When `advance` must be called at the latest, outside event time. */
  wakeAt(): number | undefined {
    let first: number | undefined
    for (const { operator } of this.#timed) {
      const at = operator.wakeAt?.()
      if (at !== undefined && (first === undefined || at < first)) first = at
    }
    return first
  }

  room(): Promise<void> | undefined {
    for (const sink of this.#parts.sinks) {
      const wait = sink.room()
      if (wait !== undefined) return wait
    }
    return undefined
  }

  /** As of a `RowConsumer`. */
  get batchLimit(): number | undefined {
    return this.#parts.sinks.find(({ batchLimit }) => batchLimit !== undefined)?.batchLimit
  }

  /** As of a `RowConsumer`. */
  get waits(): boolean {
    return this.#parts.sinks.some(({ takesAtOnce }) => takesAtOnce === false)
  }

  /** A sink cannot be reached, so that its rows pile up. */
  get failing(): boolean {
    for (const sink of this.#parts.sinks) if (sink.failing) return true
    return false
  }

  releaseTokens(): void {
    for (const sink of this.#parts.sinks) if (sink.failing) sink.releaseTokens()
  }

  #flow(from: Next | undefined, given: Batches, token: Token | undefined): void | Promise<void> {
    let next = from
    let batches = given
    while (next !== undefined && batches.length > 0) {
      const step = this.#parts.steps[next.step]
      if (step === undefined) return
      const result = this.#apply(step, next.port, batches)
      if (result instanceof Promise) return result.then((out) => this.#flow(step.next, out, token))
      batches = result
      next = step.next
    }
    const held = this.#parts.token === undefined ? token : this.#parts.token()
    for (const out of batches) for (const sink of this.#parts.sinks) sink.offer(out, held)
  }

  #inTime(first: number, work: (step: TimedStep) => Batches | Promise<Batches>): void | Promise<void> {
    for (let i = first; i < this.#timed.length; i++) {
      const step = this.#timed[i]
      if (step === undefined) return
      const pending = this.#inTimeStep(step, work)
      if (pending !== undefined) return pending.then(() => this.#inTime(i + 1, work))
    }
  }

  #inTimeStep(step: TimedStep, work: (step: TimedStep) => Batches | Promise<Batches>): void | Promise<void> {
    const begin = monotonicMicros()
    const pass = (out: Batches): void | Promise<void> => {
      if (out.length > 0) this.#count(step, { came: 0, left: countRows(out), errors: newErrors(NOTHING, out) }, monotonicMicros() - begin)
      return this.#flow(step.next, out, undefined)
    }
    const out = work(step)
    return out instanceof Promise ? out.then(pass) : pass(out)
  }

  #apply(step: Step, port: number, batches: Batches): Batches | Promise<Batches> {
    const begin = monotonicMicros()
    const only = batches[0]
    const result = batches.length === 1 && only !== undefined ? step.operator.process(only, port, step.ctx) : this.#all(step, port, batches)
    if (result instanceof Promise) return result.then((out) => this.#applied(step, batches, out, begin))
    return this.#applied(step, batches, result, begin)
  }

  #applied(step: Step, batches: Batches, out: Batches, begin: number): Batches {
    this.#count(step, { came: countRows(batches), left: countRows(out), errors: newErrors(batches, out) }, monotonicMicros() - begin)
    return out
  }

  #all(step: Step, port: number, batches: Batches): Batches | Promise<Batches> {
    const results: Batches[] = []
    for (let i = 0; i < batches.length; i++) {
      const batch = batches[i]
      const result = batch === undefined ? NOTHING : step.operator.process(batch, port, step.ctx)
      if (result instanceof Promise) return this.#rest({ step, port, batches: batches.slice(i + 1) }, results, result)
      results.push(result)
    }
    return results.flat()
  }

  async #rest(
    rest: { readonly step: Step; readonly port: number; readonly batches: Batches },
    results: Batches[],
    first: Promise<Batches>,
  ): Promise<Batches> {
    const all = [...results.flat(), ...(await first)]
    for (const batch of rest.batches) all.push(...(await rest.step.operator.process(batch, rest.port, rest.step.ctx)))
    return all
  }

  /** Rows and errors of one step, shared out to the nodes that it stands for. */
  #count(
    step: Step,
    rows: { readonly came: number; readonly left: number; readonly errors: readonly PlutinoError[] },
    micros: number,
  ): void {
    const now = step.ctx.clock.now()
    const first = step.metrics[0]
    const last = step.metrics.at(-1)
    if (first === undefined || last === undefined) return
    const fused = first !== last
    const passed = fused && rows.errors.length > 0 ? rows.left + rows.errors.filter((error) => !isFilterError(error)).length : rows.left
    if (fused) first.count(rows.came, passed, micros, now)
    last.count(fused ? passed : rows.came, rows.left, micros, now)
    for (const error of rows.errors) this.#parts.errors.report(fused && isFilterError(error) ? first : last, error)
  }
}

function isFilterError(error: PlutinoError): boolean {
  return error.message.startsWith(WHERE_ERROR)
}

function countRows(batches: Batches): number {
  let rows = 0
  for (const batch of batches) rows += batch.rows.length
  return rows
}

/** Errors of `out` that did not come with `given`. */
function newErrors(given: Batches, out: Batches): readonly PlutinoError[] {
  const errors = errorsOf(out)
  if (errors.length === 0) return errors
  const known = new Set(errorsOf(given))
  return known.size === 0 ? errors : errors.filter((error) => !known.has(error))
}

function errorsOf(batches: Batches): readonly PlutinoError[] {
  for (const { errors } of batches)
    if (errors !== undefined) return batches.flatMap((batch) => (batch.errors ?? []).map(({ error }) => error))
  return NO_ERRORS
}
