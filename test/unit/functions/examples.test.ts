import { expect, test } from 'vitest'
import type { CallContext, Example, SqlFunction } from '../../../src/api/function.ts'
import type { RowBatch } from '../../../src/data/batch.ts'
import { toRecord } from '../../../src/data/record.ts'
import type { Struct, Value } from '../../../src/data/value.ts'
import { functions } from '../../../src/functions/index.ts'
import { buildOperators } from '../../../src/runtime/build-operators.ts'
import { testContext } from '../../support/context.ts'
import { environment, plan, rowOf } from '../../support/sql.ts'

const byName = new Map(functions.flatMap(({ function: f }) => [f.name, ...(f.aliases ?? [])].map((name) => [name, f] as const)))
const lookup = { find: (name: string) => byName.get(name.toLowerCase()), names: () => byName.keys() }

/** The values of `r` in what the statement gives. */
async function valuesOf(sql: string, rows: readonly Struct[]): Promise<readonly Value[]> {
  const planned = plan(sql, { ...environment(), functions: lookup })
  const ctx = testContext()
  const context: CallContext = { rule: 'rule1', clock: ctx.clock, startedAt: 0, timeZone: 'UTC' }
  let batches: readonly RowBatch[] = [{ schema: { columns: [] }, rows: rows.map((row) => rowOf(planned, row)) }]
  for (const operator of buildOperators(planned, { functions: lookup, context })) {
    const made = await Promise.all(batches.map(async (batch) => operator.process(batch, 0, ctx)))
    batches = made.flat()
  }
  expect(batches.flatMap(({ errors = [] }) => errors.map(({ error }) => error.message))).toEqual([])
  return batches.flatMap((batch) => batch.rows.map((row) => toRecord(batch.schema, row)['r'] ?? null))
}

/** An expression over no columns is over one empty row, an aggregate over a window of all rows. */
function statementOf(f: SqlFunction, example: Example): string {
  const window = f.kind === 'aggregate' && 'rows' in example ? ` GROUP BY COUNTWINDOW(${example.rows.length})` : ''
  return `SELECT ${example.sql} AS r FROM demo${window}`
}

/** Those that may wait are called by their own operator and tested there. */
const examples = functions.flatMap(({ function: f }) =>
  f.kind === 'batch' ? [] : f.examples.map((example) => ({ sql: statementOf(f, example), example })),
)

test.each(examples)('$sql', async ({ sql, example }) => {
  if ('rows' in example) expect(await valuesOf(sql, example.rows)).toEqual(example.results)
  else expect(await valuesOf(sql, [{}])).toEqual([example.result])
})
