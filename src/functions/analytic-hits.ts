import type { FunctionDefinition } from '../api/definition.ts'
import type { Example } from '../api/function.ts'
import { analyticFunction } from './analytic-record.ts'
import { overRows } from './record.ts'

type Over = 'results' | 'groups'

function hitCount(name: string, over: Over, doc: string, examples: readonly Example[]): FunctionDefinition {
  return analyticFunction<{ count: number }>({
    name,
    doc,
    params: [],
    returns: 'bigint',
    over,
    hits: true,
    examples,
    init: () => ({ count: 0 }),
    next(state) {
      state.count++
      return null
    },
    held: ({ count }) => BigInt(count),
  })
}

function hitTime(name: string, over: Over, doc: string, examples: readonly Example[]): FunctionDefinition {
  return analyticFunction<{ time: number }>({
    name,
    doc,
    params: [],
    returns: 'bigint',
    over,
    hits: true,
    examples,
    init: () => ({ time: 0 }),
    next(state, [time]) {
      if (typeof time === 'number' && Number.isFinite(time)) state.time = time
      return null
    },
    held: ({ time }) => BigInt(time),
  })
}

/** What a rule gave until now. */
export const hitFunctions: readonly FunctionDefinition[] = [
  hitCount('last_hit_count', 'results', 'How many rows the rule has given before this one; in a condition: how many have met it.', [
    overRows('last_hit_count()', [1, 2, 3], [0n, 1n, 2n]),
  ]),
  hitTime(
    'last_hit_time',
    'results',
    'The time of the last row that the rule has given (or that has met the condition), in milliseconds; 0 before it.',
    [overRows('last_hit_time() > 0', [1, 2], [false, true])],
  ),
  hitCount('last_agg_hit_count', 'groups', 'How many groups the rule has given before this one; in HAVING: how many have met it.', [
    overRows('last_agg_hit_count()', [1, 2], [0n, 1n]),
  ]),
  hitTime(
    'last_agg_hit_time',
    'groups',
    'The time of the last group that the rule has given (or that has met HAVING), in milliseconds; 0 before it.',
    [overRows('last_agg_hit_time() > 0', [1, 2], [false, true])],
  ),
]
