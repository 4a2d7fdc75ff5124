import type { SqlType } from '../data/types.ts'

/** Every node knows its place: offsets into the statement's text, `end` exclusive. */
export interface Node {
  readonly at: number
  readonly end: number
}

export type Expr =
  | (Node & { readonly kind: 'null' })
  | (Node & { readonly kind: 'boolean'; readonly value: boolean })
  /** A whole number; bigint when a double would lose digits is not needed here: always exact. */
  | (Node & { readonly kind: 'integer'; readonly value: bigint })
  | (Node & { readonly kind: 'number'; readonly value: number })
  | (Node & { readonly kind: 'string'; readonly value: string })
  /** `a` or `stream.a`. */
  | (Node & { readonly kind: 'column'; readonly stream?: string; readonly name: string })
  /** `*` or `stream.*`: as a select field and as an argument (`count(*)`, `meta(*)`). */
  | (Node & {
      readonly kind: 'star'
      readonly stream?: string
      readonly except: readonly string[]
      readonly replace: readonly SelectField[]
    })
  | (Node & { readonly kind: 'unary'; readonly op: '-' | 'NOT'; readonly operand: Expr })
  | (Node & { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr })
  | (Node & { readonly kind: 'isNull'; readonly negated: boolean; readonly operand: Expr })
  /** The pattern may be any expression. */
  | (Node & { readonly kind: 'like'; readonly negated: boolean; readonly operand: Expr; readonly pattern: Expr })
  | (Node & { readonly kind: 'between'; readonly negated: boolean; readonly operand: Expr; readonly low: Expr; readonly high: Expr })
  /** `x IN (a, b)` has items, `x IN arrayExpression` has an array. */
  | (Node & {
      readonly kind: 'in'
      readonly negated: boolean
      readonly operand: Expr
      readonly items?: readonly Expr[]
      readonly array?: Expr
    })
  | (Node & { readonly kind: 'case'; readonly operand?: Expr; readonly whens: readonly When[]; readonly otherwise?: Expr })
  /** `a->b`. */
  | (Node & { readonly kind: 'member'; readonly object: Expr; readonly name: string; readonly wildcard?: true })
  /** `a[i]`. */
  | (Node & { readonly kind: 'index'; readonly object: Expr; readonly index: Expr })
  /** `a[from:to]`; both ends may be missing. */
  | (Node & { readonly kind: 'slice'; readonly object: Expr; readonly from?: Expr; readonly to?: Expr })
  | Call

export type BinaryOp = 'OR' | 'AND' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '|' | '^' | '*' | '/' | '%' | '&'

export interface When extends Node {
  readonly when: Expr
  readonly then: Expr
}

/** `name(args)`. `cast(a AS bigint)` is `cast(a, "bigint")`; arguments of `meta` and `mqtt` are columns and members by syntax. */
export interface Call extends Node {
  readonly kind: 'call'
  /** As written; matched without regard to case. */
  readonly name: string
  readonly args: readonly Expr[]
  readonly distinct?: boolean
  /** Aggregate `FILTER (WHERE …)`. */
  readonly filter?: Expr
  readonly over?: Over
}

export interface Over extends Node {
  readonly partition: readonly Expr[]
  readonly when?: Expr
  readonly order: readonly OrderTerm[]
}

export interface SelectField extends Node {
  readonly expr: Expr
  readonly alias?: string
  readonly invisible?: boolean
  /** The whole expression stands in parentheses: without an alias it then has no name of its own, `(a)` is `kuiper_field_0`. */
  readonly parenthesized?: boolean
}

export interface SourceRef extends Node {
  readonly name: string
  readonly alias?: string
}

export interface Join extends Node {
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'
  readonly source: SourceRef
  readonly on?: Expr
}

export type TimeUnit = 'DD' | 'HH' | 'MI' | 'SS' | 'MS'

export interface Window extends Node {
  readonly type: 'tumbling' | 'hopping' | 'sliding' | 'session' | 'count' | 'state'
  readonly unit?: TimeUnit
  /** Length in `unit`, or the number of rows of a count window. Session: the maximum duration. */
  readonly length?: number
  /** Hop of a hopping window, gap of a session window, step of a count window: 0 or none is a step of all its rows. */
  readonly interval?: number
  /** Delay of a sliding window. */
  readonly delay?: number
  /** State window: what opens it; with `emit` what closes it. */
  readonly begin?: Expr
  readonly emit?: Expr
  /** `FILTER (WHERE …)`. */
  readonly filter?: Expr
  /** `OVER (WHEN … PARTITION BY …)`. */
  readonly over?: Over
}

export interface OrderTerm extends Node {
  readonly expr: Expr
  readonly descending: boolean
}

export interface Select extends Node {
  readonly kind: 'select'
  readonly distinct?: boolean
  readonly fields: readonly SelectField[]
  readonly from: SourceRef
  readonly joins: readonly Join[]
  readonly where?: Expr
  /** Columns and expressions of GROUP BY without the window. */
  readonly groupBy: readonly Expr[]
  readonly window?: Window
  readonly having?: Expr
  readonly orderBy: readonly OrderTerm[]
  readonly limit?: number
}

export interface ColumnDefinition extends Node {
  readonly name: string
  readonly type: SqlType
  readonly default?: Expr
}

export interface StreamOption extends Node {
  /** Upper case. */
  readonly name: string
  readonly value: string | boolean
}

export interface CreateStream extends Node {
  readonly kind: 'create'
  readonly what: 'stream' | 'table'
  readonly name: string
  readonly columns: readonly ColumnDefinition[]
  readonly options: readonly StreamOption[]
}

export type Statement =
  | Select
  | CreateStream
  | (Node & { readonly kind: 'show'; readonly what: 'stream' | 'table' })
  | (Node & { readonly kind: 'describe' | 'drop'; readonly what: 'stream' | 'table'; readonly name: string })
  /** `EXPLAIN STREAM name` as eKuiper's, `EXPLAIN SELECT …` ours. */
  | (Node & { readonly kind: 'explain'; readonly what: 'stream' | 'table'; readonly name: string })
  | (Node & { readonly kind: 'explain'; readonly what: 'select'; readonly select: Select })
