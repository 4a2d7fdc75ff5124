import type { Clock } from '../base/clock.ts'
import type { RowBatch } from '../data/batch.ts'
import { isStruct, type Struct, type Value } from '../data/value.ts'
import type { RulePlan } from '../plan/nodes.ts'
import type { Token } from './confirmations.ts'
import { EventTime } from './event-time.ts'
import { InTurn } from './in-turn.ts'
import { Pipeline, type PipelineParts } from './pipeline.ts'
import { ProcessingTime } from './processing-time.ts'
import { type RuleTime, untimed } from './rule-time.ts'
import type { WatermarkMetrics } from './watermark-metrics.ts'

export interface RuleCoreParts extends PipelineParts {
  readonly plan: Pick<RulePlan, 'sources'>
  /** Event time: how late rows may come, in milliseconds, and the node that is counted for them. */
  readonly eventTime?: { readonly lateTolerance: number; readonly metrics: WatermarkMetrics }
  readonly clock: Clock
  /** A batch has passed, and its state is in the operators. */
  readonly entered?: (port: number, token: Token | undefined) => void
  /** Before the state of the operators is taken, when no batch is on its way. What it rejects with is that of the snapshot. */
  readonly gather?: () => Promise<void>
  /** The rule cannot go on. */
  readonly fail: (error: unknown) => void
}

/** What a rule computes, between the rows of its sources and its sinks, with all its state: the same on a server and in a test. */
export class RuleCore {
  readonly pipeline: Pipeline
  readonly #parts: RuleCoreParts
  readonly #time: RuleTime
  readonly #turn = new InTurn()
  #failed = false

  constructor(parts: RuleCoreParts) {
    this.#parts = parts
    this.pipeline = new Pipeline(parts)
    this.#time = this.#timeOf(parts)
  }

  /** Time stands between the sources and the operators: rows may be held back or sorted. */
  get timed(): boolean {
    return this.#parts.eventTime !== undefined || this.pipeline.timed
  }

  /** The clock makes results, also when no more rows come. */
  get ticks(): boolean {
    return this.#parts.eventTime === undefined && this.pipeline.timed
  }

  /** Operators may be woken from now on. */
  start(): void {
    this.#time.start()
  }

  /** Rows of the source at place `port` of FROM. Never throws: an operator that does ends the rule through `fail`, and keeps the token. */
  accept(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void> {
    return this.#guarded(
      () => this.#take(port, batch, token),
      () => token?.hold(),
    )
  }

  /** Calls `take` with the state of everything, when no batch is on its way. Rejects when an operator cannot tell its state; the rule goes on. */
  async snapshot(take: (state: Value) => void): Promise<void> {
    const { promise, reject, resolve } = Promise.withResolvers<void>()
    const work = async (): Promise<void> => {
      try {
        if (this.#failed) return
        for (const { operator, ctx } of this.#parts.steps) if (operator.gather !== undefined) await operator.gather(ctx)
        await this.#parts.gather?.()
        take(this.#state())
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }
    void this.#turn.run(work)?.finally(resolve)
    await promise
  }

  /** Before `start`, with what `snapshot` gave for the same statement. */
  restore(state: Value): void {
    if (!isStruct(state)) return
    const { time, operators } = state
    if (time !== undefined) this.#time.restore(time)
    if (!isStruct(operators)) return
    for (const { operator, ctx } of this.#parts.steps) {
      const kept = operators[ctx.node]
      if (kept !== undefined) operator.restore?.(kept)
    }
  }

  /** Nothing is woken after it. */
  close(): void {
    this.#time.close()
  }

  #timeOf({ plan: { sources }, eventTime, clock, errors }: RuleCoreParts): RuleTime {
    const { pipeline } = this
    if (eventTime !== undefined) return new EventTime({ pipeline, sources, clock, errors, ...eventTime })
    if (!pipeline.timed) return untimed(pipeline)
    return new ProcessingTime({ pipeline, clock, errors, sources, inTurn: (work) => void this.#guarded(work) })
  }

  #take(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void> {
    if (this.#failed) return undefined
    const pending = this.#time.accept(port, batch, token)
    if (pending !== undefined) return pending.then(() => this.#parts.entered?.(port, token))
    this.#parts.entered?.(port, token)
    return undefined
  }

  #state(): Struct {
    const operators: Record<string, Value> = {}
    for (const { operator, ctx } of this.#parts.steps) {
      const state = operator.snapshot?.()
      if (state !== undefined) operators[ctx.node] = state
    }
    return { time: this.#time.snapshot(), operators }
  }

  /** `lost`: what `work` was given has not come through. */
  #guarded(work: () => void | Promise<void>, lost: () => void = () => {}): void | Promise<void> {
    const fail = (error: unknown): void => {
      lost()
      this.#failed = true
      this.#parts.fail(error)
    }
    try {
      return this.#turn.run(work)?.catch(fail)
    } catch (error) {
      fail(error)
    }
  }
}
