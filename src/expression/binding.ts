import type { Expr } from '../sql/ast.ts'
import type { BoundExpr } from './bound.ts'
import type { Calls } from './calls.ts'
import type { FunctionLookup } from './functions.ts'
import type { Names } from './names.ts'
import type { Problems } from './problems.ts'
import type { Slots } from './slots.ts'

/** What the parts of binding share: aliases, calls and metadata bind their own arguments through it. */
export interface Binding {
  readonly slots: Slots
  readonly names: Names
  readonly problems: Problems
  readonly functions: FunctionLookup
  readonly calls: Calls
  /** The statement has a window. */
  readonly windowed: boolean
  /** What is bound now belongs to a group, not to a row: its time is the end of the window. */
  readonly grouped: boolean
  /** The expression with its names as slots. */
  bind(expr: Expr): BoundExpr
  /** The same, as something that belongs to a row. */
  bindRow(expr: Expr): BoundExpr
  /** Reports an error and stands in for what is wrong. */
  refuse(node: Expr, message: string, hint?: Parameters<Problems['add']>[2]): BoundExpr
}
