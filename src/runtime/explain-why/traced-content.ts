import type { Row, RowBatch } from '../../data/batch.ts'
import type { Value } from '../../data/value.ts'
import type { BoundExpr } from '../../expression/bound.ts'
import type { ContentFactory, WindowContent, WindowTimes } from '../../operators/windows/content.ts'
import { WindowOutput } from '../../operators/windows/output.ts'
import { RowQueue } from '../../operators/windows/row-queue.ts'
import type { JoinNode } from '../../plan/nodes.ts'
import type { Fate } from './fates.ts'
import { unpaired } from './left-out.ts'
import type { RowTrace } from './row-trace.ts'
import { type Evaluate, whyNot } from './why-not.ts'

/** What is done with the rows of a window when it fires. */
export interface FiredBy {
  /** The join that pairs them. */
  readonly join?: JoinNode
  /** The WHERE between window and groups. */
  readonly where?: BoundExpr
}

interface Held {
  readonly row: Row
  readonly marks: readonly string[]
  /** The window has fired with it. */
  fired: boolean
}

interface ContentParts extends FiredBy {
  readonly trace: RowTrace
  readonly evaluate: Evaluate
}

/** The contents of `factory`, of which it is told what becomes of their rows. */
export function tracedContent(factory: ContentFactory, parts: ContentParts): ContentFactory {
  return (leaving) => new TracedContent(factory(leaving), parts)
}

/** Keeps account of the rows of another content, which enter and leave in the same way. */
class TracedContent implements WindowContent {
  readonly #inner: WindowContent
  readonly #parts: ContentParts
  readonly #held = new RowQueue<Held>()
  /** Rows in each pane but the youngest. */
  readonly #panes = new RowQueue<number>()
  #inPanes = 0

  constructor(inner: WindowContent, parts: ContentParts) {
    this.#inner = inner
    this.#parts = parts
  }

  get empty(): boolean {
    return this.#inner.empty
  }

  add(rows: readonly Row[], from: number, to: number, port: number): void {
    const { trace } = this.#parts
    for (const row of rows.slice(from, to)) {
      const marks = trace.marksOf(row)
      for (const mark of marks) trace.enterWindow(mark)
      this.#held.push({ row, marks, fired: false })
    }
    this.#inner.add(rows, from, to, port)
  }

  cut(): void {
    const rows = this.#held.size - this.#inPanes
    this.#panes.push(rows)
    this.#inPanes += rows
    this.#inner.cut()
  }

  dropPane(): void {
    const rows = this.#panes.at(0) ?? 0
    this.#panes.drop(1)
    this.#inPanes -= rows
    this.#leave(rows)
    this.#inner.dropPane()
  }

  evict(count: number): void {
    this.#leave(count)
    this.#inner.evict(count)
  }

  clear(): void {
    this.#leave(this.#held.size)
    this.#panes.clear()
    this.#inPanes = 0
    this.#inner.clear()
  }

  fire(times: WindowTimes, output: WindowOutput): void {
    const own = new WindowOutput({ columns: [] })
    this.#inner.fire(times, own)
    const batches = own.take()
    this.#note(batches)
    for (const batch of batches) replay(batch, output)
  }

  snapshot(): Value {
    return this.#inner.snapshot()
  }

  restore(state: Value): void {
    this.#inner.restore(state)
  }

  #note(batches: readonly RowBatch[]): void {
    const { trace } = this.#parts
    const given = trace.marksOfBatches(batches)
    const error = batches.flatMap(({ errors = [] }) => errors)[0]?.error
    for (const held of this.#held.toArray()) {
      held.fired = true
      for (const mark of held.marks) {
        if (error !== undefined) trace.failed(mark, error)
        else if (!given.has(mark)) trace.tell(mark, this.#leftOut(held.row))
      }
    }
  }

  #leftOut(row: Row): Fate {
    const { join, where, evaluate } = this.#parts
    if (join !== undefined) return { what: 'dropped', by: 'ON', why: unpaired(join, row, evaluate) }
    if (where !== undefined) return { what: 'dropped', by: 'WHERE', why: whyNot(where, row, evaluate) }
    return { what: 'dropped', by: 'WINDOW', why: 'the window has given no result' }
  }

  #leave(count: number): void {
    const { trace } = this.#parts
    for (const { marks, fired } of this.#held.toArray().slice(0, count)) {
      if (fired) continue
      for (const mark of marks) trace.tell(mark, { what: 'dropped', by: 'WINDOW', why: 'no window that fires has it' })
    }
    this.#held.drop(count)
  }
}

function replay({ rows, results = [], errors = [] }: RowBatch, output: WindowOutput): void {
  for (let i = 0; i + 1 < results.length; i++) {
    for (const row of rows.slice(results[i], results[i + 1])) output.row(row)
    output.end()
  }
  for (const { error } of errors) output.fail(error)
}
