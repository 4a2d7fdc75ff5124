import type { Value } from '../../data/value.ts'
import { evaluate, isTrue } from './condition.ts'
import { scopeOf } from './select.ts'
import type { Expression } from './tree.ts'

/** What an expression gives for the value `root`; mostly it is a path. Throws `row_failed`. */
export function query(expression: Expression, root: Value): Value {
  return evaluate(expression, scopeOf(root, isTrue))
}
