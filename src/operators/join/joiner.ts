import { toPlutinoError } from '../../base/errors.ts'
import type { Row } from '../../data/batch.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { CompileDeps, Compiler } from '../../expression/compile.ts'
import type { Joiner } from '../windows/content.ts'
import { RowIndex } from './row-index.ts'
import { CompiledStep, type JoinStep } from './step.ts'

/** More rows than any result can hold: a larger one is an error, not the end of the server. */
const MOST_ROWS = 5_000_000

/** Step i joins input i + 1. A row that pairs with nothing is given as it is. */
export function joiner(steps: readonly JoinStep[], compiler: Compiler, deps: CompileDeps): Joiner {
  const compiled = steps.map((step) => new CompiledStep(step, compiler, deps))
  return ([first = [], ...others], joined) =>
    asJoinError(() => {
      let left = first
      for (const [i, step] of compiled.entries()) {
        const out = i + 1 === compiled.length ? joined : []
        joinStep(step, left, others[i] ?? [], out)
        left = out
      }
    })
}

/** The errors of what `evaluate` does say which clause failed. */
export function asJoinError<T>(evaluate: () => T): T {
  try {
    return evaluate()
  } catch (thrown) {
    const { message, hint } = toPlutinoError(thrown, 'row_failed')
    throw rowFailed(`run Join error: ${message}`, hint)
  }
}

function joinStep(step: CompiledStep, left: readonly Row[], right: readonly Row[], out: Row[]): void {
  if (step.type === 'RIGHT') joinByRight(step, new RowIndex(step.leftKeys, left), right, out)
  else joinByLeft(step, left, new RowIndex(step.rightKeys, right), out)
}

/** INNER, LEFT, FULL and CROSS: in the order of the left side, then the rows of the right one that pair with nothing. */
export function joinByLeft(step: CompiledStep, left: readonly Row[], right: RowIndex, out: Row[]): void {
  const matched = step.type === 'FULL' ? new Set<Row>() : undefined
  const optional = step.type === 'LEFT' || step.type === 'FULL'
  const side = { isLeft: true, others: right, ...(matched === undefined ? {} : { matched }) }
  for (const row of left) {
    const before = out.length
    pair(step, row, side, out)
    if (optional && out.length === before) out.push(row)
  }
  if (matched !== undefined) for (const row of right.rows()) if (!matched.has(row)) out.push(row)
}

/** RIGHT: in the order of the right side. */
export function joinByRight(step: CompiledStep, left: RowIndex, right: readonly Row[], out: Row[]): void {
  const side = { isLeft: false, others: left }
  for (const row of right) {
    const before = out.length
    pair(step, row, side, out)
    if (out.length === before) out.push(row)
  }
}

interface Side {
  /** The row that looks for partners is one of the left side. */
  readonly isLeft: boolean
  readonly others: RowIndex
  /** Gets the rows of the other side that pair. */
  readonly matched?: Set<Row>
}

function pair(step: CompiledStep, row: Row, { isLeft, others, matched }: Side, out: Row[]): void {
  const { rows, equal } = others.candidates(row, isLeft ? step.leftKeys : step.rightKeys)
  const test = step.test(equal)
  for (const other of rows) {
    const joined = isLeft ? merge(row, other, step) : merge(other, row, step)
    if (test !== undefined && !test(joined)) continue
    if (out.length >= MOST_ROWS) throw rowFailed(`the join gives more than ${MOST_ROWS} rows`, 'a shorter window, or a narrower condition')
    out.push(joined)
    matched?.add(other)
  }
}

function merge(left: Row, right: Row, { from, to }: CompiledStep): Row {
  const row = left.slice()
  for (let slot = from; slot < to; slot++) row[slot] = right[slot]
  return row
}
