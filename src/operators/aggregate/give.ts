import type { Row } from '../../data/batch.ts'
import type { WindowTimes } from '../windows/content.ts'
import type { WindowOutput } from '../windows/output.ts'
import type { Cell } from '../../data/value.ts'
import type { FoldColumn } from './columns.ts'
import { failure, type Fold } from './fold.ts'
import type { Groups } from './groups.ts'

/** The rows of groups as one result, or the error of one of them. `times`: of the window, when its bounds are to be filled in. */
export function giveGroups(fold: Fold, groups: Groups, output: WindowOutput, times?: WindowTimes): void {
  if (groups.error !== undefined) return output.fail(groups.error)
  if (groups.size === 0) return giveNothing(fold, groups.columns, output, times)
  try {
    for (let i = 0; i < groups.size; i++) {
      const row = rowWith(fold, times)
      groups.fill(groups.slotAt(i), row)
      output.row(row)
    }
  } catch (thrown) {
    return output.fail(failure(thrown))
  }
  output.end()
}

/** What a window without groups gives: nothing with GROUP BY, or under a WHERE; else one row, most of it absent. */
export function giveNothing(fold: Fold, columns: readonly FoldColumn[], output: WindowOutput, times?: WindowTimes): void {
  const { groupBy, omitEmpty, where } = fold.grouping
  if (groupBy.length > 0 || omitEmpty === true || where !== undefined) return
  const row = rowWith(fold, times)
  const last = row.length - columns.length
  columns.forEach((column, c) => (row[last + c] = column.empty))
  output.row(row)
  output.end()
}

/** The row of a group with the bounds of its window. */
export function rowWith({ blank, grouping: { bounds } }: Fold, times: WindowTimes | undefined): Cell[] {
  const row = blank.slice()
  if (times !== undefined && bounds !== undefined) for (const { slot, bound } of bounds) row[slot] = times[bound]
  return row
}

/** A result of rows that are ready. */
export function giveRows(rows: readonly Row[], output: WindowOutput): void {
  for (const row of rows) output.row(row)
  output.end()
}
