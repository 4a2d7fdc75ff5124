import type { Row, RowBatch } from '../../src/data/batch.ts'
import { buildOperators } from '../../src/runtime/build-operators.ts'
import { interpret } from '../property/expression-interpreter.ts'
import { BUILT_INS } from '../support/built-ins.ts'
import { environment, lookup, plan, TEST_CONTEXT } from '../support/sql.ts'
import { cpuSeconds, median } from './cpu-time.ts'
import type { Figure } from './report.ts'

/** Filter and three expressions over decoded rows, next to a loop written by hand and to an interpreter of the same tree. */
const SQL =
  "SELECT temperature * 1.8 + 32 AS f, device, humidity > 60 AND temperature > 30 AS alarm FROM demo WHERE temperature > 20 AND device != 'd3'"
const ROWS = 4_096
const ROUNDS = 300
const STATEMENTS = 200
const ENVIRONMENT = { ...environment(), functions: BUILT_INS }

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

/** Nanoseconds a row: the median of some runs of many rounds. */
function measure(run: () => number, rounds: number): number {
  const many = (): void => {
    for (let i = 0; i < rounds; i++) run()
  }
  many()
  return (median(7, () => cpuSeconds(many)) * 1e9) / (rounds * ROWS)
}

let statements = 0

/** Milliseconds for a statement that was not seen before: text to plan to code. */
function compiled(): number {
  const many = (): void => {
    for (let i = 0; i < STATEMENTS; i++) {
      const sql = `SELECT device, avg(temperature) AS t, max(humidity) * ${++statements} AS h FROM demo WHERE temperature > ${statements} AND device != 'x' GROUP BY device, TUMBLINGWINDOW(ss, 10) HAVING avg(temperature) > 3`
      buildOperators(plan(sql, ENVIRONMENT), { functions: BUILT_INS, context: TEST_CONTEXT })
    }
  }
  return (median(7, () => cpuSeconds(many)) * 1e3) / STATEMENTS
}

export function expressionFigures(): readonly Figure[] {
  const rival = { name: 'loop by hand', value: measure(byHand, ROUNDS) }
  const interpreter = { name: 'loop by hand', value: rival.value }
  return [
    { name: 'filter and three expressions over decoded rows', value: measure(generated, ROUNDS), unit: 'ns a row', most: 30, rival },
    { name: 'the same by the interpreter of the tests', value: measure(interpreted, ROUNDS / 10), unit: 'ns a row', rival: interpreter },
    { name: 'parse, bind, plan and compile a statement with a window', value: compiled(), unit: 'ms', most: 1 },
  ]
}
