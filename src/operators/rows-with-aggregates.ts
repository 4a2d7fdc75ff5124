import type { Operator } from '../api/operator.ts'
import type { Row } from '../data/batch.ts'
import type { Cell } from '../data/value.ts'
import type { AggregateCall } from '../expression/calls.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import type { RowResults } from '../expression/compile-rows.ts'
import { emptyRow, failure, Fold } from './aggregate/fold.ts'
import { Groups } from './aggregate/groups.ts'
import { KeyIndex } from './aggregate/key-index.ts'
import { RowOperator } from './row-operator.ts'

interface Aggregation {
  readonly calls: readonly AggregateCall[]
  readonly width: number
}

/** Every row of a result with the aggregates of the whole result behind it, for conditions on all of it that choose rows. */
export function rowsWithAggregates({ calls, width }: Aggregation, compiler: Compiler, deps: CompileDeps): Operator {
  const fold = new Fold({ groupBy: [], firsts: [], calls, width }, compiler, deps)
  const loop = (rows: readonly Row[], from: number, to: number, out: RowResults): void => {
    const groups = new Groups(fold, new KeyIndex())
    try {
      groups.add(rows, from, to)
      if (groups.error !== undefined) throw groups.error
      if (to > from) append(rows.slice(from, to), valuesOf(groups, width), { first: width - calls.length, out })
    } catch (thrown) {
      out.errors.push({ at: out.rows.length, error: failure(thrown) })
    }
    groups.release()
  }
  return new RowOperator('aggregate', loop, { filters: false, apart: true })
}

function valuesOf(groups: Groups, width: number): Row {
  const values = emptyRow(width)
  groups.fill(groups.slotAt(0), values)
  return values
}

function append(rows: readonly Row[], values: Row, { first, out }: { readonly first: number; readonly out: RowResults }): void {
  for (const row of rows) {
    const whole: Cell[] = []
    for (let slot = 0; slot < values.length; slot++) whole.push(slot < first ? row[slot] : values[slot])
    out.rows.push(whole)
  }
}
