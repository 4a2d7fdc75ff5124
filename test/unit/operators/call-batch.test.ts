import { expect, test } from 'vitest'
import type { CallPlace, SqlFunction } from '../../../src/api/function.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { RowBatch } from '../../../src/data/batch.ts'
import { describeValue } from '../../../src/data/describe-value.ts'
import type { Cell } from '../../../src/data/value.ts'
import { Compiler } from '../../../src/expression/compile.ts'
import { callBatch } from '../../../src/operators/call-batch.ts'
import { testContext } from '../../support/context.ts'
import { environment, lookup, plan, resultsOf, TEST_CONTEXT } from '../../support/sql.ts'

/** Doubles numbers; a text fails its row, `lost` fails the call. */
class Doubling {
  readonly places: CallPlace[] = []
  readonly batches: (readonly (readonly Cell[])[])[] = []
  readonly function: SqlFunction = {
    kind: 'batch',
    name: 'double',
    category: 'test',
    doc: '',
    examples: [],
    params: [
      { name: 'x', type: 'any' },
      { name: 'factor', type: 'any', optional: true },
    ],
    returns: 'any',
    nulls: 'null',
    pure: false,
    openBatch: async (place) => {
      this.places.push(place)
      return {
        call: async (rows) => {
          this.batches.push(rows)
          if (rows.some(([x]) => x === 'lost')) throw new PlutinoError('unavailable', 'the other side is gone')
          return rows.map(([x]) => (typeof x === 'number' ? x * 2 : new PlutinoError('row_failed', `no number: ${describeValue(x)}`)))
        },
      }
    },
  }
}

function operatorOf(sql: string, { function: f }: Doubling): ReturnType<typeof callBatch> {
  const functions = lookup([f])
  const { root } = plan(sql, { ...environment(), functions })
  if (root.op !== 'project' || root.input.op !== 'callBatch') throw new Error('not the expected plan')
  return callBatch(root.input.calls, new Compiler(), { functions, context: TEST_CONTEXT })
}

const SCHEMA = { columns: [{ name: 'a' }, { name: 'd' }, { name: 'e' }] }
const batchOf = (values: readonly Cell[], more: Partial<RowBatch> = {}): RowBatch => ({
  schema: SCHEMA,
  rows: values.map((a) => [a]),
  ...more,
})

test('a batch is one call; order, failures of rows and nulls stay where they are', async () => {
  const doubling = new Doubling()
  const operator = operatorOf('SELECT double(a) AS d FROM demo', doubling)
  const [out] = await operator.process(batchOf([1, 'x', null, 4]), 0, testContext())
  expect(out === undefined ? [] : resultsOf(out)).toEqual([{ a: 1, d: 2 }, 'no number: string(x)', { a: null, d: null }, { a: 4, d: 8 }])
  expect(doubling.batches).toEqual([[[1], ['x'], [4]]])
})

test('a call whose argument is another call follows it, for the rows that have not failed', async () => {
  const doubling = new Doubling()
  const operator = operatorOf('SELECT double(double(a)) AS d FROM demo', doubling)
  const [out] = await operator.process(batchOf([1, 'x', 3]), 0, testContext())
  expect(out === undefined ? [] : resultsOf(out)).toEqual([{ a: 1, d: 2, e: 4 }, 'no number: string(x)', { a: 3, d: 6, e: 12 }])
  expect(doubling.batches).toEqual([
    [[1], ['x'], [3]],
    [[2], [6]],
  ])
})

test('a function is opened once for each place, with what is known of its arguments', async () => {
  const doubling = new Doubling()
  const operator = operatorOf("SELECT double(a + 1, 'k') AS d, double(a) AS e FROM demo", doubling)
  await operator.process(batchOf([1]), 0, testContext())
  await operator.process(batchOf([2]), 0, testContext())
  expect(doubling.places).toEqual([
    { place: 0, args: [{ expression: 'a + 1' }, { constant: 'k' }] },
    { place: 1, args: [{ expression: 'a' }] },
  ])
})

test('an argument that fails is an error of its row; a result of a window fails as a whole', async () => {
  const operator = operatorOf('SELECT double(a * 2) AS d FROM demo', new Doubling())
  const [out] = await operator.process(batchOf([1, 'x', 3], { results: [0, 2, 3] }), 0, testContext())
  expect(out?.results).toEqual([0, 1])
  expect(out === undefined ? [] : resultsOf(out)).toEqual(['invalid operation string(x) * int64(2)', { a: 3, d: 12 }])
})

test('a call that is lost is a failure of the rule', async () => {
  const operator = operatorOf('SELECT double(a) AS d FROM demo', new Doubling())
  await expect(operator.process(batchOf(['lost']), 0, testContext())).rejects.toThrow('the other side is gone')
})
