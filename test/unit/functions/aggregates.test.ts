import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SqlFunction } from '../../../src/api/function.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { Cell } from '../../../src/data/value.ts'
import { aggregateFunctions } from '../../../src/functions/aggregate.ts'

type Aggregate = Extract<SqlFunction, { readonly kind: 'aggregate' }>

function find(name: string): Aggregate {
  const found = aggregateFunctions.find((f) => f.name === name)?.function
  if (found?.kind !== 'aggregate') throw new Error(`no aggregate ${name}`)
  return found
}

/** The value over one argument of each row, or the message of the error. */
function over(f: Aggregate, values: readonly Cell[], ...more: readonly Cell[]): Cell | string {
  const state = f.init()
  try {
    for (const value of values) f.add(state, [value, ...more])
    return f.result(state)
  } catch (error) {
    if (error instanceof PlutinoError && error.code === 'row_failed') return `error: ${error.message}`
    throw error
  }
}

const NAN = Number.NaN
const BIG = 9223372036854775807n

test.each<readonly [name: string, values: readonly Cell[], result: unknown]>([
  ['count', [null, undefined, '', [], {}, NAN, 0], 5n],
  ['sum', [null, undefined], null],
  ['sum', [BIG, BIG], 18446744073709552000],
  ['sum', [BIG, 1n, -1n], BIG],
  ['sum', [1n, 0.5], 1.5],
  ['sum', [1e308, 1e308], Number.POSITIVE_INFINITY],
  ['sum', [NAN, 1], NAN],
  ['sum', ['ünï'], /expected a number, got string\(ünï\)/],
  ['sum', [[]], /expected a number, got array/],
  ['avg', [BIG, BIG], BIG],
  ['avg', [-7n, 2n], -2n],
  ['avg', [true], /expected a number, got bool\(true\)/],
  ['avg', [null], null],
  ['min', [NAN, 2, 1n, null], 1n],
  ['min', ['日本', '', 'ünï'], ''],
  ['max', ['\ue000', '😀'], '😀'],
  ['max', [NAN], null],
  ['max', [9007199254740993n, 9007199254740992], 9007199254740993n],
  ['max', [1, 'a'], /expected a number, got string\(a\)/],
  ['max', ['a', 1], /expected a text, got float64\(1\)/],
  ['min', [{ k: 1 }], /expected a number or a text, got object/],
  ['collect', [null, undefined, NAN, ''], [null, null, NAN, '']],
  ['merge_agg', [null, 1, 'x', [1]], undefined],
  ['merge_agg', [{}, { a: 1 }, null, { a: null }], { a: null }],
  ['median', [], null],
  ['median', [null, 1], /expected a number, got null/],
  ['median', [1, null, 2n], 1.5],
  ['median', [BIG], BIG],
  ['stddev', [1e308, -1e308], Number.POSITIVE_INFINITY],
  ['stddevs', [1], NAN],
  ['var', [null, undefined], null],
  ['vars', [BIG, BIG], 0],
  ['var', [''], /expected a number, got string\(\)/],
])('%s over %o is %o', (name, values, result) => {
  const value = over(find(name), values)
  if (result instanceof RegExp) expect(value).toMatch(result)
  else expect(value).toEqual(result)
})

test.each<readonly [name: string, p: Cell, result: unknown]>([
  ['percentile_cont', 0, /out of range/],
  ['percentile_cont', 1.01, /out of range/],
  ['percentile_cont', NAN, /out of range/],
  ['percentile_cont', 'x', /expected a number/],
  ['percentile_cont', 1, 3],
  ['percentile_disc', 0, 1],
  ['percentile_disc', -1, /out of range/],
  ['percentile_disc', 1, 3],
  ['percentile_disc', null, /out of range/],
])('%s(x, %o) of 1, 2, 3 is %o', (name, p, result) => {
  const value = over(find(name), [1, 2, 3], p)
  if (result instanceof RegExp) expect(value).toMatch(result)
  else expect(value).toEqual(result)
})

test('a key of deduplicate is compared by its text and may have any name', () => {
  const f = find('deduplicate')
  const state = f.init()
  for (const key of ['__proto__', '__proto__', 2, 2n, '2', [1], [1], null, undefined]) f.add(state, [key, true, { key: key ?? null }])
  expect(f.result(state)).toEqual([{ key: '__proto__' }, { key: 2 }, { key: [1] }, { key: null }])
})

const anything: fc.Arbitrary<Cell> = fc.oneof(
  fc.constantFrom<Cell>(null, undefined, NAN, -0, '', 'ünï😀', BIG, -BIG, 1e308, true, [], {}, new Date(0), new Uint8Array(2)),
  fc.double(),
  fc.string(),
  fc.bigInt({ min: -BIG, max: BIG }),
)

test.each(aggregateFunctions.map((f) => f.name))(
  '%s gives a value or an error of the row, whatever comes, and a failing row changes nothing',
  (name) => {
    const f = find(name)
    fc.assert(
      fc.property(fc.array(fc.tuple(anything, anything), { maxLength: 8 }), (rows) => {
        const state = f.init()
        for (const [x, y] of rows) {
          const before = structuredClone(state)
          try {
            f.add(state, [x, y, { x: 1 }])
          } catch (error) {
            expect(error).toMatchObject({ code: 'row_failed' })
            expect(state).toEqual(before)
          }
        }
        try {
          const value = f.result(state)
          expect(f.result(state)).toEqual(value)
        } catch (error) {
          expect(error).toMatchObject({ code: 'row_failed' })
        }
      }),
    )
  },
)
