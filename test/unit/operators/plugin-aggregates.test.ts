import { expect, test } from 'vitest'
import type { GroupCall, GroupFunction, SqlFunction } from '../../../src/api/function.ts'
import type { RowBatch } from '../../../src/data/batch.ts'
import type { Cell } from '../../../src/data/value.ts'
import { rowFailed } from '../../../src/data/row-failed.ts'
import type { BoundExpr } from '../../../src/expression/bound.ts'
import { Compiler } from '../../../src/expression/compile.ts'
import type { Batches } from '../../../src/api/operator.ts'
import { aggregate } from '../../../src/operators/aggregate/aggregate.ts'
import { aggregateContent } from '../../../src/operators/aggregate/content.ts'
import { Fold } from '../../../src/operators/aggregate/fold.ts'
import { withPlugins } from '../../../src/operators/aggregate/plugin-aggregates.ts'
import { WindowOutput } from '../../../src/operators/windows/output.ts'
import { BUILT_INS } from '../../support/built-ins.ts'
import { testContext } from '../../support/context.ts'
import { eachCall } from '../../support/group-functions.ts'
import { TEST_CONTEXT } from '../../support/sql.ts'

/** Products, kept by group as a plugin would; refuses 13 as a row and 12 as a result. */
class Products implements GroupFunction {
  readonly kept = new Map<number, number>()
  opened = 0

  async add(groups: readonly number[], rows: readonly (readonly Cell[])[]) {
    const failed = new Map<number, ReturnType<typeof rowFailed>>()
    rows.forEach(([x], i) => {
      const group = groups[i] ?? 0
      if (x === 13) failed.set(i, rowFailed('thirteen'))
      else this.kept.set(group, (this.kept.get(group) ?? 1) * Number(x))
    })
    return failed
  }

  async finish(groups: readonly number[]) {
    return groups.map((group) => (this.kept.get(group) === 12 ? rowFailed('twelve') : (this.kept.get(group) ?? null)))
  }

  async drop(groups: readonly number[]) {
    for (const group of groups) this.kept.delete(group)
  }

  callAll(calls: readonly GroupCall[]) {
    return eachCall(this, calls, calls.length)
  }

  save = async (_groups: readonly number[]): Promise<readonly Uint8Array[]> => []

  async restore() {}
}

function product(products: Products): SqlFunction {
  return {
    kind: 'groups',
    name: 'product',
    category: 'plugin',
    doc: '',
    examples: [],
    params: [{ name: 'x', type: 'number' }],
    returns: 'float',
    nulls: 'null',
    pure: true,
    openGroups: async () => {
      products.opened++
      return products
    },
  }
}

const slot = (place: number): BoundExpr => ({ kind: 'slot', slot: place, name: '', type: 'json', at: 0 })

test('an aggregate of a plugin is computed by group beside others; what fails fails its result, and nothing stays in the plugin', async () => {
  const products = new Products()
  const found = product(products)
  const functions = { ...BUILT_INS, find: (name: string) => (name === 'product' ? found : BUILT_INS.find(name)) }
  const calls = [
    { slot: 2, function: 'product', args: [slot(1)], distinct: false },
    { slot: 3, function: 'sum', args: [slot(1)], distinct: false },
    { slot: 4, function: 'product', args: [slot(1)], distinct: true },
  ]
  const node = { groupBy: [slot(0)], calls, firsts: [0], width: 5, each: false }
  const operator = aggregate(node, new Compiler(), { functions, context: TEST_CONTEXT })
  const rows = [
    ['a', 2],
    ['b', 5],
    ['a', 2],
    ['a', null],
    ['a', 13],
    ['a', 3],
    ['a', 4],
    ['c', 7],
  ]
  const batch: RowBatch = { schema: { columns: [] }, rows, results: [0, 4, 5, 7, 8] }
  const out = await operator.process(batch, 0, testContext())
  const messages = out.flatMap(({ errors = [] }) => errors.map(({ error }) => error.message))
  expect(messages).toEqual(['run Select error: thirteen', 'run Select error: twelve'])
  expect(out.flatMap((one) => one.rows)).toEqual([
    ['a', undefined, 4, 4, 2],
    ['b', undefined, 5, 5, 5],
    ['c', undefined, 7, 7, 7],
  ])
  expect(products.kept.size).toBe(0)
  expect(products.opened).toBe(2)
})

test('a snapshot waits for what the plugin knows of the groups; where it does not tell there is none, and the groups go on', async () => {
  const products = new Products()
  const found = product(products)
  const functions = { ...BUILT_INS, find: (name: string) => (name === 'product' ? found : BUILT_INS.find(name)) }
  const calls = [{ slot: 2, function: 'product', args: [slot(1)], distinct: false }]
  const fold = new Fold({ groupBy: [slot(0)], calls, firsts: [0], width: 3 }, new Compiler(), { functions, context: TEST_CONTEXT })
  const content = aggregateContent(fold, true)('whole')
  const output = new WindowOutput({ columns: [] })
  const steps: RowBatch['rows'][] = [
    [
      ['a', 2],
      ['b', 13],
    ],
    [['a', 5]],
  ]
  const process = ({ rows }: RowBatch): Batches => {
    content.add(rows, 0, rows.length, 0)
    return output.take()
  }
  const operator = withPlugins({ name: 'window', process, snapshot: () => content.snapshot() }, fold.plugins)
  const ctx = testContext()
  const [first = [], second = []] = steps
  await operator.process({ schema: { columns: [] }, rows: first }, 0, ctx)
  products.save = () => Promise.reject(rowFailed('not now'))
  await expect(operator.gather?.(ctx)).rejects.toMatchObject({ message: 'not now' })
  products.save = async (groups) => groups.map((group) => Uint8Array.of(products.kept.get(group) ?? 0))
  await operator.process({ schema: { columns: [] }, rows: second }, 0, ctx)
  await operator.gather?.(ctx)
  expect(operator.snapshot?.()).toMatchObject({
    groups: {
      columns: [
        [
          { saved: Uint8Array.of(10), error: null },
          { saved: null, error: ['thirteen', null] },
        ],
      ],
    },
  })
})
