import type { SqlFunction } from '../api/function.ts'
import type { AggregateCall } from './calls.ts'

/**
 * Whether an aggregate can be kept without the rows of a window (or, where rows leave one by one, without adding all of them again and
 * again). Rows leave all at once (`whole`), in runs whose parts are put together (`panes`), or one by one (`rows`).
 */
export function folds({ distinct }: AggregateCall, found: SqlFunction | undefined, leaving: 'whole' | 'panes' | 'rows'): boolean {
  if (found?.kind !== 'aggregate' && found?.kind !== 'groups') return false
  if (leaving === 'whole') return true
  if (distinct) return false
  if (found.kind === 'aggregate') return found.merge !== undefined
  return leaving === 'panes' ? found.merges === true : found.removes === true
}
