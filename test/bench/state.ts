import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Operator } from '../../src/api/operator.ts'
import type { Row } from '../../src/data/batch.ts'
import type { Value } from '../../src/data/value.ts'
import { functions } from '../../src/functions/index.ts'
import type { RulePlan } from '../../src/plan/nodes.ts'
import { planSelect } from '../../src/plan/plan-select.ts'
import { buildOperators } from '../../src/runtime/build-operators.ts'
import { CheckpointStore } from '../../src/runtime/checkpoint-store.ts'
import { parseStatement } from '../../src/sql/parser.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { testContext } from '../support/context.ts'
import { TEST_CONTEXT } from '../support/sql.ts'
import type { Figure } from './report.ts'

const KEYS = 1_000_000
const SQL = 'SELECT k, count(*) AS n, sum(a) AS s, avg(a) AS m, min(a) AS l, max(a) AS h FROM demo GROUP BY k, TUMBLINGWINDOW(hh, 1)'
const START = Date.UTC(2024, 0, 1)

const byName = new Map(functions.map(({ name, function: f }) => [name, f]))
const lookup = { find: (name: string) => byName.get(name.toLowerCase()), names: () => byName.keys() }

function planned(): RulePlan {
  const select = parseStatement(SQL)
  if (select.kind !== 'select') throw new Error('expected SELECT')
  const env = { stream: (name: string) => ({ name }), streamNames: () => ['demo'], functions: lookup, options: {} }
  return planSelect(select, env, SQL)
}

/** The window with all keys in it. */
function filled(plan: RulePlan): Operator {
  const [operator] = buildOperators(plan, { functions: lookup, context: TEST_CONTEXT })
  const [source] = plan.sources
  if (operator === undefined || source === undefined) throw new Error('no window')
  const ctx = testContext()
  const names = source.columns.map(({ name }) => name)
  const [key, value] = [names.indexOf('k'), names.indexOf('a')]
  operator.advance?.(START, ctx)
  for (let from = 0; from < KEYS; from += 4000) {
    const rows = Array.from({ length: 4000 }, (_, i): Row => {
      const row: Row[number][] = []
      row[key] = `device-${from + i}`
      row[value] = (from + i) / 2
      row[source.width - 1] = START
      return row
    })
    void operator.process({ schema: { columns: [] }, rows }, 0, ctx)
  }
  return operator
}

function megabytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

/** Saves the state as a rule does; how long it takes and how long nobody else got a turn at most, in milliseconds. */
async function save(plan: RulePlan, state: Value): Promise<{ readonly took: number; readonly pause: number }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'plutino-state-'))
  const store = openStore(path.join(folder, 'plutino.db'))
  let [pause, last, over] = [0, performance.now(), false]
  const turn = (): void => {
    const now = performance.now()
    pause = Math.max(pause, now - last)
    last = now
    if (!over) setImmediate(turn)
  }
  turn()
  const begin = performance.now()
  await new CheckpointStore(store).save('rule1', plan, state)
  const took = performance.now() - begin
  over = true
  store.close()
  rmSync(folder, { recursive: true })
  return { took, pause }
}

/** A state of 1,000,000 keys with five aggregates each: its memory, and its checkpoint. */
export async function stateFigures(): Promise<readonly Figure[]> {
  const plan = planned()
  const before = megabytes()
  const operator = filled(plan)
  const size = megabytes() - before
  const begin = performance.now()
  const state = operator.snapshot?.()
  const copied = performance.now() - begin
  if (state === undefined) throw new Error('no state')
  const { took, pause } = await save(plan, state)
  return [
    { name: '1,000,000 keys x 5 aggregates: memory', value: size, unit: 'MiB', most: 250 },
    { name: 'its copy for a checkpoint: the rule stands still', value: copied, unit: 'ms', most: 50 },
    { name: 'its checkpoint, copy and disk', value: copied + took, unit: 'ms', most: 1000 },
    { name: 'meanwhile: the longest time without a turn for others', value: pause, unit: 'ms', most: 50 },
  ]
}
