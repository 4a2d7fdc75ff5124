import { performance } from 'node:perf_hooks'
import type { Row } from '../../src/data/batch.ts'
import type { Operator } from '../../src/api/operator.ts'
import { Compiler } from '../../src/expression/compile.ts'
import { buildOperators } from '../../src/runtime/build-operators.ts'
import { BUILT_INS } from '../support/built-ins.ts'
import { testContext } from '../support/context.ts'
import { environment, plan, TEST_CONTEXT } from '../support/sql.ts'
import type { Figure } from './report.ts'

const BATCH = 1_000
const ctx = testContext()
const eventTime = { ...environment({ demo: { timestamp: 'ts' } }, { isEventTime: true }), functions: BUILT_INS }
/** Of windows that count. */
const clockTime = { ...environment({ demo: {} }), functions: BUILT_INS }

/** Rows as the source gives them: [columns of the statement…, ts, time]. */
interface Feed {
  readonly rows: number
  /** Rows in a second of event time. */
  readonly perSecond: number
  readonly row: (i: number, time: number) => Row
}

const keyed = (keys: number): Feed['row'] => {
  return (i, time) => [(i * 7_919) % keys, (i % 1_000) / 10, time, time]
}

/** The window of a statement, which is its first step. */
function windowOf(sql: string): Operator {
  const env = sql.includes('COUNTWINDOW') ? clockTime : eventTime
  const root = plan(sql, env)
  const [first] = buildOperators(root, { functions: env.functions, context: TEST_CONTEXT, compiler: new Compiler() })
  if (first === undefined || first.advance === undefined) throw new Error('the first step is not a window')
  return first
}

/** How many rows come out when a batch and the watermark have passed. */
function given(operator: Operator, rows: readonly Row[]): number {
  const made = operator.process({ schema: { columns: [] }, rows }, 0, ctx)
  const later = operator.advance?.(Number(rows.at(-1)?.at(-1)), ctx) ?? []
  return made instanceof Promise || later instanceof Promise ? 0 : [...made, ...later].reduce((sum, batch) => sum + batch.rows.length, 0)
}

/** Rows of all rounds: enough for code that is compiled while it runs to be ready. */
const MEASURED = 6_000_000

/** Nanoseconds a row, in the fastest of some rounds. */
function run(sql: string, { rows, perSecond, row }: Feed): number {
  const batches: Row[][] = []
  for (let from = 0; from < rows; from += BATCH)
    batches.push(Array.from({ length: BATCH }, (_, i) => row(from + i, Math.floor(((from + i) * 1_000) / perSecond))))
  let best = Infinity
  for (let round = 0; round < MEASURED / rows; round++) {
    const operator = windowOf(sql)
    const begin = performance.now()
    let out = 0
    for (const batch of batches) out += given(operator, batch)
    if (out === 0) throw new Error('no window fired')
    best = Math.min(best, ((performance.now() - begin) * 1e6) / rows)
  }
  return best
}

const FIVE = 'count(*) AS n, sum(v) AS s, avg(v) AS m, min(v) AS i, max(v) AS x'

/** Windows without decoding and encoding, at 100,000 rows a second of event time. */
export async function windowFigures(): Promise<readonly Figure[]> {
  const millions = (name: string, sql: string, feed: Feed, least: number): Figure => {
    return { name, value: 1_000 / run(sql, feed), unit: 'M rows/s', least }
  }
  const feed = { rows: 2_000_000, perSecond: 100_000, row: keyed(1_000) }
  const by = `SELECT k, ${FIVE} FROM demo GROUP BY`
  const small = { rows: 200_000, perSecond: 10_000, row: keyed(1_000) }
  return [
    millions('tumbling 1 s by 1,000 keys, five aggregates', `${by} TUMBLINGWINDOW(ss, 1), k`, feed, 10),
    millions('hopping 10 s / 1 s by 1,000 keys, five aggregates', `${by} HOPPINGWINDOW(ss, 10, 1), k`, feed, 10),
    millions('count 100,000 by 1,000 keys, five aggregates', `${by} COUNTWINDOW(100000), k`, feed, 10),
    millions('session by 10,000 keys, five aggregates', `${by} SESSIONWINDOW(ss, 3600, 1), k`, { ...feed, row: gaps(keyed(10_000)) }, 2),
    {
      name: 'sliding with 10,000 rows in it, avg and max',
      value: run('SELECT avg(v) AS m, max(v) AS x, k FROM demo GROUP BY SLIDINGWINDOW(ss, 1)', small) / 1_000,
      unit: 'us an event',
      most: 0.2,
    },
    millions('tumbling 1 s, the rows themselves', 'SELECT k, v FROM demo GROUP BY TUMBLINGWINDOW(ss, 1)', feed, 10),
  ]
}

/** Ten seconds of silence after each ten seconds. */
function gaps(row: Feed['row']): Feed['row'] {
  return (i, time) => row(i, time + Math.floor(time / 10_000) * 10_000)
}
