import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RowBatch } from '../../../src/data/batch.ts'
import type { Struct, Value } from '../../../src/data/value.ts'
import { Compiler } from '../../../src/expression/compile.ts'
import { RowOperator } from '../../../src/operators/row-operator.ts'
import { prefilterOf } from '../../../src/plan/prefilter.ts'
import { buildGraph } from '../../../src/runtime/build-operators.ts'
import { unionLayout } from '../../../src/runtime/layout.ts'
import { RowDistribution, type Wish } from '../../../src/runtime/row-distribution.ts'
import { rowReader } from '../../../src/runtime/row-reader.ts'
import { timestampReader } from '../../../src/runtime/timestamp.ts'
import { answers, lookup, plan, resultsOf, TEST_CONTEXT } from '../../support/sql.ts'

const STATEMENTS = [
  'SELECT a, b FROM demo WHERE a > 5',
  'SELECT b, a FROM demo',
  'SELECT rule_id() AS rule, c FROM demo WHERE c > 1 AND b < 9',
  'SELECT a / b AS x, upper(c) AS u FROM demo WHERE b != 7',
  'SELECT a + c AS x, d->e AS e FROM demo WHERE isnull(d) OR a = 3',
  'SELECT CASE WHEN a > b THEN "more" ELSE c END AS x FROM demo',
  'SELECT *, a * 2 AS twice FROM demo WHERE c LIKE "a%"',
  'SELECT d FROM demo WHERE a IN (1, 2, "x") ',
  'SELECT a FROM demo WHERE a > 1 AND a > 1 AND b',
]

interface Rule extends Wish {
  readonly sql: string
  readonly batches: RowBatch[]
}

const compiler = new Compiler()

function rule(sql: string, name: string): Rule {
  const planned = plan(sql)
  const [source] = planned.sources
  const [operator] = buildGraph(planned, { functions: lookup(), context: { ...TEST_CONTEXT, rule: name }, compiler }).steps
  if (source === undefined || !(operator?.operator instanceof RowOperator)) throw new Error(`not a rule of one step: ${sql}`)
  return { sql, layout: source, prefilter: prefilterOf(planned, source), first: operator.operator, found: 0, batches: [] }
}

function share(rules: readonly Rule[], records: readonly Struct[]): void {
  const union = unionLayout(rules.map(({ layout }) => layout))
  const reader = rowReader(union, { strict: false, timestamps: timestampReader(undefined, 'UTC') })
  const distribution = new RowDistribution(rules, union, compiler)
  distribution.share(reader.read({ from: 0, length: records.length, records, time: 1 }), ({ batches }, batch) => batches.push(batch))
}

const made = ({ first, batches }: Rule): unknown => batches.flatMap((batch) => first?.process(batch) ?? []).flatMap(resultsOf)

const values: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -3, max: 9 }),
  fc.constantFrom<Value>('x', 'abc', '7', true, null, 2n ** 60n),
)
const record: fc.Arbitrary<Struct> = fc.record(
  { a: values, b: values, c: values, d: fc.constantFrom<Value>({ e: 1 }, null, 5) },
  { requiredKeys: [] },
)

test('what rules make together of the rows of a stream is what each makes alone', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...STATEMENTS), { minLength: 1, maxLength: 40 }),
      fc.array(record, { minLength: 1, maxLength: 12 }),
      (statements, records) => {
        const rules = statements.map((sql) => rule(sql, 'r1'))
        share(rules, records)
        for (const one of rules) expect(made(one), one.sql).toEqual(answers(one.sql, records))
      },
    ),
    { numRuns: 150 },
  )
})

test('a few rules are one loop, in which each has its own context and its own failures', () => {
  const rules = [rule('SELECT rule_id() AS r, a FROM demo', 'first'), rule('SELECT b, rule_id() AS r FROM demo WHERE a / b > 1', 'second')]
  share(rules, [{ a: 4, b: 2 }, { a: 'x', b: 1 }, { a: 6 }])
  expect(rules.every(({ batches }) => batches.every((batch) => 'prepared' in batch))).toBe(true)
  expect(made(rules[0] ?? rule('', ''))).toEqual([
    { r: 'first', a: 4 },
    { r: 'first', a: 'x' },
    { r: 'first', a: 6 },
  ])
  expect(made(rules[1] ?? rule('', ''))).toEqual([{ b: 2, r: 'second' }, expect.stringContaining('run Where error')])
})

test('a batch with rows that failed before goes to each rule as it is', () => {
  const one = rule('SELECT b FROM demo WHERE a > 1', 'r1')
  const two = rule('SELECT c FROM demo', 'r1')
  const union = unionLayout([one.layout, two.layout])
  const error = Object.assign(new Error('decoding'), { code: 'decode_failed' })
  const batch = { schema: { columns: union.columns }, rows: [[1, 2, 3]], errors: [{ at: 0, error }] } as unknown as RowBatch
  new RowDistribution([one, two], union, compiler).share(batch, ({ batches }, given) => batches.push(given))
  expect([...one.batches, ...two.batches].map((given) => 'prepared' in given)).toEqual([false, false])
  expect(made(two)).toEqual(['decoding', { c: 3 }])
})

test('a statement that is too large to be put together with others is run alone', () => {
  const list = Array.from({ length: 1_100 }, (_, i) => `a + ${i} AS x${i}`).join(', ')
  const rules = [`SELECT ${list}, b FROM demo`, 'SELECT a, b FROM demo', 'SELECT b, a FROM demo'].map((sql) => rule(sql, 'r1'))
  share(rules, [{ a: 1, b: 2 }])
  expect(rules.map(({ batches: [given] }) => given !== undefined && 'prepared' in given)).toEqual([false, true, true])
  for (const one of rules) expect(made(one)).toEqual(answers(one.sql, [{ a: 1, b: 2 }]))
})
