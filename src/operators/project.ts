import type { Operator } from '../api/operator.ts'
import type { Schema } from '../data/batch.ts'
import type { BoundExpr } from '../expression/bound.ts'
import type { CompileDeps, Compiler } from '../expression/compile.ts'
import type { Nulls, RowProgram } from '../expression/compile-rows.ts'
import { RowOperator } from './row-operator.ts'

/** The select list: one expression for each column of the schema. */
export interface Projection {
  readonly exprs: readonly BoundExpr[]
  readonly nulls: readonly Nulls[]
  readonly schema: Schema
}

/** SELECT: makes a row of new cells from each row. */
export function project(projection: Projection, compiler: Compiler, deps: CompileDeps): Operator {
  const program = { outputs: outputsOf(projection) }
  const { schema } = projection
  return new RowOperator('project', compiler.rows(program, deps), { filters: false, schema, work: { program, deps } })
}

export function outputsOf({ exprs, nulls }: Projection): NonNullable<RowProgram['outputs']> {
  return exprs.map((expr, i) => ({ expr, nulls: nulls[i] ?? 'keep' }))
}
