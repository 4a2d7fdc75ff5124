import { expect, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { RowBatch } from '../../../src/data/batch.ts'
import { Compiler } from '../../../src/expression/compile.ts'
import { filterProject } from '../../../src/operators/filter-project.ts'
import { filter } from '../../../src/operators/filter.ts'
import { project } from '../../../src/operators/project.ts'
import { lookup, plan, resultsOf, TEST_CONTEXT } from '../../support/sql.ts'

const deps = { functions: lookup(), context: TEST_CONTEXT }
const compiler = new Compiler()
const { root } = plan('SELECT a * 2 AS d FROM demo WHERE a > 1')
if (root.op !== 'project' || root.input.op !== 'filter') throw new Error('not the expected plan')
const { predicate } = root.input
const schema = { columns: [{ name: 'a' }] }
const bad = (message: string): PlutinoError => new PlutinoError('decode_failed', message)
const ctx = undefined as never

test('a filter passes rows as they are', () => {
  const rows = [[1], [2], [3]]
  const batch: RowBatch = { schema, rows }
  expect(filter(predicate, 'Where', compiler, deps).process(batch, 0, ctx)).toEqual([{ schema, rows: [rows[1], rows[2]] }])
})

test('a projection makes rows of its own schema', () => {
  expect(project(root, compiler, deps).process({ schema, rows: [[2], [null]] }, 0, ctx)).toEqual([
    { schema: root.schema, rows: [[4], [undefined]] },
  ])
})

test('failures of rows, and those that came with the batch, stand at their places among the results', () => {
  const batch: RowBatch = {
    schema,
    rows: [[1], ['x'], [2], [3]],
    errors: [
      { at: 0, error: bad('first') },
      { at: 3, error: bad('second') },
      { at: 4, error: bad('last') },
    ],
  }
  const [out, ...more] = filterProject(predicate, root, compiler, deps).process(batch, 0, ctx) as readonly RowBatch[]
  expect(more).toEqual([])
  expect(out === undefined ? [] : resultsOf(out)).toEqual([
    'first',
    'run Where error: invalid operation string(x) > int64(1)',
    { d: 4 },
    'second',
    { d: 6 },
    'last',
  ])
})

test('two operators in a row and the fused one answer the same', () => {
  const batch: RowBatch = {
    schema,
    rows: [[1], [5], ['x'], [null], [7n], [true], []],
    errors: [{ at: 2, error: bad('e') }],
    results: [0, 3, 7],
  }
  const fused = filterProject(predicate, root, compiler, deps).process(batch, 0, ctx)
  const [filtered] = filter(predicate, 'Where', compiler, deps).process(batch, 0, ctx) as readonly RowBatch[]
  expect(filtered === undefined ? [] : project(root, compiler, deps).process(filtered, 0, ctx)).toEqual(fused)
})

test('a batch that nothing is left of is not passed on', () => {
  expect(filter(predicate, 'Where', compiler, deps).process({ schema, rows: [[0], [1]] }, 0, ctx)).toEqual([])
})

test('a value nested too deeply for its operation is an error of its row', () => {
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]
  const cast = plan("SELECT cast(a, 'string') AS s FROM demo").root
  if (cast.op !== 'project') throw new Error('not the expected plan')
  const [out] = project(cast, compiler, deps).process({ schema, rows: [[deep as never], [1]] }, 0, ctx) as readonly RowBatch[]
  expect(out === undefined ? [] : resultsOf(out)).toEqual(['run Select error: the value is nested too deeply', { s: '1' }])
})
