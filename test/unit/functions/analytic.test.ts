import { expect, test } from 'vitest'
import type { SqlFunction } from '../../../src/api/function.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { Cell } from '../../../src/data/value.ts'
import { functions } from '../../../src/functions/index.ts'
import { TEST_CONTEXT } from '../../support/sql.ts'

type Analytic = Extract<SqlFunction, { readonly kind: 'analytic' }>
const ANALYTIC = functions.map(({ function: f }) => f).filter((f): f is Analytic => f.kind === 'analytic')

const BAD: readonly Cell[] = [
  undefined,
  null,
  '',
  '𝒳 ünï',
  'x'.repeat(100_000),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  10n ** 30n,
  true,
  [],
  [null, [1]],
  {},
  JSON.parse('{"__proto__":1,"toString":2}'),
  new Uint8Array([1]),
  new Date(Number.NaN),
]

/** Good arguments, as many as each function takes at most. */
const GOOD: Readonly<Record<string, readonly (readonly Cell[])[]>> = {
  lag: [[1], [1, 2n, 0n, true]],
  latest: [[1], [1, 0n]],
  changed_col: [[true, 1]],
  had_changed: [[true, 1, 2]],
  changed_cols: [['c_', true, { a: 1 }]],
  inc_merge_agg: [[{ a: 1 }]],
  inc_last_value: [[1, true]],
  last_hit_count: [[5]],
  last_hit_time: [[5]],
  last_agg_hit_count: [[5]],
  last_agg_hit_time: [[5]],
}
const ACCUMULATING: readonly (readonly Cell[])[] = [[1], [1, true, false]]

/** A value, or an error of the row after which the state is what it was. */
function checkCall(f: Analytic, args: readonly Cell[]): void {
  const state = f.init()
  f.next(state, GOOD[f.name]?.[0] ?? [1], TEST_CONTEXT)
  const before = structuredClone(state)
  try {
    f.next(state, args, TEST_CONTEXT)
    f.held(state, args, TEST_CONTEXT)
  } catch (error) {
    expect(error).toBeInstanceOf(PlutinoError)
    expect(error).toMatchObject({ code: 'row_failed' })
    expect(state).toEqual(before)
  }
  expect(() => structuredClone(state)).not.toThrow()
}

test.each(ANALYTIC.map((f) => ({ name: f.name, f })))('$name takes whatever comes', ({ f }) => {
  for (const good of GOOD[f.name] ?? ACCUMULATING) {
    for (const place of good.keys()) for (const bad of BAD) checkCall(f, good.with(place, bad))
  }
})

test('acc_avg takes null for no number, as eKuiper does', () => {
  const f = ANALYTIC.find(({ name }) => name === 'acc_avg')
  const state = f?.init() ?? {}
  expect(f?.next(state, [4], TEST_CONTEXT)).toBe(4)
  expect(() => f?.next(state, [null], TEST_CONTEXT)).toThrow('the value should be a number, but found null')
  expect(f?.next(state, [6], TEST_CONTEXT)).toBe(5)
})

/** The values of a function for row after row; the message in place of one that fails. */
function answersOf(name: string, rows: readonly (readonly Cell[])[]): readonly Cell[] {
  const f = ANALYTIC.find((each) => each.name === name)
  const state = f?.init() ?? {}
  return rows.map((args) => {
    try {
      return f?.next(state, args, TEST_CONTEXT)
    } catch (error) {
      return error instanceof PlutinoError ? `! ${error.message}` : 'not an error of the row'
    }
  })
}

test.each<readonly [string, readonly (readonly Cell[])[], readonly Cell[]]>([
  ['inc_sum', [['12'], [true], [null], [1]], [12, 13, null, 14]],
  ['inc_avg', [['12'], [true], ['x']], [12, 6.5, '! cannot convert string(x) to float']],
  ['inc_max', [[1], ['x'], [3], [true]], [1, null, 3, null]],
  ['inc_min', [['b'], [1], ['a']], ['b', null, 'a']],
  [
    'inc_last_value',
    [
      [1, true],
      [2, null],
      [3, 1],
      [4, false],
    ],
    [1, null, '! ignoreNull should be a boolean, but found float64(1)', 4],
  ],
])('%s of %o is %o', (name, rows, expected) => {
  expect(answersOf(name, rows)).toEqual(expected)
})
