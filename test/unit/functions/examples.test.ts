import { expect, test } from 'vitest'
import type { Cell } from '../../../src/data/value.ts'
import { functions } from '../../../src/functions/index.ts'
import { planSelect } from '../../../src/plan/plan-select.ts'
import { buildOperators } from '../../../src/runtime/build-operators.ts'
import { parseStatement } from '../../../src/sql/parser.ts'
import { testContext } from '../../support/context.ts'

const byName = new Map(functions.flatMap(({ function: f }) => [f.name, ...(f.aliases ?? [])].map((name) => [name, f] as const)))
const lookup = { find: (name: string) => byName.get(name.toLowerCase()), names: () => byName.keys() }

function evaluate(expression: string): Cell {
  const sql = `SELECT ${expression} AS r FROM demo`
  const select = parseStatement(sql)
  if (select.kind !== 'select') throw new Error('expected SELECT')
  const env = {
    stream: () => ({ name: 'demo' }),
    streamNames: () => ['demo'],
    functions: lookup,
    options: { sendNilField: true, isEventTime: false },
  }
  const plan = planSelect(select, env, sql)
  const ctx = testContext()
  const context = { rule: 'rule1', clock: ctx.clock, startedAt: 0, timeZone: 'UTC' }
  const [operator] = buildOperators(plan, { functions: lookup, context })
  const result = operator?.process({ schema: { columns: [] }, rows: [[]] }, 0, ctx)
  if (result === undefined || result instanceof Promise) throw new Error('expected rows')
  expect(result[0]?.errors).toBeUndefined()
  return result[0]?.rows[0]?.[0]
}

const examples = functions.flatMap(({ function: f }) => f.examples.map(({ sql, result }) => ({ name: f.name, sql, result })))

test.each(examples)('$sql', ({ sql, result }) => {
  expect(evaluate(sql)).toEqual(result)
})
