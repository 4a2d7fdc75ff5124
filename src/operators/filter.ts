import type { Operator } from '../api/operator.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import { RowOperator } from './row-operator.ts'

/** WHERE: passes the rows for which the predicate is true; false and unknown drop the row. */
export function filter(predicate: BoundExpr, compiler: Compiler, deps: CompileDeps): Operator {
  return new RowOperator('filter', compiler.rows({ predicate }, deps))
}
