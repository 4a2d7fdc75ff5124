import { expect, test } from 'vitest'
import type { SqlFunction } from '../../../src/api/function.ts'
import { functions } from '../../../src/functions/index.ts'
import type { PlanEnv } from '../../../src/plan/environment.ts'
import { explain, explainSelect } from '../../../src/plan/explain.ts'
import { planWithSteps } from '../../../src/plan/plan-select.ts'
import type { PlannedSelect } from '../../../src/plan/planned-select.ts'
import { parseStatement } from '../../../src/sql/parser.ts'
import { environment } from '../../support/sql.ts'

const aggregate: SqlFunction = {
  kind: 'aggregate',
  name: 'total',
  category: 'test',
  doc: '',
  examples: [],
  params: [{ name: 'x', type: 'any' }],
  returns: 'float',
  nulls: 'call',
  pure: true,
  init: () => ({}),
  add: () => {},
  result: () => null,
}
const all = [...functions.map(({ function: f }) => f), aggregate, { ...aggregate, name: 'summed', merge: () => {} }]
const byName = new Map(all.map((f) => [f.name, f]))
const env: PlanEnv = {
  ...environment({
    demo: { key: 'device' },
    other: {},
    kept: { table: 'scan', retain: 3 },
    asked: { table: 'lookup' },
  }),
  functions: { find: (name) => byName.get(name.toLowerCase()), names: () => byName.keys() },
}

function planned(sql: string): PlannedSelect {
  const select = parseStatement(sql)
  if (select.kind !== 'select') throw new Error('not a SELECT')
  return planWithSteps(select, env, sql)
}

function explained(sql: string): { readonly steps: readonly string[]; readonly summary: unknown } {
  const keyOf = (stream: string): string | undefined => env.stream(stream)?.key
  const lines = explainSelect(planned(sql), { functions: env.functions, keyOf }).split('\n')
  return { steps: lines.slice(0, -1), summary: JSON.parse(lines.at(-1) ?? '') }
}

test('the plan as the statement reads, and after the rules', () => {
  const { composed, plan } = planned(
    "SELECT a * (2 + 3) AS x, lag(a) OVER (PARTITION BY device) AS y FROM demo WHERE 1 = 1 AND upper('d') = 'D'",
  )
  expect(explain(composed).split('\n')).toEqual([
    '{"op":"ProjectPlan_0","info":"Fields:[ (a * (2 + 3)) AS x, lag() AS y ]"}',
    '\t{"op":"FilterPlan_1","info":"Condition:{ ((1 = 1) AND (upper(\\"d\\") = \\"D\\")) }"}',
    '\t\t{"op":"AnalyticFuncsPlan_2","info":"Calls:[ lag(a) by device ]","state":"lag for each device"}',
    '\t\t\t{"op":"DataSourcePlan_3","info":"StreamName: demo, StreamFields:[ a, device ]"}',
  ])
  expect(explain(plan).split('\n')).toEqual([
    '{"op":"ProjectPlan_0","info":"Fields:[ (a * 5) AS x, lag() AS y ]"}',
    '\t{"op":"AnalyticFuncsPlan_1","info":"Calls:[ lag(a) by device ]","state":"lag for each device"}',
    '\t\t{"op":"DataSourcePlan_2","info":"StreamName: demo, StreamFields:[ a, device ]"}',
  ])
})

test('the last line says what became of the statement', () => {
  expect(explained("SELECT a FROM demo WHERE 1 = 1 AND upper('d') = 'D'").summary).toEqual({
    parallelism: 'stateless',
    pushedDown: [],
    rules: ['fold-constants', 'drop-filter'],
  })
})

test.each([
  ['SELECT lag(a) FROM demo', 'lag'],
  ['SELECT lag(a) OVER (PARTITION BY b, c) FROM demo', 'lag for each b, c'],
  ['SELECT a FROM demo GROUP BY TUMBLINGWINDOW(ss, 10)', 'the rows of 10000 ms'],
  ['SELECT a FROM demo GROUP BY SLIDINGWINDOW(ss, 2, 1)', 'the rows of 3000 ms'],
  ['SELECT a FROM demo GROUP BY COUNTWINDOW(4)', 'the last 4 rows'],
  ['SELECT a FROM demo GROUP BY SESSIONWINDOW(ss, 10, 1)', 'the rows of the session, at most 10000 ms'],
  ['SELECT summed(a) FROM demo GROUP BY b, TUMBLINGWINDOW(ss, 2)', 'the aggregates of each open group'],
  ['SELECT summed(a) FROM demo GROUP BY HOPPINGWINDOW(ss, 2, 1)', 'the aggregates of each open group, for each 1000 ms of 2000 ms'],
  ['SELECT summed(a) FROM demo GROUP BY SLIDINGWINDOW(ss, 2)', 'the aggregates of each open group, with an entry for each row of 2000 ms'],
  ['SELECT a FROM demo GROUP BY STATEWINDOW(a > 1) OVER (PARTITION BY b)', 'the rows since the window opened, for each b'],
  ['SELECT demo.a FROM demo INNER JOIN kept ON demo.a = kept.a', 'the last 3 rows of kept'],
  ['SELECT demo.a FROM demo INNER JOIN asked ON demo.a = asked.a', 'answers of asked, as long as its cache keeps them'],
])('%s keeps %s', (sql, state) => {
  const states = explained(sql).steps.flatMap((line) => (JSON.parse(line) as { state?: string }).state ?? [])
  expect(states).toEqual([state])
})

test.each([
  ['SELECT a FROM demo WHERE a > 1', 'stateless', undefined],
  ['SELECT unnest(a) AS b FROM demo LIMIT 2', 'stateless', undefined],
  ['SELECT demo.a FROM demo INNER JOIN asked ON demo.a = asked.a', 'lookup', 'table asked'],
  ['SELECT demo.a FROM demo LEFT JOIN kept ON demo.a = kept.a', 'lookup', 'a table of kept rows'],
  ['SELECT lag(a) OVER (PARTITION BY b, device) FROM demo', 'keyed', 'PARTITION BY contains the key device'],
  ['SELECT total(a) FROM demo GROUP BY device, TUMBLINGWINDOW(ss, 1)', 'keyed', 'GROUP BY contains the key device'],
  ['SELECT a FROM demo GROUP BY STATEWINDOW(a > 1) OVER (PARTITION BY device)', 'keyed', 'PARTITION BY contains the key device'],
  ['SELECT lag(a) OVER (PARTITION BY b) FROM demo', 're-keyed', 'lag() by other columns than the KEY of the stream'],
  ['SELECT total(a) FROM demo GROUP BY b, HOPPINGWINDOW(ss, 2, 1)', 're-keyed', 'groups by other columns than the KEY of the stream'],
  [
    'SELECT total(demo.a) FROM demo INNER JOIN other ON demo.b = other.b GROUP BY demo.device, TUMBLINGWINDOW(ss, 1)',
    're-keyed',
    'a join of streams',
  ],
  ['SELECT summed(a) FROM demo GROUP BY TUMBLINGWINDOW(ss, 1)', 'global, two phases', 'a window over all rows'],
  ['SELECT total(a) FROM demo GROUP BY TUMBLINGWINDOW(ss, 1)', 'global, one task', 'total() over all rows'],
  ['SELECT lag(a) FROM demo', 'global, one task', 'lag() without PARTITION BY'],
  ['SELECT summed(a) FROM demo GROUP BY device, COUNTWINDOW(3)', 'global, one task', 'a count window of all rows'],
  ['SELECT a FROM demo GROUP BY TUMBLINGWINDOW(ss, 1)', 'global, one task', 'a tumbling window of all rows'],
  ['SELECT total(a), lag(a) FROM demo GROUP BY device, TUMBLINGWINDOW(ss, 1)', 'global, one task', 'lag() without PARTITION BY'],
])('%s is %s', (sql, parallelism, because) => {
  expect(explained(sql).summary).toMatchObject({ parallelism, ...(because === undefined ? {} : { because }) })
})
