import { expect, test } from 'vitest'
import { defineFunction } from '../../../src/api/definition.ts'
import { explain } from '../../../src/plan/explain.ts'
import { environment, plan } from '../../support/sql.ts'

test('an aggregate of a plugin gets the rows of its group by a call of its own, with its arguments for prepare', () => {
  const spread = defineFunction({
    name: 'spread',
    category: 'plugin',
    doc: 'The range.',
    examples: [],
    params: [{ name: 'value', type: 'float' }],
    returns: 'float',
    nulls: 'null',
    pure: true,
    kind: 'groups',
    openGroups: () => Promise.reject(new Error('not here')),
  }).function
  const { functions } = environment()
  const find = (name: string): ReturnType<typeof functions.find> => (name.toLowerCase() === 'spread' ? spread : functions.find(name))
  const planned = plan('SELECT spread(a) AS s FROM demo GROUP BY TUMBLINGWINDOW(ss, 10)', {
    ...environment(),
    functions: { find, names: () => [] },
  })
  const nodes = JSON.stringify(planned.root, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
  expect(nodes).toMatch(/"op":"callBatch"/)
  expect(nodes).toMatch(/"function":"rows_of_group"/)
  expect(nodes).toMatch(/"function":"spread","place":0,"args":\[\{"kind":"slot".*"name":"rows_of_group\(\)".*"ofRows":\[\{"kind":"slot"/)
  expect(explain(planned).length).toBeGreaterThan(0)
})
