import type { Operator } from '../api/operator.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import { RowOperator } from './row-operator.ts'

/** WHERE, HAVING and FILTER: passes the rows for which the predicate is true; false and unknown drop the row. */
export function filter(predicate: BoundExpr, clause: string, compiler: Compiler, deps: CompileDeps): Operator {
  return new RowOperator('filter', compiler.rows({ predicate, clause }, deps), { filters: true })
}
