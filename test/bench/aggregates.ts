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
const BATCHES = 256
/** Rows in a second of event time. */
const A_SECOND = 100_000
const ROUNDS = 9
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

/** Rows [key, value, time] in the slots of the plan, made before they are measured. */
function batchesOf(places: readonly number[], keys: readonly string[]): readonly (readonly Row[])[] {
  const [keyAt = 0, valueAt = 0, timeAt = 0] = places
  return Array.from({ length: BATCHES }, (_, batch) =>
    Array.from({ length: BATCH }, (__, i) => {
      const n = batch * BATCH + i
      const row: Row[number][] = []
      for (let slot = 0; slot <= timeAt; slot++) row.push(0)
      if (keyAt >= 0) row[keyAt] = keys[Math.imul(n, 2_654_435_761) >>> (0 % keys.length)] ?? keys[n % keys.length]
      row[valueAt] = (n % 1_013) + 0.5
      row[timeAt] = Math.floor((n * 1_000) / A_SECOND)
      return row
    }),
  )
}

function rate(name: string, sql: string, every: number): Figure {
  const keys = Array.from({ length: KEYS }, (_, i) => `device-${i}`)
  const { places } = windowOf(sql)
  const batches = batchesOf(places, keys)
  const ours = median(() => {
    const { operator } = windowOf(sql)
    return timed(() => {
      for (const rows of batches) operator.process({ schema: { columns: [] }, rows }, 0, ctx)
    })
  })
  const hand = median(() => timed(() => byHand(batches, places, every * 1_000)))
  const total = BATCH * BATCHES
  return { name, value: total / ours / 1e6, unit: 'M rows/s', least: 10, rival: { name: 'loop by hand', value: total / hand / 1e6 } }
}

interface Sums {
  n: number
  s: number
  lo: number
  hi: number
}

/** Groups of one window (of one hop), each begun anew when it is over: what somebody would write for this statement alone. */
function byHand(batches: readonly (readonly Row[])[], [keyAt = 0, valueAt = 0, timeAt = 0]: readonly number[], length: number): number {
  let groups = new Map<unknown, Sums>()
  let end = length
  let given = 0
  for (const rows of batches) {
    for (const row of rows) {
      if (Number(row[timeAt]) >= end) {
        given += groups.size
        groups = new Map()
        end += length
      }
      const value = Number(row[valueAt])
      const group = groups.get(row[keyAt])
      if (group === undefined) groups.set(row[keyAt], { n: 1, s: value, lo: value, hi: value })
      else {
        group.n++
        group.s += value
        if (value < group.lo) group.lo = value
        if (value > group.hi) group.hi = value
      }
    }
  }
  return given
}

/** A window of 10,000 rows that fires with each row. */
function sliding(): readonly Figure[] {
  const { operator, places } = windowOf('SELECT avg(a) AS m, max(a) AS hi FROM demo GROUP BY SLIDINGWINDOW(ms, 100)')
  const batches = batchesOf(places, ['one'])
  const seconds = timed(() => {
    for (const rows of batches) {
      operator.process({ schema: { columns: [] }, rows }, 0, ctx)
      operator.advance?.(Number(rows.at(-1)?.at(-1)), ctx)
    }
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
    operator.process({ schema: { columns: [] }, rows }, 0, ctx)
  }
  collectGarbage()
  const held = memory() - before
  const pauses = Array.from({ length: 5 }, () => timed(() => operator.snapshot?.()) * 1_000).toSorted((a, b) => a - b)
  return [
    { name: '1,000,000 keys x 5 aggregates', value: held / MEGABYTE, unit: 'MB', most: 250 },
    { name: 'snapshot of them', value: pauses[2] ?? 0, unit: 'ms', most: 50 },
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
