import type { Row } from '../../src/data/batch.ts'
import { Compiler } from '../../src/expression/compile.ts'
import type { BoundExpr } from '../../src/expression/bound.ts'
import { joiner } from '../../src/operators/join/joiner.ts'
import { lookup, TEST_CONTEXT } from '../support/sql.ts'
import { cpuSeconds } from './cpu-time.ts'
import type { Figure } from './report.ts'

const ROWS = 10_000
const ROUNDS = 40
const WIDTH = 6

const slot = (at: number): BoundExpr => ({ kind: 'slot', slot: at, name: `s${at}`, type: 'any', at: 0 })

/** Keys of each side in an order of their own; each key once. */
function side(from: number, rows: number, step: number, key: (n: number) => Row[number]): readonly Row[] {
  return Array.from({ length: rows }, (_, i) => {
    const row: Row[number][] = Array.from({ length: WIDTH })
    row.splice(from, 3, key((i * step) % rows), i, `v${i}`)
    return row
  })
}

/** What somebody writes for this one join. */
function byHand(left: readonly Row[], right: readonly Row[]): number {
  const table = new Map<Row[number], Row[]>()
  for (const row of right) {
    const bucket = table.get(row[3])
    if (bucket === undefined) table.set(row[3], [row])
    else bucket.push(row)
  }
  const out: Row[] = []
  for (const l of left) for (const r of table.get(l[0]) ?? []) out.push([l[0], l[1], l[2], r[3], r[4], r[5]])
  return out.length
}

/** Milliseconds of the fastest round. */
function fastest(run: () => number): number {
  const times = Array.from({ length: ROUNDS }, () => cpuSeconds(run) * 1000)
  return Math.min(...times)
}

/** Rows of both sides a second, in millions, for a join of two inputs of a window by key. */
export async function joinFigures(): Promise<readonly Figure[]> {
  const join = joiner([{ type: 'INNER', from: 3, to: 6, equal: [{ left: slot(0), right: slot(3) }] }], new Compiler(), {
    functions: lookup(),
    context: TEST_CONTEXT,
  })
  const joined = (left: readonly Row[], right: readonly Row[]): number => {
    const out: Row[] = []
    join([left, right], out)
    return out.length
  }
  const rate = (rows: number, ms: number): number => (2 * rows) / ms / 1_000
  const kinds = { numbers: (n: number) => n, 'bigint keys': (n: number) => BigInt(n), texts: (n: number) => `device-${n}` }
  const figures = Object.entries(kinds).map(([kind, key]): Figure => {
    const [left, right] = [side(0, ROWS, 7, key), side(3, ROWS, 3, key)]
    const ours = rate(
      ROWS,
      fastest(() => joined(left, right)),
    )
    const rival = {
      name: 'hash join by hand',
      value: rate(
        ROWS,
        fastest(() => byHand(left, right)),
      ),
    }
    return { name: `join of 10,000 x 10,000 rows by key, ${kind}`, value: ours, unit: 'M rows/s', least: 1, rival }
  })
  const large = [side(0, 10 * ROWS, 7, kinds.numbers), side(3, 10 * ROWS, 3, kinds.numbers)] as const
  const linear = rate(
    10 * ROWS,
    fastest(() => joined(...large)),
  )
  return [...figures, { name: 'join of 100,000 x 100,000 rows by key', value: linear, unit: 'M rows/s', least: 1 }]
}
