import { NOTHING, type Operator } from '../api/operator.ts'
import type { Row } from '../data/batch.ts'
import type { RowResults } from '../expression/compile-rows.ts'
import { RowOperator } from './row-operator.ts'

/** LIMIT: the first rows of each result, which may be none of an empty window. LIMIT 0 lets nothing pass, not even errors, as in eKuiper. */
export function limit(count: number): Operator {
  const loop = (rows: readonly Row[], from: number, to: number, out: RowResults): void => {
    for (let i = from; i < Math.min(to, from + count); i++) out.rows.push(rows[i] ?? [])
  }
  if (count === 0) return { name: 'limit', process: () => NOTHING }
  return new RowOperator('limit', loop, { filters: false, apart: true })
}
