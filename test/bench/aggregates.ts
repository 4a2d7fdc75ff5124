import type { Operator } from '../../src/api/operator.ts'
import type { Row } from '../../src/data/batch.ts'
import { buildOperators } from '../../src/runtime/build-operators.ts'
import { BUILT_INS } from '../support/built-ins.ts'
import { testContext } from '../support/context.ts'
import { environment, plan, TEST_CONTEXT } from '../support/sql.ts'
import { cpuSeconds, median } from './cpu-time.ts'
import type { Figure } from './report.ts'

const AGGREGATES = 'count(*) AS n, sum(a) AS s, avg(a) AS m, min(a) AS lo, max(a) AS hi'
const BATCH = 4_096
const BATCHES = 512
/** Rows in a millisecond of event time. */
const A_MILLISECOND = 100
const ROUNDS = 5
const KEYS = 1_000

const ctx = testContext()

/** Windows of aggregates: rows a second without decoding beside a loop written by hand. */
export function aggregateFigures(): readonly Figure[] {
  return [
    rate('tumbling(10 s) by 1,000 keys, 5 aggregates', `SELECT k, ${AGGREGATES} FROM demo GROUP BY k, TUMBLINGWINDOW(ss, 10)`, {
      every: 10,
    }),
    rate('hopping(10 s, 1 s) by 1,000 keys, 5 aggregates', `SELECT k, ${AGGREGATES} FROM demo GROUP BY k, HOPPINGWINDOW(ss, 10, 1)`, {
      every: 1,
    }),
    rate('session(10 s, 1 s) of 10,000 keys, 5 aggregates', `SELECT k, ${AGGREGATES} FROM demo GROUP BY k, SESSIONWINDOW(ss, 10, 1)`, {
      every: 10,
      keys: 10_000,
      least: 2,
    }),
    ...sliding(),
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
      seconds += cpuSeconds(() => take(this.rows))
    }
    return seconds
  }
}

/** `every`: seconds after which a window ends. */
function rate(
  name: string,
  sql: string,
  { every, keys = KEYS, least = 10 }: { readonly every: number; readonly keys?: number; readonly least?: number },
): Figure {
  const total = BATCH * BATCHES
  const ours = median(ROUNDS, () => {
    const { operator, places } = windowOf(sql)
    return new Feed(places, keys).seconds((rows) => operator.process({ schema: { columns: [] }, rows }, 0, ctx))
  })
  const hand = median(ROUNDS, () => {
    const { places } = windowOf(sql)
    const byHand = new ByHand(places, every * 1_000)
    return new Feed(places, keys).seconds((rows) => byHand.take(rows))
  })
  return { name, value: total / ours / 1e6, unit: 'M rows/s', least, rival: { name: 'loop by hand', value: total / hand / 1e6 } }
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

/** A window of 10,000 rows that fires with each row, beside a loop that looks through the rows each time. */
function sliding(): readonly Figure[] {
  const seconds = median(ROUNDS, () => {
    const { operator, places } = windowOf('SELECT avg(a) AS m, max(a) AS hi FROM demo GROUP BY SLIDINGWINDOW(ms, 100)')
    return new Feed(places, 1).seconds((rows) => {
      const out = operator.process({ schema: { columns: [] }, rows }, 0, ctx)
      return [out, operator.advance?.(Number(rows.at(-1)?.at(-1)), ctx)]
    })
  })
  const rival = { name: 'loop by hand', value: (cpuSeconds(lookThrough) / LOOKS) * 1e6 }
  const value = (seconds / (BATCH * BATCHES)) * 1e6
  return [{ name: 'sliding window of 10,000 rows, avg and max', value, unit: 'us an event', most: 0.2, rival }]
}

const LOOKS = 2_000

function lookThrough(): number {
  const window = Array.from({ length: 10_000 }, (_, i) => ({ a: (i % 1_013) + 0.5 }))
  let all = 0
  for (let i = 0; i < LOOKS; i++) {
    let [sum, hi] = [0, Number.NEGATIVE_INFINITY]
    for (const { a } of window) {
      sum += a
      if (a > hi) hi = a
    }
    all += sum / window.length + hi
  }
  return all
}
