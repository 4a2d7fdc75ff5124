import type { SqlFunction } from '../../api/function.ts'
import { PlutinoError } from '../../base/errors.ts'
import { rowFailed } from '../../data/row-failed.ts'
import type { Cell } from '../../data/value.ts'
import type { BoundExpr } from '../../expression/bound.ts'
import type { AggregateCall, WindowBound } from '../../expression/calls.ts'
import type { CompileDeps, Compiler } from '../../expression/compile.ts'
import type { EntryTarget, FoldCall, FoldKind, FoldLoop, GroupTarget } from '../../expression/compile-fold.ts'
import { folds } from '../../expression/folding.ts'
import type { FunctionLookup } from '../../expression/functions.ts'
import { CountColumn, type FoldColumn, MeanColumn, SumColumn } from './columns.ts'
import { ExtremeColumn } from './extreme-column.ts'
import { IntegerColumn } from './integer-column.ts'
import { PluginCall } from './plugin-call.ts'
import { PluginColumn, PluginEntryColumn } from './plugin-column.ts'
import type { Leaving } from '../windows/content.ts'
import { type Accumulator, distinct, StateColumn } from './state-column.ts'

/** What is to be made of the rows of a result. */
export interface Grouping {
  readonly groupBy: readonly BoundExpr[]
  readonly calls: readonly AggregateCall[]
  /** Slots of the first row of a group that are read later. */
  readonly firsts: readonly number[]
  /** Slots of the row of a group: the aggregates come last. */
  readonly width: number
  /** Rows that do not make it true are in the window and in no group. */
  readonly where?: BoundExpr
  /** Slots for what the window knows about itself. */
  readonly bounds?: readonly WindowBound[]
  /** Windows in which nothing is give no result. */
  readonly omitEmpty?: boolean
}

type Aggregate = Extract<SqlFunction, { readonly kind: 'aggregate' | 'groups' }>

/** A grouping with its code. */
export class Fold {
  readonly grouping: Grouping
  /** The row of a group before anything is in it; a copy costs less than a new one. */
  readonly blank: readonly Cell[]
  readonly groups: FoldLoop<GroupTarget>
  /** Calls whose groups are in plugins. */
  readonly plugins: readonly PluginCall[]
  readonly #calls: readonly Folded[]
  readonly #found: readonly { readonly call: AggregateCall; readonly aggregate: Aggregate }[]
  readonly #entries: () => FoldLoop<EntryTarget>

  constructor(grouping: Grouping, compiler: Compiler, deps: CompileDeps) {
    const bounds = new Set(grouping.bounds?.map(({ slot }) => slot))
    this.grouping = { ...grouping, firsts: grouping.firsts.filter((slot) => !bounds.has(slot)) }
    this.blank = emptyRow(grouping.width)
    const found = grouping.calls.map((call) => ({ call, aggregate: aggregateOf(call, deps.functions) }))
    this.#found = found
    this.#calls = found.map(({ call, aggregate }) => folded(call, aggregate))
    this.plugins = this.#calls.flatMap(({ plugin }) => plugin ?? [])
    const calls = found.map(({ call, aggregate }, i) => programOf(call, aggregate, this.#calls[i]?.kind ?? 'state'))
    const { where, groupBy } = grouping
    const program = { keys: groupBy, calls, ...(where === undefined ? {} : { where }) }
    this.groups = compiler.groups(program, deps)
    this.#entries = () => compiler.entries(program, deps)
  }

  /** No rows need to be kept where they leave in this way. */
  folds(leaving: Leaving): boolean {
    return this.#found.every(({ call, aggregate }) => folds(call, aggregate, leaving))
  }

  entries(): FoldLoop<EntryTarget> {
    return this.#entries()
  }

  columns(): readonly FoldColumn[] {
    return this.#calls.map(({ kind, of, plugin }) => (plugin === undefined ? columnOf(kind, of) : new PluginColumn(plugin)))
  }

  /** For slots that have a row each. */
  entryColumns(): readonly FoldColumn[] {
    return this.#calls.map(({ kind, of, plugin }) => (plugin === undefined ? columnOf(kind, of) : new PluginEntryColumn(plugin)))
  }
}

/** The error of a result whose aggregates cannot be given. */
export function failure(thrown: unknown): PlutinoError {
  if (!(thrown instanceof PlutinoError)) throw thrown
  return thrown.message.startsWith('run ') ? thrown : rowFailed(`run Select error: ${thrown.message}`, thrown.hint)
}

function aggregateOf({ function: name }: AggregateCall, functions: FunctionLookup): Aggregate {
  const found = functions.find(name)
  if (found?.kind !== 'aggregate' && found?.kind !== 'groups') throw new PlutinoError('sql_invalid', `aggregate ${name} not found`)
  return found
}

/** How a call is folded. */
type Folded = { readonly kind: FoldKind } & (
  | { readonly of: Accumulator; readonly plugin?: never }
  | { readonly of?: never; readonly plugin: PluginCall }
)

function folded(call: AggregateCall, aggregate: Aggregate): Folded {
  const kind = kindOf(call, aggregate)
  if (aggregate.kind === 'groups') return { kind, plugin: new PluginCall(call, aggregate) }
  return { kind, of: call.distinct ? distinct(aggregate) : aggregate }
}

function programOf({ args, filter }: AggregateCall, { params }: Aggregate, kind: FoldKind): FoldCall {
  const floats = args.map((_, i) => params[i]?.type === 'number' && params[i]?.exact !== true)
  return { kind, args, floats, ...(filter === undefined ? {} : { filter }) }
}

/** Of each aggregate how floats and how bigint are accumulated, where the type of the argument tells that it is one or the other. */
const KINDS: Readonly<Record<string, readonly [floats: FoldKind, integers: FoldKind, others: FoldKind]>> = {
  count: ['count', 'count', 'count'],
  sum: ['sum', 'integerSum', 'state'],
  avg: ['mean', 'integerMean', 'state'],
  min: ['min', 'integerMin', 'min'],
  max: ['max', 'integerMax', 'max'],
}

/** Numbers of schemaless columns are floats in arithmetic; only columns that are declared so hold bigint and nothing else. */
function kindOf({ function: name, args, distinct: once }: AggregateCall, { kind, category }: Aggregate): FoldKind {
  const kinds = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
  if (kinds === undefined || once || kind !== 'aggregate' || category !== 'aggregate') return 'state'
  const [arg] = args
  const [floats, integers, others] = kinds
  if (arg?.type === 'float' || arg?.type === 'json') return floats
  return arg?.kind === 'slot' && arg.type === 'bigint' ? integers : others
}

function columnOf(kind: FoldKind, accumulator: Accumulator): FoldColumn {
  switch (kind) {
    case 'count':
      return new CountColumn()
    case 'sum':
      return new SumColumn()
    case 'mean':
      return new MeanColumn()
    case 'min':
      return new ExtremeColumn(1)
    case 'max':
      return new ExtremeColumn(-1)
    case 'integerSum':
    case 'integerMean':
      return new IntegerColumn(kind)
    case 'integerMin':
      return new ExtremeColumn(1, true)
    case 'integerMax':
      return new ExtremeColumn(-1, true)
    case 'state':
      return new StateColumn(accumulator)
  }
}

/** A row of absent cells. */
export function emptyRow(width: number): Cell[] {
  const row: Cell[] = []
  for (let slot = 0; slot < width; slot++) row.push(undefined)
  return row
}
