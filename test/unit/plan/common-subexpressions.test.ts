import { expect, test } from 'vitest'
import { explain } from '../../../src/plan/explain.ts'
import { inputsOf, type PlanNode } from '../../../src/plan/nodes.ts'
import { answers, environment, plan } from '../../support/sql.ts'

function nodeOf(node: PlanNode, op: PlanNode['op']): PlanNode | undefined {
  return node.op === op ? node : inputsOf(node).flatMap((input) => nodeOf(input, op) ?? [])[0]
}

test('expressions that are written twice are one object of the plan', () => {
  const { root } = plan('SELECT a * b + 1 AS x, 2 * (a * b) AS y, a * b AS z FROM demo')
  if (root.op !== 'project') throw new Error('not the expected plan')
  const [x, y, z] = root.exprs
  expect(x).toMatchObject({ kind: 'binary', left: z })
  expect(x?.kind === 'binary' && x.left === z && y?.kind === 'binary' && y.right === z).toBe(true)
  expect(answers('SELECT a * b + 1 AS x, 2 * (a * b) AS y FROM demo', [{ a: 3, b: 2 }])).toEqual([{ x: 7, y: 12 }])
})

test('different operands, operators, types and negations stay different', () => {
  const sql = "SELECT a + b AS x, a - b AS y, b - a AS z, a IN (1) AS p, a NOT IN (1) AS q, a = 1 AS r, a = '1' AS s FROM demo"
  const { root } = plan(sql)
  expect(root.op === 'project' ? new Set(root.exprs).size : 0).toBe(7)
})

test('a call whose value changes is made as often as it is written', () => {
  const { root } = plan('SELECT echo(a) AS x, echo(a) AS y FROM demo')
  expect(root.op === 'project' && root.exprs[0] !== root.exprs[1]).toBe(true)
})

test('equal aggregates share a slot, different ones have their own', () => {
  const sql =
    'SELECT total(a) AS x, total(a) + 1 AS y, total(b) AS z, total(a) FILTER (WHERE b > 1) AS f FROM demo GROUP BY COUNTWINDOW(2) HAVING total(a) > 3'
  const planned = plan(sql, environment())
  const node = nodeOf(planned.root, 'aggregate')
  expect(node?.op === 'aggregate' ? node.calls.length : 0).toBe(3)
  expect(explain(planned)).toContain('Calls:[ total(a), total(b), total(a) filter (b > 1) ]')
})
