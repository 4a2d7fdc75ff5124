import { expect, test } from 'vitest'
import type { GroupFunction, SqlFunction } from '../../../src/api/function.ts'
import type { RowBatch } from '../../../src/data/batch.ts'
import type { Cell } from '../../../src/data/value.ts'
import { rowFailed } from '../../../src/data/row-failed.ts'
import type { BoundExpr } from '../../../src/expression/bound.ts'
import { Compiler } from '../../../src/expression/compile.ts'
import { aggregate } from '../../../src/operators/aggregate/aggregate.ts'
import { BUILT_INS } from '../../support/built-ins.ts'
import { testContext } from '../../support/context.ts'
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

  async save() {
    return []
  }

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
