import type { RowBatch } from '../data/batch.ts'
import type { Token } from './confirmations.ts'
import type { Pipeline } from './pipeline.ts'
import type { RowConsumer } from './source-driver.ts'

/** Where the rows of one source enter a rule. */
export class RulePort implements RowConsumer {
  readonly #pipeline: Pipeline
  readonly #accept: RowConsumer['accept']

  constructor(pipeline: Pipeline, accept: RowConsumer['accept']) {
    this.#pipeline = pipeline
    this.#accept = accept
  }

  /** A sink cannot be reached, so that its rows pile up. */
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
}
