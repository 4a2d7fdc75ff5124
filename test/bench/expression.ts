import { performance } from 'node:perf_hooks'
import type { Row, RowBatch } from '../../src/data/batch.ts'
import { buildOperators } from '../../src/runtime/build-operators.ts'
import { interpret } from '../property/expression-interpreter.ts'
import { lookup, plan, TEST_CONTEXT } from '../support/sql.ts'

/** Filter and three expressions over decoded rows, next to a loop written by hand and to an interpreter of the same tree. */
const SQL =
  "SELECT temperature * 1.8 + 32 AS f, device, humidity > 60 AND temperature > 30 AS alarm FROM demo WHERE temperature > 20 AND device != 'd3'"
const ROWS = 4_096
const ROUNDS = 2_000

const planned = plan(SQL)
const names = planned.sources[0]?.columns.map(({ name }) => name) ?? []
const [temperatureAt, deviceAt, humidityAt] = ['temperature', 'device', 'humidity'].map((name) => names.indexOf(name)) as [
  number,
  number,
  number,
]

function makeRow(i: number): Row {
  const row: Row[number][] = []
  row[temperatureAt] = 5 + (i % 31) + 0.5
  row[deviceAt] = `d${i % 7}`
  row[humidityAt] = i % 97
  return row
}

const rows: readonly Row[] = Array.from({ length: ROWS }, (_, i) => makeRow(i))
const [operator] = buildOperators(planned, { functions: lookup(), context: TEST_CONTEXT })
const batch: RowBatch = { schema: { columns: [] }, rows }

function byHand(): number {
  const out: Row[] = []
  for (const row of rows) {
    const t = row[temperatureAt]
    const d = row[deviceAt]
    const h = row[humidityAt]
    if (typeof t !== 'number' || typeof d !== 'string' || !(t > 20) || d === 'd3') continue
    out.push([t * 1.8 + 32, d, typeof h === 'number' && h > 60 && t > 30])
  }
  return out.length
}

function generated(): number {
  const batches = operator?.process(batch, 0, undefined as never)
  return Array.isArray(batches) ? (batches[0]?.rows.length ?? 0) : 0
}

function interpreted(): number {
  const { root } = planned
  if (root.op !== 'project' || root.input.op !== 'filter') return 0
  const { predicate } = root.input
  return rows.filter((row) => interpret(predicate, row) === true).map((row) => root.exprs.map((expr) => interpret(expr, row))).length
}

/** Nanoseconds a row: the median of the rounds, after a tenth of them to warm up. */
function measure(run: () => number, rounds: number): number {
  for (let i = 0; i < rounds / 10; i++) run()
  const times = Array.from({ length: rounds }, () => {
    const from = performance.now()
    run()
    return performance.now() - from
  })
  return ((times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0) * 1e6) / ROWS
}

const figures = { generated: measure(generated, ROUNDS), byHand: measure(byHand, ROUNDS), interpreted: measure(interpreted, ROUNDS / 10) }
process.stdout.write(`${SQL}\n${generated()} of ${ROWS} rows pass\n`)
for (const [name, ns] of Object.entries(figures)) process.stdout.write(`${name.padEnd(12)} ${ns.toFixed(1).padStart(7)} ns/row\n`)
