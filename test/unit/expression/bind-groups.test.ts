import { expect, test } from 'vitest'
import { defineFunction } from '../../../src/api/definition.ts'
import type { SqlFunction } from '../../../src/api/function.ts'
import { explain } from '../../../src/plan/explain.ts'
import type { RulePlan } from '../../../src/plan/nodes.ts'
import { environment, plan } from '../../support/sql.ts'

function spread(can: { readonly merges?: boolean; readonly removes?: boolean }): SqlFunction {
  return defineFunction({
    name: 'spread',
    category: 'plugin',
    doc: 'The range.',
    examples: [],
    params: [{ name: 'value', type: 'float' }],
    returns: 'float',
    nulls: 'null',
    pure: true,
    kind: 'groups',
    ...can,
    openGroups: () => Promise.reject(new Error('not here')),
  }).function
}

function planned(sql: string, found: SqlFunction): RulePlan {
  const { functions } = environment()
  const find = (name: string): ReturnType<typeof functions.find> => (name.toLowerCase() === 'spread' ? found : functions.find(name))
  return plan(sql, { ...environment(), functions: { find, names: () => [] } })
}

test('an aggregate of a plugin is one of the aggregates, with its place in the statement and its arguments for prepare', () => {
  const { root } = planned('SELECT spread(a) AS s, spread(b + 1) AS t FROM demo GROUP BY TUMBLINGWINDOW(ss, 10)', spread({}))
  const nodes = JSON.stringify(root, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
  expect(nodes).not.toMatch(/"op":"callBatch"/)
  expect(nodes).toMatch(/"function":"spread","args":.*"plugin":\{"place":0,"texts":\["a"\]\}.*"plugin":\{"place":1,"texts":\["b \+ 1"\]\}/)
})

const WHOLE = 'the aggregates of each open group'

test.each([
  ['TUMBLINGWINDOW(ss, 2)', {}, WHOLE],
  ['COUNTWINDOW(4)', {}, WHOLE],
  ['HOPPINGWINDOW(ss, 2, 1)', {}, 'the rows of 2000 ms'],
  ['HOPPINGWINDOW(ss, 2, 1)', { merges: true }, `${WHOLE}, for each 1000 ms of 2000 ms`],
  ['SLIDINGWINDOW(ss, 2)', { merges: true }, 'the rows of 2000 ms'],
  ['SLIDINGWINDOW(ss, 2)', { removes: true }, `${WHOLE}, with an entry for each row of 2000 ms`],
  ['COUNTWINDOW(4, 2)', {}, 'the last 4 rows'],
  ['COUNTWINDOW(4, 2)', { removes: true }, `${WHOLE}, with an entry for each of the last 4 rows`],
])('%s of an aggregate that declares %j keeps %s', (window, can, state) => {
  const lines = explain(planned(`SELECT spread(a) AS s FROM demo GROUP BY ${window}`, spread(can))).split('\n')
  expect(lines.flatMap((line) => (JSON.parse(line) as { state?: string }).state ?? [])).toEqual([state])
})
