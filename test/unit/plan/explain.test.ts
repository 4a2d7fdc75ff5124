import { expect, test } from 'vitest'
import { explain } from '../../../src/plan/explain.ts'
import { nodeNames } from '../../../src/plan/node-names.ts'
import { environment, plan } from '../../support/sql.ts'

test('a plan is one JSON object a line, with the columns that the source decodes', () => {
  const text = explain(
    plan("SELECT temperature * 1.8 + 32 AS f, device, meta(topic) AS t FROM demo WHERE temperature > 20 AND device LIKE 'd%'"),
  )
  expect(text.split('\n')).toEqual([
    '{"op":"ProjectPlan_0","info":"Fields:[ ((temperature * 1.8) + 32) AS f, device, meta(topic) AS t ]"}',
    '\t{"op":"FilterPlan_1","info":"Condition:{ ((temperature > 20) AND (device LIKE \\"d%\\")) }"}',
    '\t\t{"op":"DataSourcePlan_2","info":"StreamName: demo, StreamFields:[ temperature, device ], Meta:[ topic ]"}',
  ])
})

test('every kind of expression has a text', () => {
  const list =
    "* EXCEPT(a) REPLACE(b + 1 AS c), CASE a WHEN 1 THEN b ELSE -c END AS d, a[0]->x[1:] AS e, a NOT IN (1, b) AS f, a IN b AS g, NOT a BETWEEN b AND 2 AS h, concat(a, 'x') IS NOT NULL AS i, event_time() AS j"
  const [project, source] = explain(plan(`SELECT ${list} FROM demo`)).split('\n')
  expect(JSON.parse(project ?? '')).toEqual({
    op: 'ProjectPlan_0',
    info:
      'Fields:[ * EXCEPT(a) REPLACE((b + 1) AS c), CASE a WHEN 1 THEN b ELSE (-c) END AS d, a[0]->x[1:] AS e, CASE WHEN ((a NOT IN (1, b)) IS NULL) THEN false ELSE (a NOT IN (1, b)) END AS f, ' +
      'CASE WHEN ((a IN b) IS NULL) THEN false ELSE (a IN b) END AS g, CASE WHEN ((NOT (a BETWEEN b AND 2)) IS NULL) THEN false ELSE (NOT (a BETWEEN b AND 2)) END AS h, (concat(a, "x") IS NOT NULL) AS i, event_time() AS j ]',
  })
  expect(JSON.parse(source ?? '').info).toBe('StreamName: demo, StreamFields:[ b, a, c, * ], ReceivedAt')
})

test('declared columns show their types', () => {
  const env = environment({
    demo: {
      columns: [
        { name: 'a', type: { kind: 'bigint' } },
        { name: 'b', type: { kind: 'array', element: { kind: 'string' } } },
      ],
    },
  })
  expect(explain(plan('SELECT * FROM demo', env))).toContain('StreamFields:[ a bigint, b array ]')
})

test('an expression that doubles with each alias is cut', () => {
  const doubling = Array.from({ length: 60 }, (_, i) => `${i === 0 ? 'a' : `x${i - 1}`} + ${i === 0 ? 'a' : `x${i - 1}`} AS x${i}`).join(
    ', ',
  )
  expect(explain(plan(`SELECT ${doubling} FROM demo`)).length).toBeLessThan(150_000)
})

test('nodes are numbered from the source on', () => {
  expect([...nodeNames(plan('SELECT a FROM demo WHERE a > 1')).values()]).toEqual(['op_2_filter', 'op_3_project'])
  expect([...nodeNames(plan('SELECT a FROM demo')).values()]).toEqual(['op_2_project'])
  expect([...nodeNames(plan('SELECT a FROM demo'), 3).values()]).toEqual(['op_3_project'])
})
