import { describe } from '../error-path.ts'
import type { PlutinoError } from '../../base/errors.ts'
import type { Row, RowBatch } from '../../data/batch.ts'
import type { Cell } from '../../data/value.ts'
import type { Fate, RowFate } from './fates.ts'

interface Traced {
  readonly stream: string
  readonly row: number
  /** Some step has seen it. */
  entered: boolean
  /** A window holds it, or held it. */
  inWindow: boolean
  readonly told: Set<string>
}

/** Where the marked rows of a rule are and what was told of them. */
export class RowTrace {
  readonly #tell: (fate: RowFate) => void
  readonly #rows = new Map<string, Traced>()
  /** The marks of rows that the projection has made. */
  readonly #projected = new WeakMap<Row, readonly string[]>()
  /** Rows of which nothing is known since they moved. */
  #open = new Set<string>()
  /** Nobody else can have the same marks in a payload. */
  readonly #prefix = `${crypto.randomUUID()} `
  /** Each row of a result is a message. */
  readonly #single: boolean
  #outputs = 0

  constructor(tell: (fate: RowFate) => void, single: boolean) {
    this.#tell = tell
    this.#single = single
  }

  /** How many rows have come. */
  get size(): number {
    return this.#rows.size
  }

  /** The mark of a new row. */
  begin(stream: string, row: number): string {
    const mark = `${this.#prefix}${this.#rows.size}`
    this.#rows.set(mark, { stream, row, entered: false, inWindow: false, told: new Set() })
    this.#open.add(mark)
    return mark
  }

  /** The marks in a row: its own, or those of all that it was made of. */
  marksOf(row: Row): readonly string[] {
    return this.#projected.get(row) ?? row.flatMap((cell) => this.#marksIn(cell))
  }

  marksOfBatches(batches: readonly RowBatch[]): ReadonlySet<string> {
    return new Set(batches.flatMap(({ rows }) => rows.flatMap((row) => this.marksOf(row))))
  }

  /** A row that has no cells for marks. */
  keepMarks(row: Row, marks: readonly string[]): void {
    this.#projected.set(row, marks)
  }

  enter(mark: string): void {
    const row = this.#rows.get(mark)
    if (row === undefined || row.entered) return
    row.entered = true
    this.#open.add(mark)
  }

  hasEntered(mark: string): boolean {
    return this.#rows.get(mark)?.entered === true
  }

  enterWindow(mark: string): void {
    const row = this.#rows.get(mark)
    if (row !== undefined) row.inWindow = true
  }

  hasEnteredWindow(mark: string): boolean {
    return this.#rows.get(mark)?.inWindow === true
  }

  /** The same is told once. */
  tell(mark: string, fate: Fate): void {
    const row = this.#rows.get(mark)
    if (row === undefined) return
    this.#open.delete(mark)
    const key = `${fate.what} ${fate.by ?? ''} ${fate.output ?? ''}`
    if (row.told.has(key)) return
    row.told.add(key)
    this.#tell({ stream: row.stream, row: row.row, ...fate })
  }

  failed(mark: string, error: PlutinoError): void {
    this.tell(mark, { what: 'failed', why: describe(error) })
  }

  /** Rows of which nothing was told since they moved. */
  takeOpen(): readonly string[] {
    const open = [...this.#open]
    this.#open = new Set()
    return open
  }

  /** What the sinks get. */
  output(batch: RowBatch): void {
    const { rows, results, errors = [] } = batch
    const waiting = [...errors]
    const bounds = results === undefined || this.#single ? Array.from({ length: rows.length + 1 }, (_, i) => i) : results
    for (let i = 0; i + 1 < bounds.length; i++) {
      const [from, to] = [bounds[i] ?? 0, bounds[i + 1] ?? 0]
      while (waiting[0] !== undefined && waiting[0].at <= from) this.#outputs += waiting.splice(0, 1).length
      this.#outputs++
      const marks = new Set(rows.slice(from, to).flatMap((row) => this.marksOf(row)))
      for (const mark of marks) this.tell(mark, { what: 'output', output: this.#outputs })
    }
    this.#outputs += waiting.length
  }

  #marksIn(cell: Cell): readonly string[] {
    if (typeof cell === 'string') return this.#rows.has(cell) ? [cell] : []
    return Array.isArray(cell) ? cell.filter((item): item is string => typeof item === 'string' && this.#rows.has(item)) : []
  }
}
