import type { Value } from '../../data/value.ts'
import { isTrue } from './condition.ts'
import { scopeOf, valueAt } from './select.ts'
import type { Path } from './tree.ts'

/** The value at a plain path, which must be there; otherwise the array of all values that the path leads to. Throws `row_failed`. */
export function query(path: Path, root: Value): Value {
  return valueAt(path, scopeOf(root, isTrue))
}
