import { type Batches, NOTHING, type Operator } from '../../api/operator.ts'
import type { Row, RowBatch, RowError } from '../../data/batch.ts'
import type { CompileDeps, Compiler } from '../../expression/compile.ts'
import { WindowOutput } from '../windows/output.ts'
import { emptyRow, failure, Fold, type Grouping } from './fold.ts'
import { giveGroups } from './give.ts'
import { Groups } from './groups.ts'
import { KeyIndex } from './key-index.ts'
import { withPlugins } from './plugin-aggregates.ts'

interface Aggregation extends Grouping {
  /** Without a window: every row is a group and a result of its own. */
  readonly each: boolean
}

/** GROUP BY and aggregates over results that others made. A result fails as a whole. Keeps nothing from one batch to the next. */
export function aggregate(node: Aggregation, compiler: Compiler, deps: CompileDeps): Operator {
  const fold = new Fold(node, compiler, deps)
  const process = (batch: RowBatch): Batches => (node.each ? eachRow(fold, batch) : eachResult(fold, batch))
  return withPlugins({ name: 'aggregate', process }, fold.plugins)
}

function eachResult(fold: Fold, { schema, rows, results = [0], errors = [] }: RowBatch): Batches {
  const output = new WindowOutput(schema)
  let next = 0
  for (let i = 0; i + 1 < results.length; i++) {
    const [from, to] = [results[i] ?? 0, results[i + 1] ?? 0]
    for (let error = errors[next]; error !== undefined && error.at <= from; error = errors[++next]) output.fail(error.error)
    const groups = new Groups(fold, new KeyIndex())
    groups.add(rows, from, to)
    giveGroups(fold, groups, output)
    groups.release()
  }
  for (const { error } of errors.slice(next)) output.fail(error)
  return output.take()
}

function eachRow(fold: Fold, { schema, rows, errors = [] }: RowBatch): Batches {
  const out: Row[] = []
  const failed: RowError[] = []
  const groups = new Groups(fold, new KeyIndex())
  let next = 0
  for (let i = 0; i < rows.length; i++) {
    for (let error = errors[next]; error !== undefined && error.at <= i; error = errors[++next]) failed.push({ ...error, at: out.length })
    groups.clear()
    groups.add(rows, i, i + 1)
    try {
      if (groups.error !== undefined) throw groups.error
      const row = emptyRow(fold.grouping.width)
      groups.fill(0, row)
      out.push(row)
    } catch (thrown) {
      failed.push({ at: out.length, error: failure(thrown) })
    }
  }
  groups.clear()
  for (const error of errors.slice(next)) failed.push({ ...error, at: out.length })
  if (out.length === 0 && failed.length === 0) return NOTHING
  return [{ schema, rows: out, ...(failed.length === 0 ? {} : { errors: failed }) }]
}
