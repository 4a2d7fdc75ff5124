import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
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
import { cpuSeconds, threadMillis } from './cpu-time.ts'
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
  void operator.advance?.(START, ctx)
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

/** The collector, which only the flag gives. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  return () => void (typeof gc === 'function' && gc())
}

function megabytes(): number {
  collector()()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

/** Saves the state as a rule does; how long it takes and how long nobody else got a turn at most, in milliseconds. */
async function save(plan: RulePlan, state: Value): Promise<{ readonly took: number; readonly cpu: number; readonly pause: number }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'plutino-state-'))
  const store = openStore(path.join(folder, 'plutino.db'))
  let [pause, last, over] = [0, threadMillis(), false]
  const turn = (): void => {
    const now = threadMillis()
    pause = Math.max(pause, now - last)
    last = now
    if (!over) setImmediate(turn)
  }
  turn()
  const [begin, used] = [performance.now(), process.cpuUsage()]
  await new CheckpointStore(store).save('rule1', plan, state)
  const took = performance.now() - begin
  const { user, system } = process.cpuUsage(used)
  over = true
  store.close()
  rmSync(folder, { recursive: true })
  return { took, cpu: (user + system) / 1000, pause }
}

/** A state of 1,000,000 keys with five aggregates each: its memory, and its checkpoint. */
export async function stateFigures(): Promise<readonly Figure[]> {
  const plan = planned()
  const before = megabytes()
  const operator = filled(plan)
  const size = megabytes() - before
  let state: Value | undefined
  const copied = cpuSeconds(() => (state = operator.snapshot?.())) * 1000
  if (state === undefined) throw new Error('no state')
  const { took, cpu, pause } = await save(plan, state)
  return [
    { name: '1,000,000 keys x 5 aggregates: memory', value: size, unit: 'MiB', most: 250 },
    { name: 'its copy for a checkpoint: the rule stands still', value: copied, unit: 'ms', most: 50 },
    { name: 'its checkpoint, CPU', value: copied + cpu, unit: 'ms', most: 1000 },
    { name: 'the same by the clock, the disk included', value: copied + took, unit: 'ms' },
    { name: 'meanwhile: the longest time without a turn for others', value: pause, unit: 'ms', most: 50 },
  ]
}
