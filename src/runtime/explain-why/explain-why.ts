import type { Operator } from '../../api/operator.ts'
import type { RowBatch } from '../../data/batch.ts'
import type { ContentFactory } from '../../operators/windows/content.ts'
import type { PlanNode, SourceNode } from '../../plan/nodes.ts'
import { ROW_MARK } from '../../plan/row-marks.ts'
import type { Token } from '../confirmations.ts'
import { describe } from '../error-path.ts'
import type { SinkDriver } from '../sink-driver.ts'
import { timestampError } from '../timestamp.ts'
import type { WatermarkMetrics } from '../watermark-metrics.ts'
import type { Fate, RowFate } from './fates.ts'
import { piecesOf } from './pieces.ts'
import { RowTrace } from './row-trace.ts'
import { type FiredBy, tracedContent } from './traced-content.ts'
import { TracedOperator } from './traced-operator.ts'
import type { Evaluate } from './why-not.ts'
import { timeText } from './window-wait.ts'

type Sink = Pick<SinkDriver, 'offer' | 'room' | 'failing' | 'releaseTokens'>

/** Rows of a run that are explained; a test is looked at by a person. */
const MOST_ROWS = 100_000

/** Takes rows of one source into the rule. */
type Accept = (batch: RowBatch, token: Token | undefined) => void | Promise<void>

export interface ExplainWhyParts {
  readonly tell: (fate: RowFate) => void
  /** Each row of a result is a message. */
  readonly single: boolean
}

/**
 * Tells of each row of one run of a rule what becomes of it. The rule is planned with marks (`withRowMarks`), its operators and windows
 * are wrapped, and rows are given to it one after another: only for rules that are being tried.
 */
export class ExplainWhy {
  readonly #trace: RowTrace
  readonly #operators: TracedOperator[] = []
  /** Rows of each source so far, by its place. */
  readonly #counts = new Map<number, number>()
  #eventTime: { readonly lateTolerance: number; readonly metrics: WatermarkMetrics } | undefined
  /** Sources take their turns. */
  #turn: Promise<void> = Promise.resolve()

  constructor({ tell, single }: ExplainWhyParts) {
    this.#trace = new RowTrace(tell, single)
  }

  operator(operator: Operator, nodes: readonly PlanNode[], evaluate: Evaluate): Operator {
    const traced = new TracedOperator({ operator, nodes, evaluate, trace: this.#trace })
    this.#operators.push(traced)
    return traced
  }

  content(factory: ContentFactory, by: FiredBy, evaluate: Evaluate): ContentFactory {
    return tracedContent(factory, { ...by, evaluate, trace: this.#trace })
  }

  /** The sink whose messages are counted. */
  sink(driver: Sink): Sink {
    const trace = this.#trace
    return {
      offer(batch, token) {
        trace.output(batch)
        return driver.offer(batch, token)
      },
      room: () => driver.room(),
      releaseTokens: () => driver.releaseTokens(),
      get failing() {
        return driver.failing
      },
    }
  }

  /** Absent: the time is the clock's. */
  watermark(eventTime: { readonly lateTolerance: number; readonly metrics: WatermarkMetrics } | undefined): void {
    this.#eventTime = eventTime
  }

  /** Gives the rows of a source to `accept`, marked and one by one. */
  source(node: SourceNode, accept: Accept): Accept {
    return (batch, token) => {
      if (this.#trace.size >= MOST_ROWS) return accept(batch, token)
      const done = this.#after(this.#turn, node, batch, (one) => accept(one, token))
      this.#turn = done.catch(() => {})
      return done
    }
  }

  async #after(turn: Promise<void>, node: SourceNode, batch: RowBatch, accept: (one: RowBatch) => void | Promise<void>): Promise<void> {
    await turn
    for (const piece of piecesOf(batch)) await this.#take(node, piece, accept)
  }

  async #take(node: SourceNode, piece: RowBatch, accept: (batch: RowBatch) => void | Promise<void>): Promise<void> {
    const number = (this.#counts.get(node.place) ?? 0) + 1
    this.#counts.set(node.place, number)
    const mark = this.#trace.begin(node.stream, number)
    const [failed] = piece.errors ?? []
    if (failed !== undefined) this.#trace.tell(mark, { what: 'undecoded', why: describe(failed.error) })
    const watermark = this.#eventTime?.metrics.watermark()
    const late = this.#eventTime?.metrics.late
    const slot = markSlot(node)
    const rows = piece.rows.map((row) => row.with(slot, mark))
    await accept({ ...piece, rows })
    if (this.#eventTime !== undefined && rows[0] !== undefined) this.#timed(node, { mark, row: rows[0] }, { watermark, late })
    this.#tellWaiting()
  }

  /** Rows that the watermark leaves out. */
  #timed(
    node: SourceNode,
    { mark, row }: { readonly mark: string; readonly row: RowBatch['rows'][number] },
    before: { readonly watermark: number | undefined; readonly late: number | undefined },
  ): void {
    if (node.timestamp === undefined || this.#trace.hasEntered(mark)) return
    const time = row[node.width - 1]
    const column = node.columns.findIndex(({ name }) => name === node.timestamp)
    if (typeof time !== 'number') this.#trace.failed(mark, timestampError(node.timestamp, row[column]))
    else if (this.#eventTime?.metrics.late !== before.late) this.#trace.tell(mark, this.#late(time, before.watermark ?? time))
  }

  #late(time: number, watermark: number): Fate {
    const tolerance = this.#eventTime?.lateTolerance ?? 0
    const why = `late by ${seconds(watermark - time)}: its time is ${timeText(time)}, the watermark ${timeText(watermark)} (lateTolerance ${seconds(tolerance)})`
    return { what: 'late', late: watermark - time, why }
  }

  #tellWaiting(): void {
    for (const mark of this.#trace.takeOpen()) {
      if (!this.#trace.hasEntered(mark)) this.#trace.tell(mark, this.#heldBack())
      else {
        const wait = this.#operators.map((operator) => operator.waitOf(mark)).find((found) => found !== undefined)
        if (wait !== undefined) this.#trace.tell(mark, { ...wait, by: 'WINDOW' })
      }
    }
  }

  #heldBack(): Fate {
    const metrics = this.#eventTime?.metrics
    const watermark = metrics?.watermark() ?? Number.NEGATIVE_INFINITY
    const at = Number.isFinite(watermark) ? `is at ${timeText(watermark)}` : 'has not begun'
    const stream = metrics?.heldBy() ?? ''
    const holds = stream === '' ? '' : ` and waits for rows of ${stream}`
    return { what: 'waiting', by: 'WATERMARK', why: `for the watermark, which ${at}${holds}` }
  }
}

/** The marks are the last of the metadata, which stand before the time. */
function markSlot({ columns, record, meta }: SourceNode): number {
  return columns.length + (record ? 1 : 0) + meta.indexOf(ROW_MARK)
}

function seconds(ms: number): string {
  return `${ms / 1000} s`
}
