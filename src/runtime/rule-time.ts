import type { RowBatch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { Token } from './confirmations.ts'
import type { Pipeline } from './pipeline.ts'

/** Where the rows of a rule's sources enter it, and what drives its time. */
export interface RuleTime {
  /** Rows of the source at place `port` of FROM. Throws, or rejects, when an operator does; calls must not overlap. */
  accept(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void>
  /** Operators may be woken from now on; before the first batch. */
  start(): void
  /** Nothing is woken after it. */
  close(): void
  snapshot(): Value
  /** Before `start`. */
  restore(state: Value): void
}

/** For rules in which time does nothing. */
export function untimed(pipeline: Pick<Pipeline, 'accept'>): RuleTime {
  const nothing = (): void => {}
  return {
    accept: (port, batch, token) => pipeline.accept(port, batch, token),
    start: nothing,
    close: nothing,
    snapshot: () => null,
    restore: nothing,
  }
}
