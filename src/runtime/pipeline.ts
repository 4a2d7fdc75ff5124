import { monotonicMicros } from '../base/clock.ts'
import type { PlutinoError } from '../base/errors.ts'
import type { StreamContext } from '../api/context.ts'
import type { Batches, Operator } from '../api/operator.ts'
import type { RowBatch } from '../data/batch.ts'
import type { Token } from './confirmations.ts'
import type { ErrorPath } from './error-path.ts'
import type { NodeMetrics } from './metrics.ts'
import type { SinkDriver } from './sink-driver.ts'
import type { RowConsumer } from './source-driver.ts'

export interface Step {
  readonly operator: Operator
  /** One for each node of the plan that the operator does, nearest to the source first. */
  readonly metrics: readonly NodeMetrics[]
  readonly ctx: StreamContext
}

/** How the errors of a WHERE begin: in an operator that filters and projects they belong to the filter. */
const WHERE_ERROR = 'run Where error'

/** A rule between its source and its sinks: every batch goes through the operators in plan order and then to every sink. */
export class Pipeline implements RowConsumer {
  readonly #steps: readonly Step[]
  readonly #sinks: readonly SinkDriver[]
  readonly #errors: ErrorPath

  constructor(steps: readonly Step[], sinks: readonly SinkDriver[], errors: ErrorPath) {
    this.#steps = steps
    this.#sinks = sinks
    this.#errors = errors
  }

  accept(batch: RowBatch, token: Token | undefined): void | Promise<void> {
    let batches: Batches = [batch]
    for (let i = 0; i < this.#steps.length; i++) {
      const result = this.#apply(i, batches)
      if (result instanceof Promise) return this.#continue(result, i + 1, token)
      batches = result
    }
    for (const out of batches) for (const sink of this.#sinks) sink.offer(out, token)
  }

  room(): Promise<void> | undefined {
    for (const sink of this.#sinks) {
      const wait = sink.room()
      if (wait !== undefined) return wait
    }
    return undefined
  }

  /** A sink cannot be reached, so that its rows pile up. */
  get failing(): boolean {
    return this.#sinks.some((sink) => sink.failing)
  }

  releaseTokens(): void {
    for (const sink of this.#sinks) if (sink.failing) sink.releaseTokens()
  }

  async #continue(pending: Promise<Batches>, next: number, token: Token | undefined): Promise<void> {
    token?.hold()
    try {
      let batches = await pending
      for (let i = next; i < this.#steps.length; i++) batches = await this.#apply(i, batches)
      for (const out of batches) for (const sink of this.#sinks) sink.offer(out, token)
    } finally {
      token?.release()
    }
  }

  #apply(index: number, batches: Batches): Batches | Promise<Batches> {
    const step = this.#steps[index]
    if (step === undefined) return batches
    const begin = monotonicMicros()
    const results = batches.map((batch) => step.operator.process(batch, 0, step.ctx))
    const known = new Set(batches.flatMap((batch) => batch.errors ?? []).map(({ error }) => error))
    const came = countRows(batches)
    const finish = (out: Batches): Batches => {
      const errors = out.flatMap((batch) => batch.errors ?? []).flatMap(({ error }) => (known.has(error) ? [] : [error]))
      this.#count(step, { came, left: countRows(out), errors }, monotonicMicros() - begin)
      return out
    }
    if (results.some((result) => result instanceof Promise))
      return Promise.all(results.map(async (result) => result)).then((all) => finish(all.flat()))
    return finish(results.flatMap((result) => (result instanceof Promise ? [] : result)))
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
    const passed = fused ? rows.left + rows.errors.filter((error) => !isFilterError(error)).length : rows.left
    if (fused) first.count(rows.came, passed, micros, now)
    last.count(fused ? passed : rows.came, rows.left, micros, now)
    for (const error of rows.errors) this.#errors.report(fused && isFilterError(error) ? first : last, error)
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
