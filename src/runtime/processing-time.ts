import type { Clock } from '../base/clock.ts'
import type { Row, RowBatch } from '../data/batch.ts'
import type { Value } from '../data/value.ts'
import type { SourceNode } from '../plan/nodes.ts'
import type { Token } from './confirmations.ts'
import type { ErrorPath } from './error-path.ts'
import type { Pipeline } from './pipeline.ts'
import type { RuleTime } from './rule-time.ts'

/** How many times that have passed operators are woken for one by one; then they hear of the present at once. */
const MOST_WAKES = 16
/** A clock that is set back by no more is waited for: time stands still for a moment. In milliseconds. */
const SLEWED = 1_000
/** A time that passed so long ago was missed: the machine slept, or the rule did not run. In milliseconds. */
const MISSED = 10_000

export interface ProcessingTimeParts {
  readonly pipeline: Pick<Pipeline, 'accept' | 'advance' | 'setBack' | 'wakeAt'>
  readonly clock: Clock
  readonly errors: Pick<ErrorPath, 'tell'>
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
  /** What the clock showed when it was looked at last, and when that was. */
  #seen: { readonly now: number; readonly elapsed: number } | undefined
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
    const pending = this.#lookAtClock()
    return pending === undefined ? this.#accept(port, batch, token) : pending.then(() => this.#accept(port, batch, token))
  }

  #accept(port: number, batch: RowBatch, token: Token | undefined): void | Promise<void> {
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

  /**
   * Wakes the operators one due time after another. After a leap they hear of the present at once: what fires for rows fires all the
   * same, and windows without rows are not made up for by the thousand.
   */
  #catchUp(time: number, wakes = 0): void | Promise<void> {
    const { pipeline } = this.#parts
    for (let wake = wakes; ; wake++) {
      const to = wake < MOST_WAKES ? this.#nextDue(time) : time
      if (to < this.#last) return
      this.#last = to
      const pending = pipeline.advance(to)
      if (pending !== undefined) return pending.then(() => (to < time ? this.#catchUp(time, wake + 1) : this.#finish(time)))
      if (to >= time) return this.#finish(time)
    }
  }

  /** The first time until `time` at which an operator is due, `time` when there is none or it was missed. */
  #nextDue(time: number): number {
    const due = this.#parts.pipeline.wakeAt()
    return due === undefined || due >= time || time - due > MISSED ? time : Math.max(due, this.#last)
  }

  /** An operator that is still due has left work over: others get their turn first. */
  #finish(time: number): void | Promise<void> {
    const due = this.#parts.pipeline.wakeAt()
    if (due === undefined || due > time) return
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
    const pending = this.#lookAtClock()
    return pending === undefined ? this.#wake() : pending.then(() => this.#wake())
  }

  /** Operators whose time has been hear of it when the clock was set back, or has lost its time over a restart. */
  #lookAtClock(): void | Promise<void> {
    const { clock, errors, pipeline } = this.#parts
    const [now, elapsed] = [clock.now(), clock.elapsed()]
    const wanted = this.#seen === undefined ? this.#last : this.#seen.now + elapsed - this.#seen.elapsed
    this.#seen = { now, elapsed }
    if (this.#last - now <= SLEWED) return
    const by = Math.round(Math.max(wanted, this.#last) - now)
    errors.tell(`the clock was set back by ${by} ms: open windows end or go on in the new time`, { by })
    this.#last = now
    return pipeline.setBack(by, now)
  }

  #wake(): void | Promise<void> {
    if (this.#closed) return
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
