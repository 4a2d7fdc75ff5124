import type { FunctionDefinition } from '../api/definition.ts'
import type { Example } from '../api/function.ts'
import { isNumeric } from '../data/compare.ts'
import { describeValue } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'
import { analyticFunction, condition } from './analytic-record.ts'
import { overRows, parameter } from './record.ts'

/** `on`: between `onBegin` and `onReset`. */
type Accumulated = { on: boolean; value: number; count: number }

interface Accumulator {
  readonly name: string
  readonly doc: string
  readonly returns: 'float' | 'bigint'
  readonly examples: readonly Example[]
  /** The number to be taken in; undefined for a value that is passed over. Throws `row_failed` for one that cannot be. */
  readonly read: (x: Cell) => number | undefined
  /** The value with one more number, the count-th. */
  readonly fold: (value: number, x: number, count: number) => number
  readonly result?: (state: Accumulated) => Cell
}

function accumulator({ doc, read, fold, result = ({ value }) => value, ...f }: Accumulator): FunctionDefinition {
  const run = (state: Accumulated, args: readonly Cell[], takes: boolean): Cell => {
    const bounded = args.length > 1
    const begins = bounded && condition('onBegin', args[1])
    const resets = bounded && condition('onReset', args[2])
    const x = takes && (!bounded || state.on || begins) ? read(args[0]) : undefined
    if (bounded && !state.on) Object.assign(state, { value: 0, count: 0 })
    if (x !== undefined) {
      state.count++
      state.value = fold(state.value, x, state.count)
    }
    state.on = (state.on || begins) && !resets
    return result(state)
  }
  return analyticFunction<Accumulated>({
    ...f,
    doc: `${doc} With onBegin and onReset it counts from a row that makes the one true to a row that makes the other true, both included.`,
    params: [
      parameter('x', 'any'),
      parameter('onBegin', 'boolean', { optional: true }),
      parameter('onReset', 'boolean', { optional: true }),
    ],
    counts: [1, 3],
    init: () => ({ on: false, value: 0, count: 0 }),
    next: (state, args) => run(state, args, true),
    held: (state, args) => run(state, args, false),
  })
}

function number(x: Cell): number {
  if (isNumeric(x)) return Number(x)
  throw rowFailed(`the value should be a number, but found ${describeValue(x)}`)
}

function numberOrNull(x: Cell): number | undefined {
  return x === null || x === undefined ? undefined : number(x)
}

export const accumulateFunctions: readonly FunctionDefinition[] = [
  accumulator({
    name: 'acc_sum',
    doc: 'The sum of all x until here; nulls are passed over.',
    returns: 'float',
    examples: [overRows('acc_sum(a)', [1, null, 3], [1, 1, 4]), overRows('acc_sum(a, a > 1, a > 2)', [1, 2, 3, 1], [0, 2, 5, 0])],
    read: numberOrNull,
    fold: (value, x) => value + x,
  }),
  accumulator({
    name: 'acc_count',
    doc: 'How many x there were until here that are not null.',
    returns: 'bigint',
    examples: [overRows('acc_count(a)', ['x', null, 3], [1n, 1n, 2n])],
    read: (x) => (x === null || x === undefined ? undefined : 1),
    fold: (_, __, count) => count,
    result: ({ value }) => BigInt(value),
  }),
  accumulator({
    name: 'acc_avg',
    doc: 'The mean of all x until here.',
    returns: 'float',
    examples: [overRows('acc_avg(a)', [1, 2, 6], [1, 1.5, 3])],
    read: number,
    fold: (value, x) => value + x,
    result: ({ value, count }) => (count === 0 ? 0 : value / count),
  }),
  accumulator({
    name: 'acc_min',
    doc: 'The least x until here; nulls are passed over, and before the first x it is 0.',
    returns: 'float',
    examples: [overRows('acc_min(a)', [null, 2, 3, 1], [0, 2, 2, 1])],
    read: numberOrNull,
    fold: (value, x, count) => (count === 1 ? x : Math.min(value, x)),
  }),
  accumulator({
    name: 'acc_max',
    doc: 'The greatest x until here; nulls are passed over, and before the first x it is 0.',
    returns: 'float',
    examples: [overRows('acc_max(a)', [null, -2, -3, 1], [0, -2, -2, 1])],
    read: numberOrNull,
    fold: (value, x, count) => (count === 1 ? x : Math.max(value, x)),
  }),
]
