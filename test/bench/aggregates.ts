import { performance } from 'node:perf_hooks'
import type { Operator } from '../../src/api/operator.ts'
import type { Row } from '../../src/data/batch.ts'
import { buildOperators } from '../../src/runtime/build-operators.ts'
import { BUILT_INS } from '../support/built-ins.ts'
import { testContext } from '../support/context.ts'
import { environment, plan, TEST_CONTEXT } from '../support/sql.ts'
import type { Figure } from './report.ts'

const AGGREGATES = 'count(*) AS n, sum(a) AS s, avg(a) AS m, min(a) AS lo, max(a) AS hi'
const BATCH = 4_096
const BATCHES = 512
/** Rows in a millisecond of event time. */
const A_MILLISECOND = 100
const ROUNDS = 7
const KEYS = 1_000
const MILLION = 1_000_000
const MEGABYTE = 1_048_576

const ctx = testContext()

/** Windows of aggregates: rows a second without decoding beside a loop written by hand, and what a large state weighs. */
export function aggregateFigures(): readonly Figure[] {
  return [
    rate('tumbling(10 s) by 1,000 keys, 5 aggregates', `SELECT k, ${AGGREGATES} FROM demo GROUP BY k, TUMBLINGWINDOW(ss, 10)`, 10),
    rate('hopping(10 s, 1 s) by 1,000 keys, 5 aggregates', `SELECT k, ${AGGREGATES} FROM demo GROUP BY k, HOPPINGWINDOW(ss, 10, 1)`, 1),
    ...sliding(),
    ...largeState(),
  ]
}

function windowOf(sql: string): { readonly operator: Operator; readonly places: readonly number[] } {
  const stream = { name: 'demo', timestamp: 'ts' }
  const env = { ...environment(), functions: BUILT_INS, stream: () => stream, options: { isEventTime: true } }
  const planned = plan(sql, env)
  const [operator] = buildOperators(planned, { functions: BUILT_INS, context: TEST_CONTEXT })
  const [source] = planned.sources
  if (operator === undefined || source === undefined) throw new Error('a statement has an operator')
  const names = source.columns.map(({ name }) => name)
  return { operator, places: [names.indexOf('k'), names.indexOf('a'), source.width - 1] }
}

/** Rows [key, value, time] in the slots of the plan: those of one batch, which come again and again with other times. */
class Feed {
  readonly rows: Row[number][][]
  readonly #timeAt: number
  #sent = 0

  constructor([keyAt = 0, valueAt = 0, timeAt = 0]: readonly number[], keys: number) {
    this.#timeAt = timeAt
    this.rows = Array.from({ length: BATCH }, (_, i) => {
      const row: Row[number][] = []
      for (let slot = 0; slot <= timeAt; slot++) row.push(0)
      if (keyAt >= 0) row[keyAt] = `device-${(i * 7_919) % keys}`
      row[valueAt] = (i % 1_013) + 0.5
      return row
    })
  }

  /** The seconds that `take` needs for all batches. */
  seconds(take: (rows: readonly Row[]) => unknown): number {
    let seconds = 0
    for (let batch = 0; batch < BATCHES; batch++) {
      for (const row of this.rows) row[this.#timeAt] = Math.floor(this.#sent++ / A_MILLISECOND)
      seconds += timed(() => take(this.rows))
    }
    return seconds
  }
}

function rate(name: string, sql: string, every: number): Figure {
  const total = BATCH * BATCHES
  const ours = median(() => {
    const { operator, places } = windowOf(sql)
    return new Feed(places, KEYS).seconds((rows) => operator.process({ schema: { columns: [] }, rows }, 0, ctx))
  })
  const hand = median(() => {
    const { places } = windowOf(sql)
    const byHand = new ByHand(places, every * 1_000)
    return new Feed(places, KEYS).seconds((rows) => byHand.take(rows))
  })
  return { name, value: total / ours / 1e6, unit: 'M rows/s', least: 10, rival: { name: 'loop by hand', value: total / hand / 1e6 } }
}

interface Sums {
  n: number
  s: number
  lo: number
  hi: number
}

/** Groups of one window (of one hop), each begun anew when it is over: what somebody would write for this statement alone. */
class ByHand {
  readonly #places: readonly number[]
  readonly #length: number
  #groups = new Map<unknown, Sums>()
  #end: number

  constructor(places: readonly number[], length: number) {
    this.#places = places
    this.#length = length
    this.#end = length
  }

  take(rows: readonly Row[]): void {
    const [keyAt = 0, valueAt = 0, timeAt = 0] = this.#places
    for (const row of rows) {
      if (Number(row[timeAt]) >= this.#end) this.#next()
      const value = Number(row[valueAt])
      const group = this.#groups.get(row[keyAt])
      if (group === undefined) this.#groups.set(row[keyAt], { n: 1, s: value, lo: value, hi: value })
      else add(group, value)
    }
  }

  #next(): void {
    this.#groups = new Map()
    this.#end += this.#length
  }
}

function add(group: Sums, value: number): void {
  group.n++
  group.s += value
  if (value < group.lo) group.lo = value
  if (value > group.hi) group.hi = value
}

/** A window of 10,000 rows that fires with each row. */
function sliding(): readonly Figure[] {
  const { operator, places } = windowOf('SELECT avg(a) AS m, max(a) AS hi FROM demo GROUP BY SLIDINGWINDOW(ms, 100)')
  const seconds = new Feed(places, 1).seconds((rows) => {
    const out = operator.process({ schema: { columns: [] }, rows }, 0, ctx)
    return [out, operator.advance?.(Number(rows.at(-1)?.at(-1)), ctx)]
  })
  return [
    { name: 'sliding window of 10,000 rows, avg and max', value: (seconds / (BATCH * BATCHES)) * 1e6, unit: 'us an event', most: 0.2 },
  ]
}

function largeState(): readonly Figure[] {
  const { operator, places } = windowOf(`SELECT k, ${AGGREGATES} FROM demo GROUP BY k, TUMBLINGWINDOW(hh, 1)`)
  const [keyAt = 0, valueAt = 0, timeAt = 0] = places
  collectGarbage()
  const before = memory()
  for (let from = 0; from < MILLION; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, MILLION - from) }, (_, i) => {
      const row: Row[number][] = [0, 0, 0]
      row[keyAt] = `device-${from + i}`
      row[valueAt] = i + 0.5
      row[timeAt] = 1_000
      return row
    })
    void operator.process({ schema: { columns: [] }, rows }, 0, ctx)
  }
  collectGarbage()
  const held = memory() - before
  const pauses = Array.from({ length: 15 }, () => timed(() => operator.snapshot?.()) * 1_000).toSorted((a, b) => a - b)
  return [
    { name: '1,000,000 keys x 5 aggregates', value: held / MEGABYTE, unit: 'MB', most: 250 },
    { name: 'snapshot of them', value: pauses[7] ?? 0, unit: 'ms', most: 50 },
  ]
}

function collectGarbage(): void {
  for (let i = 0; i < 3; i++) (globalThis as { gc?: () => void }).gc?.()
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function timed(run: () => unknown): number {
  const start = performance.now()
  run()
  return (performance.now() - start) / 1_000
}

function median(run: () => number): number {
  return Array.from({ length: ROUNDS }, run).toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0
}
