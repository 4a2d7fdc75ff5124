import type { Operator } from '../api/operator.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import { outputsOf, type Projection } from './project.ts'
import { RowOperator } from './row-operator.ts'

/** WHERE and SELECT in one loop, which computes what both need once: the hot path of most rules. */
export function filterProject(predicate: BoundExpr, projection: Projection, compiler: Compiler, deps: CompileDeps): Operator {
  const program = { predicate, outputs: outputsOf(projection) }
  const { schema } = projection
  return new RowOperator('filter_project', compiler.rows(program, deps), { filters: true, schema, work: { program, deps } })
}
