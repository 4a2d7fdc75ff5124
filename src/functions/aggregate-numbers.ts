import type { FunctionDefinition } from '../api/definition.ts'
import type { FunctionState } from '../api/function.ts'
import { describeValue } from '../data/describe-value.ts'
import { isNumeric, orderNumbers, orderText } from '../data/compare.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell, Value } from '../data/value.ts'
import { aggregateFunction as define, column, isMissing, numberOf } from './aggregate-record.ts'
import { parameter } from './record.ts'

const NUMBER = parameter('x', 'number')
const ORDERED = parameter('x', 'number', { exact: true, also: ['string'] })

/** Integers are added exactly, however large their sum; floats apart from them. */
function emptySum(): FunctionState {
  return { float: 0, floats: 0, integer: 0n, integers: 0 }
}

function addToSum(state: FunctionState, value: Cell): void {
  if (isMissing(value)) return
  if (typeof value === 'bigint') {
    state['integer'] = integerOf(state) + value
    state['integers'] = numberOf(state, 'integers') + 1
  } else if (typeof value === 'number') {
    state['float'] = numberOf(state, 'float') + value
    state['floats'] = numberOf(state, 'floats') + 1
  } else throw rowFailed(`expected a number, got ${describeValue(value)}`)
}

function mergeSums(into: FunctionState, other: FunctionState): void {
  into['integer'] = integerOf(into) + integerOf(other)
  for (const name of ['integers', 'float', 'floats']) into[name] = numberOf(into, name) + numberOf(other, name)
}

function integerOf({ integer }: FunctionState): bigint {
  return typeof integer === 'bigint' ? integer : 0n
}

function countOf(state: FunctionState): number {
  return numberOf(state, 'integers') + numberOf(state, 'floats')
}

function floatOf(state: FunctionState): number {
  return numberOf(state, 'integers') === 0 ? numberOf(state, 'float') : numberOf(state, 'float') + Number(integerOf(state))
}

function sumOf(state: FunctionState): Value {
  if (countOf(state) === 0) return null
  const integer = integerOf(state)
  return numberOf(state, 'floats') === 0 && integer === BigInt.asIntN(64, integer) ? integer : floatOf(state)
}

function meanOf(state: FunctionState): Value {
  const count = countOf(state)
  if (count === 0) return null
  return numberOf(state, 'floats') === 0 ? integerOf(state) / BigInt(count) : floatOf(state) / count
}

/** Keeps the smaller (`sign` 1) or larger (-1) value; NaN is passed over, because it is neither. */
function keepExtreme(state: FunctionState, value: Cell, sign: 1 | -1): void {
  if (isMissing(value) || Number.isNaN(value)) return
  const known = state['value'] ?? null
  if (known === null) {
    if (!isNumeric(value) && typeof value !== 'string') throw rowFailed(`expected a number or a text, got ${describeValue(value)}`)
    state['value'] = value
  } else if (orderOf(value, known) * sign < 0) state['value'] = value
}

function orderOf(value: Value, known: Value): number {
  if (isNumeric(value) && isNumeric(known)) return orderNumbers(value, known)
  if (typeof value === 'string' && typeof known === 'string') return orderText(value, known)
  throw rowFailed(`expected a ${typeof known === 'string' ? 'text' : 'number'}, got ${describeValue(value)}`)
}

function extreme(name: 'min' | 'max', sign: 1 | -1): FunctionDefinition {
  const word = name === 'min' ? 'smallest' : 'largest'
  return define({
    name,
    doc: `The ${word} number, or the ${sign === 1 ? 'first' : 'last'} text in the order of code points. Nulls are passed over; a mixture of numbers and texts is an error.`,
    params: [ORDERED],
    returns: 'first',
    examples: [
      [`${name}(a)`, column(7, 3, null, 5), sign === 1 ? 3 : 7],
      [`${name}(lower(a))`, column('B', 'a'), sign === 1 ? 'a' : 'b'],
    ],
    init: () => ({ value: null }),
    add: (state, [value]) => keepExtreme(state, value, sign),
    merge: (into, other) => keepExtreme(into, other['value'], sign),
    result: (state) => state['value'],
  })
}

export const numberAggregates: readonly FunctionDefinition[] = [
  define({
    name: 'count',
    doc: 'How many values are not null; `count(*)` counts rows. Absent where a window holds no row.',
    params: [parameter('x', 'any')],
    returns: 'bigint',
    examples: [
      ['count(*)', column(7, 3, null), 3n],
      ['count(a)', column(7, 3, null), 2n],
      ['count(DISTINCT a)', column(7, 3, 7), 2n],
    ],
    init: () => ({ count: 0 }),
    add: (state, [value]) => {
      if (!isMissing(value)) state['count'] = numberOf(state, 'count') + 1
    },
    merge: (into, other) => {
      into['count'] = numberOf(into, 'count') + numberOf(other, 'count')
    },
    result: (state) => BigInt(numberOf(state, 'count')),
  }),
  define({
    name: 'sum',
    doc: 'The sum of the values; of bigint a bigint, and a float where it does not fit into 64 bits. Nulls are passed over; null where there is no value.',
    params: [NUMBER],
    returns: 'first',
    examples: [
      ['sum(a)', column(1.5, null, 2.5), 4],
      ['sum(a) FILTER (WHERE a > 2)', column(1.5, 2.5, 4), 6.5],
    ],
    init: emptySum,
    add: (state, [value]) => addToSum(state, value),
    merge: mergeSums,
    result: sumOf,
  }),
  define({
    name: 'avg',
    doc: 'The mean of the values; of bigint a bigint, cut off. Nulls are passed over; null where there is no value.',
    params: [NUMBER],
    returns: 'first',
    examples: [
      ['avg(a)', column(7, 3, null, 6.5), 5.5],
      ['avg(cast(a, "bigint"))', column(7, 4), 5n],
    ],
    init: emptySum,
    add: (state, [value]) => addToSum(state, value),
    merge: mergeSums,
    result: meanOf,
  }),
  extreme('min', 1),
  extreme('max', -1),
]
