import { valueKey } from '../data/compare.ts'
import type { Row } from '../data/batch.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'

/** The key of a row's partition: equal for equal values of all expressions; empty where there are none. */
export function partitionKey(by: readonly BoundExpr[], compiler: Compiler, deps: CompileDeps): (row: Row) => string {
  const [only] = by
  if (only === undefined) return () => ''
  const values = compiler.values(by, deps)
  if (by.length === 1) return (row) => valueKey(values(row)[0])
  return (row) => valueKey(values(row).map((value) => value ?? null))
}
