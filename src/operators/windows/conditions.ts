import { PlutinoError } from '../../base/errors.ts'
import type { Row } from '../../data/batch.ts'
import { valueKey } from '../../data/compare.ts'
import type { BoundExpr } from '../../expression/bound.ts'
import type { CompileDeps, Compiler } from '../../expression/compile.ts'
import type { WindowNotes } from './notes.ts'

/** What conditions of windows are compiled with. */
export interface ConditionDeps extends CompileDeps {
  readonly compiler: Compiler
  readonly notes: WindowNotes
}

/** True for rows that make the condition true. As in eKuiper anything else counts as false, and what fails too. */
export function condition(expr: BoundExpr, deps: ConditionDeps): (row: Row) => boolean {
  const value = deps.compiler.expression(expr, deps)
  return (row) => {
    try {
      return value(row) === true
    } catch (thrown) {
      if (!(thrown instanceof PlutinoError)) throw thrown
      deps.notes.failed(thrown)
      return false
    }
  }
}

/** One text for each partition. A row whose partition cannot be told is in one with the others of its kind. */
export function partitionKey(exprs: readonly BoundExpr[], deps: ConditionDeps): ((row: Row) => string) | undefined {
  if (exprs.length === 0) return undefined
  const values = exprs.map((expr) => deps.compiler.expression(expr, deps))
  return (row) => {
    try {
      const keys = values.map((value) => valueKey(value(row)))
      return keys.length === 1 ? (keys[0] ?? '') : keys.map((key) => `${key.length}:${key}`).join('')
    } catch (thrown) {
      if (!(thrown instanceof PlutinoError)) throw thrown
      deps.notes.failed(thrown)
      return ''
    }
  }
}
