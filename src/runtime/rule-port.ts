import type { Clock } from '../base/clock.ts'
import type { RowBatch } from '../data/batch.ts'
import type { RowOperator } from '../operators/row-operator.ts'
import type { Token } from './confirmations.ts'
import type { NodeMetrics } from './metrics.ts'
import type { Pipeline } from './pipeline.ts'
import type { Subscriber } from './shared-stream.ts'
import type { RowConsumer } from './source-driver.ts'

export interface RulePortParts {
  readonly pipeline: Pipeline
  readonly accept: RowConsumer['accept']
  /** Name of the stream. */
  readonly stream: string
  /** The node that the rows come to. */
  readonly node: NodeMetrics | undefined
  readonly first: RowOperator | undefined
  readonly clock: Clock
}

/** Where the rows of one source enter a rule: of its own source, or of a shared stream. */
export class RulePort implements Subscriber {
  readonly first: RowOperator | undefined
  readonly #pipeline: Pipeline
  readonly #accept: RowConsumer['accept']
  readonly #parts: RulePortParts

  constructor(parts: RulePortParts) {
    this.first = parts.first
    this.#pipeline = parts.pipeline
    this.#accept = parts.accept
    this.#parts = parts
  }

  get batchLimit(): number | undefined {
    return this.#pipeline.batchLimit
  }

  get waits(): boolean {
    return this.#pipeline.waits
  }

  get failing(): boolean {
    return this.#pipeline.failing
  }

  accept(batch: RowBatch, token: Token | undefined): void | Promise<void> {
    return this.#accept(batch, token)
  }

  room(): Promise<void> | undefined {
    return this.#pipeline.room()
  }

  releaseTokens(): void {
    this.#pipeline.releaseTokens()
  }

  unseen(rows: () => number): void {
    const { node } = this.#parts
    if (node !== undefined) node.unseen = rows
  }

  dropped(rows: number, why: string): void {
    const { node, stream, clock } = this.#parts
    node?.fail(`buffer full, drop message from ${stream}: ${why}`, clock.now(), rows)
  }
}
