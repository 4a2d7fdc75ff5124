import type { Clock } from '../base/clock.ts'
import type { PlutinoError } from '../base/errors.ts'
import type { Cell, Struct, Value } from '../data/value.ts'
import type { StreamContext } from './context.ts'

/** Type of a parameter or result as a signature names it. `number`: bigint or float. `any`: everything. */
export type TypeName = 'any' | 'number' | 'bigint' | 'float' | 'string' | 'boolean' | 'datetime' | 'bytea' | 'array' | 'struct'

export interface Parameter {
  readonly name: string
  readonly type: TypeName
  readonly doc?: string
  readonly optional?: boolean
  /** The last parameter may come any number of times (with `optional`: also never); several at the end that repeat do so in turn. */
  readonly repeats?: boolean
  /** True: the argument must be a literal. False: it must not be one. A statement that does otherwise is refused. */
  readonly literal?: boolean
  /** Only the result of a function gives a bigint here; literals, columns and operators act as floats. */
  readonly computed?: boolean
  /** Of an aggregate: an integer that a schemaless column kept exact comes as it is, not as the float that it is in arithmetic. */
  readonly exact?: boolean
  /** Types that columns and results of functions may also have, literals not. */
  readonly also?: readonly TypeName[]
}

/**
 * Executed by the tests. `result`: the value of `sql`, an expression over no columns. `results`: the values of `sql` in the rows that a
 * statement gives for `rows`; an aggregate gets all of them in one window.
 */
export type Example =
  | { readonly sql: string; readonly result: Value }
  | { readonly sql: string; readonly rows: readonly Struct[]; readonly results: readonly Value[] }

/** What happens when an argument is null or absent, so that generated code need not call the function. */
export type NullRule = 'null' | 'false' | 'zero' | 'call'

export interface FunctionDoc {
  /** Lower case; matched without regard to case. */
  readonly name: string
  readonly aliases?: readonly string[]
  /** A result column without an alias is called as the statement writes the name; absent: as `name`, in lower case. */
  readonly asWritten?: boolean
  readonly category: string
  readonly doc: string
  readonly examples: readonly Example[]
  readonly params: readonly Parameter[]
  /** How many arguments it takes, when not every number that `params` allows will do. */
  readonly counts?: readonly number[]
  /** `first`: the type of the first argument. */
  readonly returns: TypeName | 'first'
  readonly nulls: NullRule
  /** What is opened of it keeps something in `ctx.state`, or in memory until `checkpoint`: it is saved with the checkpoints of rules. */
  readonly keepsState?: boolean
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

/** One place of a statement that calls a function. */
export interface CallPlace {
  /** Counts the places of the statement; the same whenever the same statement is planned. */
  readonly place: number
  readonly args: readonly PlaceArgument[]
}

/** What is known of an argument before there are rows: its value, or the text of its expression, for messages. */
export type PlaceArgument = { readonly constant: Cell } | { readonly expression: string }

/** A `batch` function at one place. Calls do not overlap; they come in the order of the rows. */
export interface BatchFunction {
  /**
   * A value for each row (its arguments), in their order; an error is that of its row alone. Never rejects for what happens in a plugin: that
   * is the error of every row, and the next call finds a fresh instance.
   */
  call(rows: readonly (readonly Cell[])[]): Promise<readonly (Cell | PlutinoError)[]>
  /**
   * For a checkpoint of the rule, between two other calls: what the function keeps in memory goes into the state of the node. Rejects when it
   * cannot: then there is no checkpoint, and the rule goes on.
   */
  readonly checkpoint?: () => Promise<void>
}

/** A call of `add`, `remove`, `finish` or `drop`. */
export type GroupCall =
  | { readonly do: 'add' | 'remove'; readonly groups: readonly number[]; readonly rows: readonly (readonly Cell[])[] }
  | { readonly do: 'finish' | 'drop'; readonly groups: readonly number[] }

/** What a `GroupCall` gave. */
export interface GroupAnswer {
  /** Errors of `add` and `remove`; absent: there is none. */
  readonly failures?: ReadonlyMap<number, PlutinoError>
  /** Of `finish`. */
  readonly values?: readonly (Cell | PlutinoError)[]
}

/**
 * A `groups` function at one place. The caller numbers the groups from 0, without large gaps, and may use a number again after `drop`.
 * Calls do not overlap.
 */
export interface GroupFunction {
  /** Adds row i to group `groups[i]`, which begins empty. Gives the errors of rows that were not added, by index. */
  add(groups: readonly number[], rows: readonly (readonly Cell[])[]): Promise<ReadonlyMap<number, PlutinoError>>
  /** Takes out rows that were added. Absent: it cannot; the caller keeps rows and adds them again to another group. */
  readonly remove?: (groups: readonly number[], rows: readonly (readonly Cell[])[]) => Promise<ReadonlyMap<number, PlutinoError>>
  /** Adds what is in `sources[i]` to `targets[i]` and drops `sources[i]`, one after another: a target may come several times. Absent: it cannot. */
  readonly merge?: (targets: readonly number[], sources: readonly number[]) => Promise<void>
  /** The value of each group, which goes on; a group that is not there has that of no rows. */
  finish(groups: readonly number[]): Promise<readonly (Cell | PlutinoError)[]>
  drop(groups: readonly number[]): Promise<void>
  /**
   * Makes some calls, at least one, one after another: the same as each by itself, and cheaper. Ends after an `add` or `remove` that gives an
   * error, when a call was the last of an instance, and wherever else it likes: gives the answers of the calls that were made. The caller
   * decides what becomes of the others; a call that comes alone is always made. Never rejects.
   */
  callAll(calls: readonly GroupCall[]): Promise<readonly GroupAnswer[]>
  /**
   * Why a group has no value until it is dropped: the instance that knew it has ended. Absent: that does not happen.
   */
  readonly lost?: (group: number) => PlutinoError | undefined
  /**
   * What is in groups, to be given to `restore`, of this instance or of the next. For checkpoints, and for windows that have parts in common: those
   * are copies. Rejects when the plugin does not tell; a group that is lost must not be asked for.
   */
  save(groups: readonly number[]): Promise<readonly Uint8Array[]>
  /** Sets groups to what `save` gave, whatever they were before. Rejects when it is not understood, or the instance ends. */
  restore(groups: readonly number[], states: readonly Uint8Array[]): Promise<void>
  /** As of a `batch` function; the groups are not part of it. */
  readonly checkpoint?: () => Promise<void>
}

export type SqlFunction = FunctionDoc &
  (
    | {
        /** Called inside an expression, once per row, synchronously. A failure throws `row_failed`. */
        readonly kind: 'row'
        readonly call: (ctx: CallContext, ...args: readonly Cell[]) => Cell
        /**
         * What is wrong with the arguments, as far as their literals tell; undefined stands for arguments that only a row knows. Called
         * when a statement is bound: what it says refuses the statement.
         */
        readonly check?: (literals: readonly (Value | undefined)[]) => string | undefined
      }
    | {
        /** One value for each row, whole batches at a time, by an operator of their own; may wait. Plugins and remote calls are of this kind. */
        readonly kind: 'batch'
        /**
         * Once for each place of a statement that calls the function, before its first row and again after a restart of the rule. Rejects with
         * `config_invalid` when the constant arguments are wrong. What it holds it releases when `ctx.signal` is aborted.
         */
        readonly openBatch: (place: CallPlace, ctx: StreamContext) => Promise<BatchFunction>
      }
    | {
        /** Folds a group: `init` once, `add` for each of its rows, `result` when the group is complete, which may go on after that. */
        readonly kind: 'aggregate'
        /** The value where a window holds no row at all; absent when not given. */
        readonly empty?: null
        /** `add` gets one argument more, the whole row as an object. */
        readonly wholeRow?: boolean
        readonly init: () => FunctionState
        /** Changes `state` in place. A failure throws `row_failed` and leaves the state as it was. */
        readonly add: (state: FunctionState, args: readonly Cell[]) => void
        /**
         * Adds what `other` has seen, which came later, to `into`, and leaves `other` as it was. For states that do not grow with
         * the rows; without it, windows that overlap keep the rows.
         */
        readonly merge?: (into: FunctionState, other: FunctionState) => void
        readonly result: (state: FunctionState) => Cell
      }
    | {
        /** An aggregate whose accumulations are kept elsewhere, in a plugin: filled whole batches at a time, by group; may wait. */
        readonly kind: 'groups'
        /** Groups can be put together, so that windows that overlap by parts add each row once: what is opened has `merge`. */
        readonly merges?: boolean
        /** Rows can be taken out, so that windows that slide add each row once: what is opened has `remove`. */
        readonly removes?: boolean
        /** As `openBatch`. */
        readonly openGroups: (place: CallPlace, ctx: StreamContext) => Promise<GroupFunction>
      }
    | {
        /** Remembers earlier rows: `next` once for each row in the order of time. Each call has a state for each partition. */
        readonly kind: 'analytic'
        /**
         * The rows that it sees. `rows`: those of the source, before WHERE and windows. `results`: those of the result. `groups`: the
         * groups of the result, so that the statement is one of aggregates.
         */
        readonly over: 'rows' | 'results' | 'groups'
        /** The value is an object whose members become columns, as of changed_cols. Its last argument is an object of the columns named. */
        readonly columns?: boolean
        /**
         * Its value is that of before the row, and its state changes only when the row passes the condition that reads it (WHERE, HAVING,
         * OVER (WHEN …) of a window): `held` gives the value, `next` follows for rows that pass. Its argument is the time of the row.
         */
        readonly hits?: boolean
        readonly init: () => FunctionState
        /** The value for this row; changes `state` in place. A failure throws `row_failed` and leaves the state as it was. */
        readonly next: (state: FunctionState, args: readonly Cell[], ctx: CallContext) => Cell
        /** The value for a row that OVER (WHEN …) leaves out. */
        readonly held: (state: FunctionState, args: readonly Cell[], ctx: CallContext) => Cell
      }
    | {
        /**
         * Names to which the planner gives a meaning: they have no code of their own. `window`: row_number, window_start …; `rows`: unnest,
         * extract; `meta`: meta, mqtt, event_time.
         */
        readonly kind: 'window' | 'rows' | 'meta'
      }
  )

/**
 * What a function keeps between calls: plain data under fixed names, so that it can be checkpointed. Its members may be arrays and objects
 * that grow; what is in those does not change.
 */
export interface FunctionState {
  [name: string]: Value
}
