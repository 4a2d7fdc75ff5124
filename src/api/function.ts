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
        /** Folds a group: `init` once, `add` for each of its rows, `result` when the group is complete, which may go on after that. */
        readonly kind: 'aggregate'
        readonly init: () => FunctionState
        /** Changes `state` in place. A failure throws `row_failed` and leaves the state as it was. */
        readonly add: (state: FunctionState, args: readonly Cell[]) => void
        /** Adds what `other` has seen, which came later, to `into`. Without it windows keep the rows. */
        readonly merge?: (into: FunctionState, other: FunctionState) => void
        readonly result: (state: FunctionState) => Cell
      }
    | {
        /** Remembers earlier rows: `next` once for each row in the order of time. Each call has a state for each partition. */
        readonly kind: 'analytic'
        /** The value is an object whose members become columns, as of changed_cols. */
        readonly columns?: boolean
        readonly init: () => FunctionState
        /** The value for this row; changes `state` in place. */
        readonly next: (state: FunctionState, args: readonly Cell[], ctx: CallContext) => Cell
        /** The value for a row that OVER (WHEN …) leaves out; the state stays. */
        readonly held: (state: FunctionState) => Cell
      }
    | {
        /**
         * Names to which the planner gives a meaning: they have no code of their own. `window`: row_number, window_start …; `rows`: unnest,
         * extract; `meta`: meta, mqtt, event_time.
         */
        readonly kind: 'window' | 'rows' | 'meta'
      }
  )

/** What a function keeps between calls: plain data under fixed names, so that it can be checkpointed. */
interface FunctionState {
  [name: string]: Value
}
