import { expect, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { RowBatch } from '../../../src/data/batch.ts'
import { Compiler } from '../../../src/expression/compile.ts'
import type { BoundExpr } from '../../../src/expression/bound.ts'
import { aggregate } from '../../../src/operators/aggregate/aggregate.ts'
import { BUILT_INS } from '../../support/built-ins.ts'
import { testContext } from '../../support/context.ts'
import { TEST_CONTEXT } from '../../support/sql.ts'

const slot = (place: number): BoundExpr => ({ kind: 'slot', slot: place, name: '', type: 'json', at: 0 })
const sum = { slot: 2, function: 'sum', args: [slot(1)], distinct: false }

function answer(batch: RowBatch, { each = false, keyed = true } = {}): readonly RowBatch[] {
  const node = { groupBy: keyed ? [slot(0)] : [], calls: [sum], firsts: [0], width: 3, each }
  const operator = aggregate(node, new Compiler(), { functions: BUILT_INS, context: TEST_CONTEXT })
  const out = operator.process(batch, 0, testContext())
  if (out instanceof Promise) throw new Error('expected an answer at once')
  return out
}

const error = new PlutinoError('row_failed', 'before')
const schema = { columns: [] }

test('each result is grouped by itself, groups in the order in which they appear', () => {
  const rows = [
    ['b', 1],
    ['a', 2],
    ['b', 3],
    ['a', 4],
  ]
  expect(answer({ schema, rows, results: [0, 3, 4] })).toMatchObject([
    {
      rows: [
        ['b', undefined, 4],
        ['a', undefined, 2],
        ['a', undefined, 4],
      ],
      results: [0, 2, 3],
    },
  ])
})

test('a row that fails fails its result, the others go on; errors of earlier steps keep their place', () => {
  const rows = [
    ['a', 1],
    ['a', 'x'],
    ['a', 2],
  ]
  const [first, second, third] = answer({ schema, rows, results: [0, 2, 3], errors: [{ at: 2, error }] })
  expect(first?.errors?.[0]?.error.message).toMatch(/^run Select error: expected a number/)
  expect(second?.errors?.[0]?.error).toBe(error)
  expect(third).toMatchObject({ rows: [['a', undefined, 2]], results: [0, 1] })
})

test('an empty result gives a row of absent cells without GROUP BY and nothing with it', () => {
  expect(answer({ schema, rows: [], results: [0, 0] }, { keyed: false })).toMatchObject([{ rows: [[undefined, undefined, undefined]] }])
  expect(answer({ schema, rows: [], results: [0, 0] })).toEqual([])
})

test('without a window each row is a group, errors between them', () => {
  const out = answer(
    {
      schema,
      rows: [
        ['a', 1],
        ['a', 'x'],
        ['a', 2],
      ],
      errors: [{ at: 1, error }],
    },
    { each: true, keyed: false },
  )
  expect(out).toMatchObject([
    {
      rows: [
        ['a', undefined, 1],
        ['a', undefined, 2],
      ],
      errors: [{ at: 1 }, { at: 1 }],
    },
  ])
  expect(out[0]?.errors?.[0]?.error).toBe(error)
})
