import { type Batches, NOTHING, type Operator } from '../api/operator.ts'
import { toPlutinoError } from '../base/errors.ts'
import type { PlutinoError } from '../base/errors.ts'
import type { Row, RowBatch } from '../data/batch.ts'
import { rowsOfState, stateOfRows } from '../data/row-state.ts'
import { rowFailed } from '../data/row-failed.ts'
import { type Cell, isStruct, type Value } from '../data/value.ts'
import type { DedupCall } from '../expression/calls.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import { Intervals } from './intervals.ts'

interface Waiting {
  readonly row: Row
  readonly start: number
  readonly end: number
}

/** Appends the parts of a row's interval that are new, as `[{"start":…,"end":…}]`, when the interval has ended. */
export function dedup(calls: readonly DedupCall[], compiler: Compiler, deps: CompileDeps): Operator {
  const [call] = calls
  if (call === undefined) throw new Error('a statement that removes what is double has a call that says so')
  const read = [call.start, call.end, call.now].map((expr) => compiler.expression(expr, deps))
  return new DedupOperator(call, (row) => read.map((evaluate) => timeOf(evaluate(row))))
}

class DedupOperator implements Operator {
  readonly name = 'dedup_trigger'
  readonly #call: DedupCall
  readonly #times: (row: Row) => readonly number[]
  #covered = new Intervals()
  /** By the end of their intervals. */
  #waiting: Waiting[] = []
  #now = Number.NEGATIVE_INFINITY

  constructor(call: DedupCall, times: (row: Row) => readonly number[]) {
    this.#call = call
    this.#times = times
  }

  /** Each row is a result of its own from here on, also those of a window: they wait one by one. */
  process({ schema, rows, errors = [] }: RowBatch): Batches {
    const out: { rows: Row[]; errors: { at: number; error: PlutinoError }[] } = { rows: [], errors: [] }
    const failed = [...errors]
    const keep = (until: number): void => {
      while (failed[0] !== undefined && failed[0].at <= until)
        out.errors.push(...failed.splice(0, 1).map(({ error }) => ({ at: out.rows.length, error })))
    }
    rows.forEach((row, i) => {
      keep(i)
      try {
        out.rows.push(...this.#take(row))
      } catch (thrown) {
        out.errors.push({ at: out.rows.length, error: toPlutinoError(thrown, 'row_failed') })
      }
    })
    keep(Number.POSITIVE_INFINITY)
    if (out.rows.length === 0 && out.errors.length === 0) return NOTHING
    return [{ schema, rows: out.rows, ...(out.errors.length === 0 ? {} : { errors: out.errors }) }]
  }

  advance(time: number): Batches {
    this.#now = Math.max(this.#now, time)
    const rows = this.#due(this.#now)
    return rows.length === 0 ? NOTHING : [{ schema: { columns: [] }, rows }]
  }

  /** Rows that wait are given at once; what was covered belongs to a time that comes again. */
  setBack(_by: number, time: number): Batches {
    const rows: Row[] = []
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) rows.push(...this.#due(first.end))
    this.#covered = new Intervals()
    this.#now = time
    return rows.length === 0 ? NOTHING : [{ schema: { columns: [] }, rows }]
  }

  wakeAt(): number | undefined {
    return this.#waiting[0]?.end
  }

  snapshot(): Value {
    return {
      rows: stateOfRows(this.#waiting.map(({ row }) => row)),
      times: this.#waiting.flatMap(({ start, end }) => [start, end]),
      covered: this.#covered.snapshot(),
      now: Number.isFinite(this.#now) ? this.#now : null,
    }
  }

  restore(state: Value): void {
    if (!isStruct(state)) return
    const { rows, times, covered, now } = state
    const bounds = Array.isArray(times) ? times.map(Number) : []
    this.#waiting = rowsOfState(rows).map((row, i) => ({ row, start: bounds[2 * i] ?? 0, end: bounds[2 * i + 1] ?? 0 }))
    if (Array.isArray(covered)) this.#covered.restore(covered.map(Number))
    if (typeof now === 'number') this.#now = now
  }

  #take(row: Row): readonly Row[] {
    const [start = 0, end = 0, now = 0] = this.#times(row)
    if (end < start) throw rowFailed(`run Select error: dedup_trigger: the interval ends at ${end}, before its start ${start}`)
    const at = this.#waiting.findIndex((other) => other.end > end)
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, { row, start, end })
    return this.#due(Math.max(now, this.#now))
  }

  /** Rows whose interval has ended, with what is new of it. */
  #due(now: number): readonly Row[] {
    const { slot, expire } = this.#call
    const given: Row[] = []
    for (let first = this.#waiting[0]; first !== undefined && first.end <= now; first = this.#waiting[0]) {
      this.#waiting.shift()
      // Too old to say what is new.
      if (first.end + expire < now) continue
      this.#covered.forget(first.end - expire)
      const parts = this.#covered.add(first.start, first.end)
      if (parts.length > 0) given.push(withCell(first.row, slot, parts))
    }
    return given
  }
}

function withCell(row: Row, slot: number, value: Value): Row {
  const made = [...row]
  made[slot] = value
  return made
}

function timeOf(cell: Cell): number {
  const time = typeof cell === 'bigint' ? Number(cell) : cell instanceof Date ? cell.getTime() : cell
  if (typeof time === 'number' && Number.isFinite(time)) return time
  throw rowFailed('run Select error: dedup_trigger expects times in milliseconds in its columns')
}
