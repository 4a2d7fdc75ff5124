import type { StreamContext } from '../../api/context.ts'
import { type Batches, NOTHING, type Operator } from '../../api/operator.ts'
import type { PlutinoError } from '../../base/errors.ts'
import type { Row, RowBatch } from '../../data/batch.ts'
import type { Value } from '../../data/value.ts'
import type { PlanNode } from '../../plan/nodes.ts'
import { ROW_MARK } from '../../plan/row-marks.ts'
import { leftOut } from './left-out.ts'
import { piecesOf } from './pieces.ts'
import type { RowTrace } from './row-trace.ts'
import type { Evaluate } from './why-not.ts'
import { windowWait } from './window-wait.ts'

export interface TracedParts {
  readonly operator: Operator
  /** What it does, nearest to the source first. */
  readonly nodes: readonly PlanNode[]
  readonly trace: RowTrace
  readonly evaluate: Evaluate
}

/** An operator that is given rows one by one, so that it can be told what it made of each. */
export class TracedOperator implements Operator {
  readonly name: string
  readonly everyWatermark: boolean
  readonly advance?: NonNullable<Operator['advance']>
  readonly setBack?: NonNullable<Operator['setBack']>
  readonly #parts: TracedParts
  readonly #window: Extract<PlanNode, { readonly op: 'window' }> | undefined
  #seen = 0

  constructor(parts: TracedParts) {
    const { operator, nodes } = parts
    this.#parts = parts
    this.name = operator.name
    this.everyWatermark = operator.everyWatermark === true
    if (operator.advance !== undefined) this.advance = (time, ctx) => operator.advance?.(time, ctx) ?? NOTHING
    if (operator.setBack !== undefined) this.setBack = (by, time, ctx) => operator.setBack?.(by, time, ctx) ?? NOTHING
    this.#window = nodes.find((node) => node.op === 'window')
  }

  process(batch: RowBatch, port: number, ctx: StreamContext): Batches | Promise<Batches> {
    return this.#next(piecesOf(batch), { port, ctx }, [])
  }

  async gather(ctx: StreamContext): Promise<void> {
    await this.#parts.operator.gather?.(ctx)
  }

  wakeAt(): number | undefined {
    return this.#parts.operator.wakeAt?.()
  }

  snapshot(): Value {
    return this.#parts.operator.snapshot?.() ?? null
  }

  restore(state: Value): void {
    this.#parts.operator.restore?.(state)
  }

  /** What a row that came into a window and is still there waits for; undefined for other operators. */
  waitOf(mark: string): ReturnType<typeof windowWait> | undefined {
    const { operator, trace } = this.#parts
    if (this.#window === undefined) return undefined
    const { spec } = this.#window
    if (!trace.hasEnteredWindow(mark) && !(spec.type === 'sliding' && spec.delay > 0)) return undefined
    return windowWait(spec, { wakeAt: () => operator.wakeAt?.() }, this.#seen)
  }

  #next(
    pieces: readonly RowBatch[],
    to: { readonly port: number; readonly ctx: StreamContext },
    done: readonly RowBatch[],
  ): Batches | Promise<Batches> {
    let out = done
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i]
      if (piece === undefined) break
      for (const row of piece.rows) for (const mark of this.#parts.trace.marksOf(row)) this.#parts.trace.enter(mark)
      const made = this.#parts.operator.process(piece, to.port, to.ctx)
      const before = out
      if (made instanceof Promise)
        return made.then((batches) => this.#next(pieces.slice(i + 1), to, [...before, ...this.#noted(piece, to.port, batches)]))
      out = [...out, ...this.#noted(piece, to.port, made)]
    }
    return out
  }

  #noted(piece: RowBatch, port: number, made: Batches): Batches {
    this.#seen += piece.rows.length
    const batches = this.#parts.nodes.at(-1)?.op === 'project' ? made.map((batch) => this.#unmarked(batch)) : made
    this.#keepMarks(piece, batches)
    if (this.#window === undefined) this.#tell(piece, port, batches)
    else this.#tellOfWindow(piece)
    return batches
  }

  #tell(piece: RowBatch, port: number, made: Batches): void {
    const { trace, nodes, evaluate } = this.#parts
    const given = trace.marksOfBatches(made)
    const error = newErrors(piece, made)[0]
    const isTable = nodes[0]?.op === 'join' && port > 0
    for (const row of piece.rows) {
      for (const mark of trace.marksOf(row)) {
        if (given.has(mark)) continue
        if (error !== undefined) trace.failed(mark, error)
        else if (isTable) trace.tell(mark, { what: 'kept', why: 'in the table, for the rows that are joined with it' })
        else trace.tell(mark, leftOut(nodes, row, evaluate))
      }
    }
  }

  /** What the window does with the rows that it has is seen by its content. */
  #tellOfWindow(piece: RowBatch): void {
    const { trace } = this.#parts
    if (this.#window?.spec.type !== 'state') return
    for (const mark of piece.rows.flatMap((row) => trace.marksOf(row)))
      if (!trace.hasEnteredWindow(mark)) trace.tell(mark, { what: 'dropped', by: 'WINDOW', why: 'no window was open when it came' })
  }

  /** Takes the marks out of rows that were projected. */
  #unmarked(batch: RowBatch): RowBatch {
    const { trace } = this.#parts
    const columns = batch.schema.columns.filter(({ name }) => name !== ROW_MARK)
    const rows = batch.rows.map((row): Row => {
      const plain = row.slice(0, columns.length)
      trace.keepMarks(plain, trace.marksOf(row.slice(columns.length)))
      return plain
    })
    return { ...batch, schema: { columns }, rows }
  }

  /** Rows that are made of one row of the projection, by unnest. */
  #keepMarks(piece: RowBatch, made: Batches): void {
    const { trace, nodes } = this.#parts
    if (nodes[0]?.op !== 'expand') return
    const marks = [...trace.marksOfBatches([piece])]
    for (const { rows } of made) for (const row of rows) trace.keepMarks(row, marks)
  }
}

function newErrors({ errors = [] }: RowBatch, made: Batches): readonly PlutinoError[] {
  const known = new Set(errors.map(({ error }) => error))
  return made.flatMap((batch) => (batch.errors ?? []).map(({ error }) => error)).filter((error) => !known.has(error))
}
