import type { Row, RowBatch } from '../../src/data/batch.ts'
import { Compiler } from '../../src/expression/compile.ts'
import { RowOperator } from '../../src/operators/row-operator.ts'
import { prefilterOf } from '../../src/plan/prefilter.ts'
import { buildGraph } from '../../src/runtime/build-operators.ts'
import { layoutMapping, unionLayout } from '../../src/runtime/layout.ts'
import { RowDistribution, type Wish } from '../../src/runtime/row-distribution.ts'
import { lookup, plan, TEST_CONTEXT } from '../support/sql.ts'
import { cpuSeconds, median } from './cpu-time.ts'
import type { Figure } from './report.ts'

const ROWS = 4_096
const ROUNDS = 200
const DEVICES = 1_000

interface Rule extends Wish {
  readonly operator: RowOperator
}

/** What the rules of one shared stream do first with each of its rows, decoded: together, and each on its own. */
export function sharedRuleFigures(): readonly Figure[] {
  return [
    figureOf('10 rules with a threshold each', 10, (i) => `SELECT temperature * ${i} AS x, device FROM demo WHERE temperature > ${10 + i}`),
    figureOf('30 rules with a threshold each', 30, (i) => `SELECT temperature * ${i} AS x, device FROM demo WHERE temperature > ${10 + i}`),
    figureOf('1,000 rules with an equality each', 1_000, (i) => `SELECT humidity, temperature * 2 AS x FROM demo WHERE device = 'd${i}'`),
  ]
}

function figureOf(name: string, count: number, sql: (i: number) => string): Figure {
  const compiler = new Compiler()
  const rules = Array.from({ length: count }, (_, i) => ruleOf(sql(i), compiler))
  const union = unionLayout(rules.map(({ layout }) => layout))
  const names = union.columns.map((column) => column.name)
  const rows = Array.from({ length: ROWS }, (_, i): Row => names.map((column) => valueOf(column, i)))
  const batch: RowBatch = { schema: { columns: union.columns }, rows }
  const distribution = new RowDistribution(rules, union, compiler)
  const maps = rules.map(({ layout }) => layoutMapping(layout, union))
  let kept = 0
  const together = (): void => {
    distribution.share(batch, ({ operator }, given) => void (kept += operator.process(given).length))
  }
  const apart = (): void => rules.forEach(({ operator }, i) => void (kept += operator.process(maps[i]?.(batch) ?? batch).length))
  const own = nanosOf(together, ROUNDS)
  const rival = nanosOf(apart, Math.ceil(ROUNDS / count))
  return { name, value: own, unit: 'ns a row', rival: { name: 'each on its own', value: rival + (kept < 0 ? 1 : 0) } }
}

function nanosOf(run: () => void, rounds: number): number {
  for (let i = 0; i < rounds; i++) run()
  const seconds = median(5, () =>
    cpuSeconds(() => {
      for (let i = 0; i < rounds; i++) run()
    }),
  )
  return (seconds * 1e9) / rounds / ROWS
}

function ruleOf(sql: string, compiler: Compiler): Rule {
  const planned = plan(sql)
  const [source] = planned.sources
  const operator = buildGraph(planned, { functions: lookup(), context: TEST_CONTEXT, compiler }).steps[0]?.operator
  if (source === undefined || !(operator instanceof RowOperator)) throw new Error(`not a rule of one step: ${sql}`)
  return { layout: source, prefilter: prefilterOf(planned, source), first: operator, operator, found: 0 }
}

function valueOf(column: string, i: number): string | number {
  return column === 'device' ? `d${(i * 7919) % DEVICES}` : column === 'temperature' ? 5 + ((i * 31) % 40) + 0.5 : i % 97
}
