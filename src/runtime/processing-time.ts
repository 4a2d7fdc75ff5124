import type { Clock } from '../base/clock.ts'
import type { Row, RowBatch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { SourceNode } from '../plan/nodes.ts'
import type { Token } from './confirmations.ts'
import type { Pipeline } from './pipeline.ts'

/** How many times operators are woken in one go; then others get their turn. */
const MOST_WAKES = 256

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

export interface ProcessingTimeParts {
  readonly pipeline: Pick<Pipeline, 'accept' | 'advance' | 'wakeAt'>
  readonly clock: Clock
  readonly sources: readonly SourceNode[]
  /** Does the work when nothing else of the rule is being done; what it throws ends the rule. */
  readonly inTurn: (work: () => void | Promise<void>) => void
}

/** Rules whose time is the clock: rows have the time at which they were received, and timers wake the operators that wait. */
export class ProcessingTime implements RuleTime {
  readonly #parts: ProcessingTimeParts
  /** Slot of the time in rows of each port. */
  readonly #slots: ReadonlyMap<number, number>
  #last = Number.NEGATIVE_INFINITY
  #armed: { readonly at: number; readonly cancel: () => void } | undefined
  #closed = false

  constructor(parts: ProcessingTimeParts) {
    this.#parts = parts
    this.#slots = new Map(parts.sources.flatMap(({ place, time, width }) => (time ? [[place, width - 1] as const] : [])))
  }

  start(): void {
    this.#parts.inTurn(() => this.#due())
  }

  snapshot(): Value {
    return Number.isFinite(this.#last) ? this.#last : null
  }

  restore(state: Value): void {
    if (typeof state === 'number') this.#last = state
  }

  accept(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void> {
    const slot = this.#slots.get(port)
    const received = slot === undefined ? undefined : batch.rows[0]?.[slot]
    const time = typeof received === 'number' ? received : this.#parts.clock.now()
    const rows = slot !== undefined && time < this.#last ? moved(batch, slot, this.#last) : batch
    const caughtUp = this.#catchUp(time)
    if (caughtUp !== undefined) return caughtUp.then(() => this.#pass(port, rows, token))
    return this.#pass(port, rows, token)
  }

  close(): void {
    this.#closed = true
    this.#armed?.cancel()
    this.#armed = undefined
  }

  #pass(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void> {
    const passed = this.#parts.pipeline.accept(port, batch, token)
    if (passed === undefined) return this.#arm()
    return passed.then(() => this.#arm())
  }

  /** Wakes the operators one due time after another, so that what they make of a long gap is given away in pieces. */
  #catchUp(time: number): void | Promise<void> {
    const { pipeline } = this.#parts
    for (let wakes = 0; wakes < MOST_WAKES; wakes++) {
      const due = pipeline.wakeAt()
      const to = due === undefined || due >= time ? time : Math.max(due, this.#last)
      if (to < this.#last) return
      this.#last = to
      const pending = pipeline.advance(to)
      if (pending !== undefined) return pending.then(() => (to < time ? this.#catchUp(time) : undefined))
      if (to >= time) return
    }
    return this.#parts.clock.sleep(0).then(() => (this.#closed ? undefined : this.#catchUp(time)))
  }

  #arm(): void {
    const at = this.#closed ? undefined : this.#parts.pipeline.wakeAt()
    if (at === this.#armed?.at) return
    this.#armed?.cancel()
    const { clock } = this.#parts
    this.#armed =
      at === undefined ? undefined : { at, cancel: clock.after(Math.max(0, at - clock.now()), () => this.#parts.inTurn(() => this.#due())) }
  }

  #due(): void | Promise<void> {
    if (this.#closed) return
    this.#armed = undefined
    const pending = this.#catchUp(this.#parts.clock.now())
    return pending === undefined ? this.#arm() : pending.then(() => this.#arm())
  }
}

/** Rows that were received before a timer fired and come after it count as of then. */
function moved(batch: RowBatch, slot: number, time: number): RowBatch {
  return { ...batch, rows: batch.rows.map((row): Row => row.with(slot, time)) }
}
