import type { TypeName } from '../api/function.ts'
import type { BinaryOp } from '../sql/ast.ts'
import type { Value } from '../data/value.ts'

/**
 * An expression whose names are slots and whose types are known as far as they can be. Plain data; `at` is the place in the
 * statement, for errors. `json`: a value of a schemaless stream, whose numbers act as floats.
 */
interface BoundBase {
  readonly at: number
  readonly type: TypeName | 'json'
}

export type BoundExpr = BoundBase &
  (
    | { readonly kind: 'literal'; readonly value: Value }
    /** `source`: whose column it is, in a statement of several. */
    | { readonly kind: 'slot'; readonly slot: number; readonly name: string; readonly source?: string }
    /** An object of named values; the members of a value whose name is `*` are taken over. Later ones win, absent ones are left out. */
    | { readonly kind: 'object'; readonly names: readonly string[]; readonly values: readonly BoundExpr[] }
    /** The first that is not absent: a column that several sources of a join may have. */
    | { readonly kind: 'firstPresent'; readonly options: readonly BoundExpr[] }
    | { readonly kind: 'unary'; readonly op: '-' | 'NOT'; readonly operand: BoundExpr }
    | { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: BoundExpr; readonly right: BoundExpr }
    | { readonly kind: 'isNull'; readonly negated: boolean; readonly operand: BoundExpr }
    | { readonly kind: 'like'; readonly negated: boolean; readonly operand: BoundExpr; readonly pattern: BoundExpr }
    | {
        readonly kind: 'between'
        readonly negated: boolean
        readonly operand: BoundExpr
        readonly low: BoundExpr
        readonly high: BoundExpr
      }
    | {
        readonly kind: 'in'
        readonly negated: boolean
        readonly operand: BoundExpr
        readonly items?: readonly BoundExpr[]
        readonly array?: BoundExpr
      }
    | {
        readonly kind: 'case'
        readonly operand?: BoundExpr
        readonly whens: readonly { readonly when: BoundExpr; readonly then: BoundExpr }[]
        readonly otherwise?: BoundExpr
      }
    | { readonly kind: 'member'; readonly object: BoundExpr; readonly name: string; readonly wildcard?: true }
    | { readonly kind: 'index'; readonly object: BoundExpr; readonly index: BoundExpr }
    | { readonly kind: 'slice'; readonly object: BoundExpr; readonly from?: BoundExpr; readonly to?: BoundExpr }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly BoundExpr[] }
    /** A record with members left out and set anew: `* EXCEPT (…) REPLACE (…)`, and `*` restricted to columns. */
    | {
        readonly kind: 'record'
        readonly record: BoundExpr
        readonly except: readonly string[]
        readonly replace: readonly { readonly name: string; readonly value: BoundExpr }[]
      }
  )
