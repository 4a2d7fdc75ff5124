import type { Clock } from '../base/clock.ts'
import type { Cell, Value } from '../data/value.ts'

/** Type of a parameter or result as a signature names it. `number`: bigint or float. `any`: everything. */
export type TypeName = 'any' | 'number' | 'bigint' | 'float' | 'string' | 'boolean' | 'datetime' | 'bytea' | 'array' | 'struct'

export interface Parameter {
  readonly name: string
  readonly type: TypeName
  readonly doc?: string
  readonly optional?: boolean
  /** The last parameter may come any number of times (with `optional`: also never). */
  readonly repeats?: boolean
}

/** What happens when an argument is null or absent, so that generated code need not call the function. */
export type NullRule = 'null' | 'false' | 'zero' | 'call'

export interface FunctionDoc {
  /** Lower case; matched without regard to case. */
  readonly name: string
  readonly aliases?: readonly string[]
  readonly category: string
  readonly doc: string
  /** Executed by the tests. `sql` is an expression over no columns. */
  readonly examples: readonly { readonly sql: string; readonly result: Value }[]
  readonly params: readonly Parameter[]
  /** `first`: the type of the first argument. */
  readonly returns: TypeName | 'first'
  readonly nulls: NullRule
  /** A pure function is folded when its arguments are constant. */
  readonly pure: boolean
}

/** What a function may know about where it is called. */
export interface CallContext {
  readonly rule: string
  readonly clock: Clock
  /** When the rule was started, in milliseconds. */
  readonly startedAt: number
  /** The configured time zone, such as `UTC`. */
  readonly timeZone: string
}

export type SqlFunction = FunctionDoc &
  (
    | {
        /** Called inside an expression, once per row, synchronously. A failure throws `row_failed`. */
        readonly kind: 'row'
        readonly call: (ctx: CallContext, ...args: readonly Cell[]) => Cell
      }
    | {
        /** Called once per batch by its own operator; may wait. Plugins and remote calls are of this kind. */
        readonly kind: 'batch'
        readonly callBatch: (ctx: CallContext, rows: readonly (readonly Cell[])[]) => Promise<readonly Cell[]>
      }
    | {
        /** Folds a group; the state is plain data, so that it can be checkpointed. */
        readonly kind: 'aggregate'
        readonly init: () => Value
        readonly add: (state: Value, args: readonly Cell[]) => Value
        readonly merge?: (a: Value, b: Value) => Value
        readonly result: (state: Value) => Cell
      }
  )
