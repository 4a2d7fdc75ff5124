import type { FunctionDefinition } from '../api/definition.ts'
import type { Example, FunctionState, Parameter } from '../api/function.ts'
import { describeValue } from '../data/describe-value.ts'
import { castValue } from '../data/cast.ts'
import { isNumeric } from '../data/compare.ts'
import { rowFailed } from '../data/row-failed.ts'
import { type Cell, isStruct } from '../data/value.ts'
import { aggregateFunctions } from './aggregate.ts'
import { isMissing } from './aggregate-record.ts'
import { analyticFunction, truth } from './analytic-record.ts'
import { isEmptyCollection } from './arguments.ts'
import { overRows, parameter } from './record.ts'

interface Running {
  /** Name of the aggregate. */
  readonly of: string
  readonly params: readonly Parameter[]
  readonly example: Example
  /** The arguments of the aggregate; undefined where the row gives null. Throws `row_failed`. */
  readonly args?: (args: readonly Cell[], state: FunctionState) => readonly Cell[] | undefined
}

/** An aggregate of all rows of the result so far, at each of them: eKuiper's parts of incremental windows, which statements can name. */
function running({ of, params, example, args: read = (args) => args }: Running): FunctionDefinition {
  const found = aggregateFunctions.find(({ name }) => name === of)?.function
  if (found?.kind !== 'aggregate') throw new Error(`there is no aggregate ${of}`)
  const next = (state: FunctionState, args: readonly Cell[]): Cell => {
    const [value] = args
    const taken = isMissing(value) || isEmptyCollection(value) ? undefined : read(args, state)
    if (taken === undefined) return null
    found.add(state, taken)
    return found.result(state)
  }
  return analyticFunction({
    name: `inc_${of}`,
    doc: `${of}() of all rows so far, at each of them. Null where the argument is null or empty, which changes nothing.`,
    params,
    returns: found.returns,
    over: 'results',
    examples: [example],
    init: found.init,
    next,
    held: (state) => found.result(state),
  })
}

const ANY = [parameter('x', 'any')]

/** Texts that are numbers and booleans count; the sums are of floats, whatever comes. */
function floats([x]: readonly Cell[]): readonly Cell[] {
  return [castValue(x, 'float')]
}

/** Nothing but numbers and texts is large or small, and nothing of one kind among the other. */
function comparable([x]: readonly Cell[], state: FunctionState): readonly Cell[] | undefined {
  const known = state['value'] ?? null
  const fits = known === null ? isNumeric(x) || typeof x === 'string' : isNumeric(known) ? isNumeric(x) : typeof x === 'string'
  return fits ? [x] : undefined
}

function object([x]: readonly Cell[]): readonly Cell[] {
  if (isStruct(x)) return [x]
  throw rowFailed(`expected an object, got ${describeValue(x)}`)
}

export const incrementalFunctions: readonly FunctionDefinition[] = [
  running({ of: 'count', params: ANY, example: overRows('inc_count(a)', [7, null, 3], [1n, null, 2n]) }),
  running({ of: 'sum', params: ANY, example: overRows('inc_sum(a)', [7, null, 3], [7, null, 10]), args: floats }),
  running({ of: 'avg', params: ANY, example: overRows('inc_avg(a)', [7, null, 3], [7, null, 5]), args: floats }),
  running({ of: 'min', params: ANY, example: overRows('inc_min(a)', [7, 3, 5], [7, 3, 3]), args: comparable }),
  running({ of: 'max', params: ANY, example: overRows('inc_max(a)', [3, 7, 5], [3, 7, 7]), args: comparable }),
  running({ of: 'collect', params: ANY, example: overRows('inc_collect(a)', [7, 3], [[7], [7, 3]]) }),
  running({
    of: 'merge_agg',
    params: ANY,
    example: overRows('inc_merge_agg(o)', [{ o: { k: 1 } }, { o: { z: 2 } }], [{ k: 1 }, { k: 1, z: 2 }]),
    args: object,
  }),
  running({
    of: 'last_value',
    params: [...ANY, parameter('ignoreNull', 'number', { doc: 'A boolean column or expression; as a literal it is refused.' })],
    example: overRows(
      'inc_last_value(a, b)',
      [
        { a: 7, b: true },
        { a: 3, b: false },
      ],
      [7, 3],
    ),
    args: ([x, ignoreNull]) => (isMissing(ignoreNull) ? undefined : [x, truth('ignoreNull', ignoreNull)]),
  }),
]
