import type { FunctionDefinition } from '../api/definition.ts'
import type { FunctionState } from '../api/function.ts'
import { describeValue } from '../data/describe-value.ts'
import { isNumeric, orderNumbers } from '../data/compare.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell, Value } from '../data/value.ts'
import { type AggregateFunction, aggregateFunction as define, column, isMissing, listOf } from './aggregate-record.ts'
import { toNumber } from './arguments.ts'
import { parameter } from './record.ts'

const X = parameter('x', 'number')

/** An aggregate over all numbers of a group at once; null where there are none. */
function overNumbers(
  f: Pick<AggregateFunction, 'name' | 'doc' | 'examples'>,
  result: (numbers: readonly number[]) => number,
): FunctionDefinition {
  return define({
    ...f,
    params: [X],
    returns: 'float',
    init: () => ({ values: [] }),
    add: (state, [value]) => addNumber(state, value),
    result: (state) => overAll(state, result),
  })
}

function addNumber(state: FunctionState, value: Cell): void {
  if (!isMissing(value)) listOf(state, 'values').push(toNumber(value))
}

function overAll(state: FunctionState, result: (numbers: readonly number[]) => number): Value {
  const numbers = numbersOf(state)
  return numbers.length === 0 ? null : result(numbers)
}

function numbersOf(state: FunctionState): readonly number[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `addNumber` puts only numbers there
  return listOf(state, 'values') as number[]
}

/** `sample` 1: of a sample, undefined (NaN) for one value. In two passes, because the squares alone would lose digits. */
function variance(numbers: readonly number[], sample: 0 | 1): number {
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length
  return numbers.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (numbers.length - sample)
}

/** A value that `percent` of the numbers do not exceed, or the mean of the two around that place. */
function continuous(numbers: readonly number[], percent: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const [first = Number.NaN] = sorted
  if (sorted.length === 1) return first
  const place = (percent / 100) * sorted.length
  if (!(percent > 0 && percent <= 100) || place < 1)
    throw rowFailed(`the percentile ${percent / 100} is out of range for ${sorted.length} values`)
  const at = Math.floor(place)
  const low = sorted[at - 1] ?? Number.NaN
  return place === at ? low : (low + (sorted[at] ?? low)) / 2
}

/** The smallest of the numbers that at least `percent` of them do not exceed. */
function discrete(numbers: readonly number[], percent: number): number {
  if (!(percent >= 0 && percent <= 100)) throw rowFailed(`the percentile ${percent / 100} is out of range`)
  const sorted = numbers.toSorted((a, b) => a - b)
  const rank = percent === 100 ? sorted.length : Math.ceil((sorted.length * percent) / 100)
  return sorted[Math.max(rank, 1) - 1] ?? Number.NaN
}

function percentile(
  f: Pick<AggregateFunction, 'name' | 'doc' | 'examples'>,
  result: (numbers: readonly number[], percent: number) => number,
): FunctionDefinition {
  return define({
    ...f,
    params: [X, parameter('p', 'number', { doc: 'From 0 to 1; the first value of the group counts.' })],
    returns: 'float',
    init: () => ({ values: [], p: null }),
    add: (state, [value, p]) => {
      const wanted = state['p'] ?? (isMissing(p) ? null : toNumber(p))
      addNumber(state, value)
      state['p'] = wanted
    },
    result: (state) => {
      const { p } = state
      return overAll(state, (numbers) => result(numbers, typeof p === 'number' ? p * 100 : Number.NaN))
    },
  })
}

/** The middle of the numbers; of an even count the mean of the two in the middle. */
function medianOf(state: FunctionState): Value {
  const sorted = listOf(state, 'values').filter(isNumeric).toSorted(orderNumbers)
  const high = sorted[sorted.length >> 1]
  if (high === undefined) return null
  if (sorted.length % 2 === 1) return high
  return (Number(sorted[(sorted.length >> 1) - 1]) + Number(high)) / 2
}

export const statisticsAggregates: readonly FunctionDefinition[] = [
  define({
    name: 'median',
    doc: 'The value in the middle; of an even number of values the mean of the two in the middle, as a float. The first value must not be null, later nulls are passed over.',
    params: [X],
    returns: 'first',
    examples: [
      ['median(a)', column(7, 3, 5), 5],
      ['median(a)', column(7, 3), 5],
    ],
    init: () => ({ values: [] }),
    add: (state, [value]) => {
      const values = listOf(state, 'values')
      if (isMissing(value) && values.length > 0) return
      if (!isNumeric(value)) throw rowFailed(`expected a number, got ${describeValue(value)}`)
      values.push(value)
    },
    result: medianOf,
  }),
  overNumbers(
    { name: 'stddev', doc: 'The standard deviation of the values as all there are.', examples: [['stddev(a)', column(1, 3, null), 1]] },
    (numbers) => Math.sqrt(variance(numbers, 0)),
  ),
  overNumbers(
    { name: 'stddevs', doc: 'The standard deviation of the values as a sample.', examples: [['stddevs(a)', column(7, 3, 5), 2]] },
    (numbers) => Math.sqrt(variance(numbers, 1)),
  ),
  overNumbers(
    { name: 'var', doc: 'The variance of the values as all there are.', examples: [['var(a)', column(1, 5, null), 4]] },
    (numbers) => variance(numbers, 0),
  ),
  overNumbers({ name: 'vars', doc: 'The variance of the values as a sample.', examples: [['vars(a)', column(7, 3, 5), 4]] }, (numbers) =>
    variance(numbers, 1),
  ),
  percentile(
    {
      name: 'percentile_cont',
      doc: 'The value below which the part p of the values lies, between two of them their mean.',
      examples: [['percentile_cont(a, 0.25)', column(10, 20, 30, 40, 50), 15]],
    },
    continuous,
  ),
  percentile(
    {
      name: 'percentile_disc',
      doc: 'The smallest value that the part p of the values does not exceed.',
      examples: [['percentile_disc(a, 0.25)', column(10, 20, 30, 40, 50), 20]],
    },
    discrete,
  ),
]
