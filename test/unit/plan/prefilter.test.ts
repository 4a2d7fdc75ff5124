import { expect, test } from 'vitest'
import { prefilterOf } from '../../../src/plan/prefilter.ts'
import { environment, plan } from '../../support/sql.ts'

function prefilter(where: string, isEventTime = false): unknown {
  const env = environment({ demo: { timestamp: 'ts' } }, { isEventTime })
  const planned = plan(`SELECT a, b FROM demo WHERE ${where}`, env)
  const [source] = planned.sources
  return source === undefined ? undefined : prefilterOf(planned, source)
}

test.each([
  ['a = 5', { slot: 0, op: '=', values: [5n] }],
  ["'x' = b", { slot: 1, op: '=', values: ['x'] }],
  ['b IN (1, 2)', { slot: 1, op: '=', values: [1n, 2n] }],
  ['a > 1 AND b = true', { slot: 1, op: '=', values: [true] }],
  ['5 >= a AND abs(b) > 1', { slot: 0, op: '<=', values: [5n] }],
  ['a > 1.5', { slot: 0, op: '>', values: [1.5] }],
])('WHERE %s is looked up', (where, expected) => {
  expect(prefilter(where)).toEqual(expected)
})

test.each([['a = 5 OR b = 1'], ['a NOT IN (1)'], ['a != 5'], ["a > 'x'"], ['a + 1 = 5'], ['a = b'], ['a IN (1, b)']])(
  'WHERE %s is not',
  (where) => {
    expect(prefilter(where)).toBeUndefined()
  },
)

test('in event time every row is seen', () => {
  expect(prefilter('a = 5', true)).toBeUndefined()
})
