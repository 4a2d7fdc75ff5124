import { expect, test } from 'vitest'
import type { Row, RowBatch } from '../../../../src/data/batch.ts'
import { PlutinoError } from '../../../../src/base/errors.ts'
import { Compiler } from '../../../../src/expression/compile.ts'
import { type TableJoin, tableJoin } from '../../../../src/operators/join/table-join.ts'
import type { JoinNode, PlanNode } from '../../../../src/plan/nodes.ts'
import { inputsOf } from '../../../../src/plan/nodes.ts'
import { environment, lookup, plan, TEST_CONTEXT } from '../../../support/sql.ts'

const schema = { columns: [] }
const TABLE = { table: 'scan', retain: 3 } as const
const STREAMS = { demo: { columns: [{ name: 'id' }, { name: 'v' }] }, t: { ...TABLE, columns: [{ name: 'id' }, { name: 'w' }] } }

function findJoin(node: PlanNode): JoinNode {
  const below = inputsOf(node)[0]
  if (node.op === 'join') return node
  if (below === undefined) throw new Error('no join in the plan')
  return findJoin(below)
}

/** Rows of the stream and of the table are [id, the other column]. */
function joinOf(from: string, retain = 3): TableJoin {
  const { steps, width } = findJoin(plan(`SELECT demo.id AS a, v, t.id AS b, w FROM ${from}`, environment(STREAMS)).root)
  const table = { name: 't', retain, schema: { columns: [{ name: 'id' }, { name: 'w' }] } }
  return tableJoin({ steps, width, tables: [table] }, new Compiler(), { functions: lookup(), context: TEST_CONTEXT })
}

const send = (join: TableJoin, port: number, ...rows: readonly Row[]): readonly RowBatch[] => join.process({ schema, rows }, port)

test('each row joins what the table holds when it comes, as a result of its own', () => {
  const join = joinOf('demo LEFT JOIN t ON demo.id = t.id')
  expect(send(join, 0, [1, 'a'])).toEqual([{ schema, rows: [[1, 'a', undefined, undefined]], results: [0, 1] }])
  expect(send(join, 1, [1, 'x'], [2, 'y'], [1, 'z'])).toEqual([])
  expect(send(join, 0, [1, 'b'], [3, 'c'])).toEqual([
    {
      schema,
      rows: [
        [1, 'b', 1, 'x'],
        [1, 'b', 1, 'z'],
        [3, 'c', undefined, undefined],
      ],
      results: [0, 2, 3],
    },
  ])
})

test('the oldest rows of the table make room for new ones', () => {
  const join = joinOf('demo INNER JOIN t ON demo.id = t.id', 2)
  send(join, 1, [1, 'x'], [2, 'y'])
  expect(send(join, 0, [1, 'a'])[0]?.rows).toEqual([[1, 'a', 1, 'x']])
  send(join, 1, [3, 'z'])
  expect(send(join, 0, [1, 'a'])).toEqual([])
  expect(send(join, 0, [3, 'b'])[0]?.rows).toEqual([[3, 'b', 3, 'z']])
  expect(join.content()).toEqual([
    { table: 't', content: { id: 2, w: 'y' } },
    { table: 't', content: { id: 3, w: 'z' } },
  ])
})

test('RIGHT, FULL and CROSS give what the table holds with every row', () => {
  const all = (from: string): readonly Row[] | undefined => {
    const join = joinOf(from)
    send(join, 1, [1, 'x'], [2, 'y'])
    return send(join, 0, [1, 'a'])[0]?.rows
  }
  expect(all('demo RIGHT JOIN t ON demo.id = t.id')).toEqual([
    [1, 'a', 1, 'x'],
    [undefined, undefined, 2, 'y'],
  ])
  expect(all('demo FULL JOIN t ON demo.id = t.id')).toEqual([
    [1, 'a', 1, 'x'],
    [undefined, undefined, 2, 'y'],
  ])
  expect(all('demo CROSS JOIN t')).toEqual([
    [1, 'a', 1, 'x'],
    [1, 'a', 2, 'y'],
  ])
})

test('results of a window stay one result; one that pairs with nothing is none; errors keep their places', () => {
  const join = joinOf('demo INNER JOIN t ON demo.id = t.id')
  send(join, 1, [1, 'x'], [2, 'y'])
  const error = new PlutinoError('row_failed', 'before')
  const batch: RowBatch = {
    schema,
    rows: [
      [1, 'a'],
      [2, 'b'],
      [7, 'c'],
      ['1', 'd'],
      [2, 'e'],
    ],
    results: [0, 2, 3, 4, 5],
    errors: [{ at: 2, error }],
  }
  const [out] = join.process(batch, 0)
  expect(out?.rows).toEqual([
    [1, 'a', 1, 'x'],
    [2, 'b', 2, 'y'],
    [2, 'e', 2, 'y'],
  ])
  expect(out?.results).toEqual([0, 2, 3])
  expect(out?.errors?.map(({ at, error: { message } }) => [at, message])).toEqual([
    [2, 'before'],
    [2, 'run Join error: invalid operation string(1) = float64(1)'],
  ])
})

test('a row of the table whose key cannot be computed is an error and is not kept', () => {
  const join = joinOf('demo INNER JOIN t ON demo.id = t.id + 1')
  const [out] = send(join, 1, [1, 'x'], ['a', 'y'])
  expect(out?.errors?.map(({ error }) => error.message)).toEqual(['run Join error: invalid operation string(a) + int64(1)'])
  expect(join.content()).toEqual([{ table: 't', content: { id: 1, w: 'x' } }])
})

test('what the tables hold is state', () => {
  const join = joinOf('demo INNER JOIN t ON demo.id = t.id')
  send(join, 1, [1, 'x'], [1, undefined])
  const again = joinOf('demo INNER JOIN t ON demo.id = t.id')
  again.restore(join.snapshot())
  expect(send(again, 0, [1, 'a'])).toEqual(send(join, 0, [1, 'a']))
})
