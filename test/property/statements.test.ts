import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isStruct, type Struct, type Value } from '../../src/data/value.ts'
import { GoldenRule, goldenSpec } from '../sql/golden-rule.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { naiveResults, sqlOf, type NaiveInput, type NaiveStatement } from './naive-statements.ts'

const STREAM = 'CREATE STREAM demo () WITH (DATASOURCE="demo")'
const END = 5_000

const numbers = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -8, max: 8 }).map((n) => n / 2) },
  { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
)
const keys = fc.constantFrom('x', 'y', '', 'ünï', '__proto__', 'toString', null, undefined)

const inputs: fc.Arbitrary<readonly NaiveInput[]> = fc
  .array(fc.record({ after: fc.constantFrom(0, 0, 10, 150, 300, 900), a: numbers, b: numbers, k: keys }), { minLength: 1, maxLength: 25 })
  .map((steps) => {
    let time = 1
    return steps.map(({ after, ...cells }) => ({ time: (time += after), row: present(cells) }))
  })

function present(cells: Readonly<Record<string, Value | undefined>>): Struct {
  const row: Record<string, Value> = {}
  for (const [name, value] of Object.entries(cells)) if (value !== undefined) row[name] = value
  return row
}

const constant = fc.integer({ min: -4, max: 4 }).map((n) => n / 2)
const comparison = fc.record({ op: fc.constantFrom('<', '<=', '=', '!=', '>', '>='), value: constant })
const condition = fc.record({
  first: fc.tuple(fc.constantFrom('a', 'b'), comparison),
  second: fc.option(fc.tuple(fc.constantFrom('AND', 'OR'), fc.constantFrom('a', 'b'), comparison), { nil: undefined }),
  negated: fc.boolean(),
})

const aggregate = fc.record({
  function: fc.constantFrom('count', 'sum', 'avg', 'min', 'max', 'collect'),
  column: fc.constantFrom('a', 'b'),
  distinct: fc.boolean(),
  filter: fc.option(condition, { nil: undefined }),
})

const window = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((n) => ({ type: 'count' as const, length: n, step: n })),
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).map(([m, n]) => ({
    type: 'count' as const,
    length: Math.max(m, n),
    step: Math.min(m, n),
  })),
  fc.constantFrom(100, 250, 400, 1000).map((length) => ({ type: 'tumbling' as const, length, step: length })),
  fc.constantFrom([400, 100], [300, 200], [200, 500], [1000, 250]).map(([length = 0, step = 0]) => ({
    type: 'hopping' as const,
    length,
    step,
  })),
  fc.constantFrom(50, 300, 1000).map((length) => ({ type: 'sliding' as const, length, step: 0 })),
)

const statements: fc.Arbitrary<NaiveStatement> = fc
  .record({
    window,
    aggregates: fc.array(aggregate, { minLength: 1, maxLength: 4 }),
    where: fc.option(condition, { nil: undefined }),
    grouped: fc.boolean(),
    having: fc.option(fc.tuple(fc.nat(3), comparison), { nil: undefined }),
    order: fc.constantFrom(undefined, 'ASC' as const, 'DESC' as const),
    limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  })
  // WHERE chooses rows below the window or content above it: over windows that each row fires it shows which
  .map((statement) => (statement.window.type === 'sliding' ? { ...statement, where: undefined } : statement))

async function answer(statement: NaiveStatement, rows: readonly NaiveInput[], cuts: readonly boolean[]): Promise<readonly Value[]> {
  const options = { planOptimizeStrategy: { enableIncrementalWindow: cuts[0] === true } }
  const clock = new FakeClock(0)
  const rule = new GoldenRule(goldenSpec({ streams: [STREAM], sql: sqlOf(statement), options }), clock)
  rule.core.start()
  let batch: { readonly stream: string; readonly row: Struct }[] = []
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await rule.accept(batch)
    batch = []
  }
  for (const [i, { time, row }] of rows.entries()) {
    if (time > clock.now() || cuts[i] === true) await flush()
    await clock.advance(time - clock.now())
    batch.push({ stream: 'demo', row })
  }
  await flush()
  await clock.advance(END + (rows.at(-1)?.time ?? 0) - clock.now())
  rule.core.close()
  return rule.output.filter((message) => !isEmpty(message))
}

/** Windows without rows, and results of which nothing is left, say nothing here: other tests look at them. */
function isEmpty(message: Value): boolean {
  return Array.isArray(message) && message.every((row) => isStruct(row) && row['n'] === undefined)
}

test('statements over windows give what a naive evaluator gives, with and without incremental windows', async () => {
  const cuts = fc.array(fc.boolean(), { minLength: 25, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(statements, inputs, cuts, async (statement, rows, where) => {
      const wanted = naiveResults(statement, rows, END + (rows.at(-1)?.time ?? 0))
      expect({ sql: sqlOf(statement), results: await answer(statement, rows, where) }).toEqual({ sql: sqlOf(statement), results: wanted })
    }),
    { numRuns: 400 },
  )
})
