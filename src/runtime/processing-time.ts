import type { Clock } from '../base/clock.ts'
import type { Row, RowBatch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { SourceNode } from '../plan/nodes.ts'
import type { Token } from './confirmations.ts'
import type { Pipeline } from './pipeline.ts'
import type { RuleTime } from './rule-time.ts'

/** How many times operators are woken in one go; then others get their turn. */
const MOST_WAKES = 256

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
    const now = Math.max(this.#last, this.#parts.clock.now())
    const rows = slot === undefined ? batch : inOrder(batch, slot, { from: this.#last, to: now })
    const received = slot === undefined ? undefined : rows.rows[0]?.[slot]
    const time = typeof received === 'number' ? received : now
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

/**
 * Times that never go back and are not in the future: a row that was received before a timer fired and comes after it counts as of then,
 * and times that a source brings itself may be anything. The batch itself when all is well.
 */
function inOrder(batch: RowBatch, slot: number, span: { readonly from: number; readonly to: number }): RowBatch {
  if (isInOrder(batch, slot, span)) return batch
  let last = span.from
  const rows = batch.rows.map((row): Row => row.with(slot, (last = Math.min(Math.max(Number(row[slot]), last), span.to))))
  return { ...batch, rows }
}

function isInOrder({ rows }: RowBatch, slot: number, span: { readonly from: number; readonly to: number }): boolean {
  let last = span.from
  for (const row of rows) {
    const time = Number(row[slot])
    if (time < last || time > span.to) return false
    last = time
  }
  return true
}
