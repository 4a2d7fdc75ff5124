import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operator } from '../../src/api/operator.ts'
import type { Row, RowBatch } from '../../src/data/batch.ts'
import type { Cell } from '../../src/data/value.ts'
import { Compiler } from '../../src/expression/compile.ts'
import { functions } from '../../src/functions/index.ts'
import { analytic } from '../../src/operators/analytic.ts'
import { DistinctOperator } from '../../src/operators/distinct.ts'
import { limit } from '../../src/operators/limit.ts'
import { order } from '../../src/operators/order.ts'
import { environment, lookup, plan, TEST_CONTEXT } from '../support/sql.ts'

const all = lookup(functions.map(({ function: f }) => f))
const deps = { functions: all, context: TEST_CONTEXT }
const compiler = new Compiler()
const SCHEMA = { columns: [{ name: 'a' }, { name: 'b' }] }
const ctx = undefined as never

/** Results of windows: rows of two cells each. */
const resultsOf = (cell: fc.Arbitrary<Cell>): fc.Arbitrary<Row[][]> =>
  fc.array(fc.array(fc.tuple(cell, fc.integer({ min: 0, max: 3 })), { maxLength: 8 }), { maxLength: 5 })

function batchOf(results: readonly (readonly Row[])[]): RowBatch {
  const bounds = [0]
  for (const rows of results) bounds.push((bounds.at(-1) ?? 0) + rows.length)
  return { schema: SCHEMA, rows: results.flat(), results: bounds }
}

function process(operator: Operator, batch: RowBatch): RowBatch {
  const made = operator.process(batch, 0, ctx)
  if (made instanceof Promise) throw new Error('not synchronous')
  return made[0] ?? { schema: SCHEMA, rows: [], results: [0] }
}

/** The rows of each result. */
function split({ rows, results = [0] }: RowBatch): readonly (readonly Row[])[] {
  return results.slice(1).map((to, i) => rows.slice(results[i], to))
}

test('ORDER BY is a stable sort of each result with nulls last in both directions', () => {
  const { root } = plan('SELECT a FROM demo GROUP BY COUNTWINDOW(3) ORDER BY a DESC, b', { ...environment(), functions: all })
  if (root.op !== 'project' || root.input.op !== 'order') throw new Error('not the expected plan')
  const operator = order(root.input.terms, compiler, deps)
  const cell = fc.option(fc.oneof(fc.integer({ min: -2, max: 2 }), fc.bigInt({ min: -2n, max: 2n })), { nil: undefined })
  /** Is x to stand strictly before y? */
  const before = ([a, b]: Row, [c, d]: Row): boolean => {
    if (a === undefined || c === undefined) return a !== undefined || (c === undefined && Number(b) < Number(d))
    return Number(a) > Number(c) || (Number(a) === Number(c) && Number(b) < Number(d))
  }
  const naive = (rows: readonly Row[]): readonly Row[] => {
    const sorted: Row[] = []
    for (const row of rows) {
      const at = sorted.findIndex((other) => before(row, other))
      sorted.splice(at < 0 ? sorted.length : at, 0, row)
    }
    return sorted
  }
  fc.assert(
    fc.property(resultsOf(cell), (results) => {
      expect(split(process(operator, batchOf(results)))).toEqual(results.map(naive))
    }),
  )
})

test('DISTINCT keeps the first of equal rows of each result', () => {
  const cell = fc.oneof(
    fc.constantFrom<Cell>(undefined, null, 1, 1n, '1', true),
    fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }),
  )
  const same = (a: Cell, b: Cell): boolean => {
    if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => x === b[i])
    // oxlint-disable-next-line eslint/eqeqeq -- 1 and 1n are the same number
    return a === b || (typeof a !== 'string' && typeof b !== 'string' && isNumber(a) && isNumber(b) && a == b)
  }
  const naive = (rows: readonly Row[]): readonly Row[] =>
    rows.filter((row, i) => !rows.slice(0, i).some((other) => same(row[0], other[0]) && same(row[1], other[1])))
  fc.assert(
    fc.property(resultsOf(cell), (results) => {
      expect(split(process(new DistinctOperator(), batchOf(results)))).toEqual(results.map(naive))
    }),
  )
})

test('LIMIT keeps the first rows of each result, and empty results', () => {
  fc.assert(
    fc.property(resultsOf(fc.integer()), fc.integer({ min: 1, max: 4 }), (results, count) => {
      expect(split(process(limit(count), batchOf(results)))).toEqual(results.map((rows) => rows.slice(0, count)))
    }),
  )
})

interface Event {
  readonly a: Cell
  readonly p: Cell
  readonly when: Cell
}

test('lag is what a list of all earlier values says, however the batches are cut and whenever it is restored', () => {
  const event = fc.record<Event>({
    a: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
    p: fc.constantFrom<Cell>(null, 1, '1', 'x'),
    when: fc.constantFrom<Cell>(true, true, false, null),
  })
  const settings = fc.record({ offset: fc.integer({ min: 0, max: 4 }), ignoreNull: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 30 }),
      settings,
      fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
      (events, { offset, ignoreNull }, sizes) => {
        const sql = `SELECT lag(a, ${offset}, 'none', ${ignoreNull}) OVER (PARTITION BY p WHEN w) AS r FROM demo`
        expect(runLag(sql, events, sizes)).toEqual(naiveLag(events, offset, ignoreNull))
      },
    ),
  )
})

function runLag(sql: string, events: readonly Event[], sizes: Iterator<number>): readonly Cell[] {
  const { root } = plan(sql, { ...environment(), functions: all })
  if (root.op !== 'project' || root.input.op !== 'analytic') throw new Error('not the expected plan')
  const { calls, input } = root.input
  if (input.op !== 'source') throw new Error('not the expected plan')
  const names = input.columns.map(({ name }) => name)
  const rows = events.map(({ a, p, when }) => names.map((name) => (name === 'a' ? a : name === 'p' ? p : when)))
  const values: Cell[] = []
  let operator = analytic(calls, compiler, deps)
  for (let at = 0; at < rows.length;) {
    const size = sizes.next().value as number
    const { rows: made } = process(operator, { schema: SCHEMA, rows: rows.slice(at, at + size) })
    values.push(...made.map((row) => row[3]))
    at += size
    const saved = operator.snapshot?.() ?? null
    operator = analytic(calls, compiler, deps)
    operator.restore?.(saved)
  }
  return values
}

function naiveLag(events: readonly Event[], offset: number, ignoreNull: boolean): readonly Cell[] {
  return events.map(({ p }, i) => {
    if (offset === 0) return null
    const earlier = events.slice(0, i).filter((event) => event.p === p && event.when === true && (!ignoreNull || event.a !== undefined))
    return earlier.length < offset ? 'none' : (earlier.at(-offset)?.a ?? null)
  })
}

function isNumber(value: Cell): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}
