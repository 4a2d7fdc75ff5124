import type { FunctionDefinition } from '../api/definition.ts'
import { sameValue } from '../data/compare.ts'
import { describeValue } from '../data/describe-value.ts'
import { put } from '../data/record.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell, type Value } from '../data/value.ts'
import { analyticFunction, truth } from './analytic-record.ts'
import { toIndex } from './arguments.ts'
import { overRows, parameter } from './record.ts'

/** The last values, the oldest at `at` when there are as many as the offset. `fill` stands for those before the first row. */
type Past = { begun: boolean; fill: Value; ring: Value[]; at: number }

const ignoreNull = parameter('ignoreNull', 'boolean', { doc: 'rows in which x is null are passed over' })

const lag = analyticFunction<Past>({
  name: 'lag',
  doc: 'The value that x had `offset` rows ago. `default` stands for it until there are as many rows; rows in which x is null do not count unless ignoreNull is false.',
  params: [
    parameter('x', 'any'),
    parameter('offset', 'bigint', { optional: true, literal: true, doc: 'a whole number from 0; 1 when absent' }),
    parameter('default', 'any', { optional: true }),
    parameter('ignoreNull', 'boolean', { optional: true, doc: 'true when absent' }),
  ],
  returns: 'first',
  examples: [
    overRows('lag(a)', [1, 2, 3], [null, 1, 2]),
    overRows('lag(a, 2, "none")', [1, 2, 3], ['none', 'none', 1]),
    overRows('lag(a, 1, 0, false)', [1, null, 3], [0n, 1, null]),
  ],
  init: () => ({ begun: false, fill: null, ring: [], at: 0 }),
  next(past, args) {
    const skips = args.length < 4 || truth('ignoreNull', args[3])
    const value = oldest(past, args)
    const x = args[0] ?? null
    if (x !== null || !skips) remember(past, x, offsetOf(args))
    return value
  },
  held: oldest,
})

function oldest(past: Past, args: readonly Cell[]): Value {
  const size = offsetOf(args)
  if (!past.begun) Object.assign(past, { begun: true, fill: args[2] ?? null })
  if (size === 0) return null
  return past.ring.length < size ? past.fill : (past.ring[past.at] ?? null)
}

function remember(past: Past, x: Value, size: number): void {
  if (past.ring.length < size) past.ring.push(x)
  else if (size > 0) {
    past.ring[past.at] = x
    past.at = (past.at + 1) % size
  }
}

function offsetOf(args: readonly Cell[]): number {
  const offset = args[1]
  return offset === undefined || offset === null ? 1 : toIndex(offset)
}

type Last = { last: Value }

const latest = analyticFunction<Last>({
  name: 'latest',
  doc: 'The last value of x that is not null, that of this row included; `default` until there is one.',
  params: [parameter('x', 'any'), parameter('default', 'any', { optional: true })],
  returns: 'first',
  examples: [overRows('latest(a)', [undefined, 1, null, 3], [null, 1, 1, 3]), overRows('latest(a, 0)', [null, 1], [0n, 1])],
  init: () => ({ last: null }),
  next(state, args) {
    state.last = args[0] ?? state.last
    return latestOf(state, args)
  },
  held: latestOf,
})

function latestOf({ last }: Last, [, fallback]: readonly Cell[]): Cell {
  return last ?? fallback
}

const changedCol = analyticFunction<Last>({
  name: 'changed_col',
  doc: 'x when it differs from the last one, else null.',
  params: [ignoreNull, parameter('x', 'any')],
  returns: 'any',
  examples: [overRows('changed_col(true, a)', [1, 1, null, 1, 2], [1, null, null, null, 2])],
  init: () => ({ last: null }),
  next(state, [ignore, x = null]) {
    if ((truth('ignoreNull', ignore) && x === null) || sameValue(x, state.last)) return null
    state.last = x
    return x
  },
  held: () => null,
})

const hadChanged = analyticFunction<{ last: Value[] }>({
  name: 'had_changed',
  doc: 'Does any x differ from its last one? True in the first row.',
  params: [ignoreNull, parameter('x', 'any', { repeats: true })],
  returns: 'boolean',
  examples: [overRows('had_changed(true, a)', [1, 1, null, 2], [true, false, false, true])],
  init: () => ({ last: [] }),
  next({ last }, [ignore, ...values]) {
    const skips = truth('ignoreNull', ignore)
    let changed = false
    for (const [i, x = null] of values.entries()) {
      if ((skips && x === null) || sameValue(x, last[i])) continue
      last[i] = x
      changed = true
    }
    for (const i of values.keys()) last[i] ??= null
    return changed
  },
  held: () => false,
})

const changedCols = analyticFunction<{ last: Record<string, Value> }>({
  name: 'changed_cols',
  doc: 'Those of the columns that differ from their last values, as columns with the prefix before their names; `*` stands for all columns.',
  params: [
    parameter('prefix', 'any', { doc: 'a text' }),
    parameter('ignoreNull', 'any', { doc: 'true: a column that is null is passed over' }),
    parameter('x', 'any', { repeats: true }),
  ],
  returns: 'struct',
  over: 'results',
  columns: true,
  examples: [overRows('changed_cols("c_", true, a)', [1, 1, 2], [{ c_a: 1 }, null, { c_a: 2 }])],
  init: () => ({ last: {} }),
  next({ last }, [prefix, ignore, columns]) {
    if (typeof prefix !== 'string') throw rowFailed(`the prefix should be a text, but found ${describeValue(prefix)}`)
    const skips = truth('ignoreNull', ignore)
    const changed: Record<string, Value> = {}
    for (const [name, x] of Object.entries(isStruct(columns) ? columns : {})) {
      if ((skips && x === null) || sameValue(x, Object.hasOwn(last, name) ? last[name] : null)) continue
      put(last, name, x)
      put(changed, `${prefix}${name}`, x)
    }
    return Object.keys(changed).length === 0 ? null : changed
  },
  held: () => null,
})

export const historyFunctions: readonly FunctionDefinition[] = [lag, latest, changedCol, hadChanged, changedCols]
