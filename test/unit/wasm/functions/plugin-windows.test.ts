import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Contribution } from '../../../../src/api/definition.ts'
import type { Operator } from '../../../../src/api/operator.ts'
import type { PluginHost, PluginPackage } from '../../../../src/api/plugin.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import type { RowBatch } from '../../../../src/data/batch.ts'
import type { Struct, Value } from '../../../../src/data/value.ts'
import type { FunctionLookup } from '../../../../src/expression/functions.ts'
import type { RulePlan } from '../../../../src/plan/nodes.ts'
import { buildOperators } from '../../../../src/runtime/build-operators.ts'
import { packageOf } from '../../../support/built-plugins.ts'
import { BUILT_INS } from '../../../support/built-ins.ts'
import { type TestContext, testContext } from '../../../support/context.ts'
import { packageFrom } from '../../../support/plugin-zips.ts'
import { EXECUTORS, testHost } from '../../../support/plugins.ts'
import { environment, plan, TEST_CONTEXT } from '../../../support/sql.ts'

let host: PluginHost
let packages: readonly PluginPackage[]
let defined: readonly Contribution[]
let ctx: TestContext<typeof systemClock>

beforeAll(async () => {
  const once = testHost({ clock: systemClock })
  packages = [await packageFrom(once, 'anomaly'), await packageOf(once, 'plugins/count-plus-one')]
  await once.close()
}, 120_000)

/** One reading. */
interface Reading {
  readonly k: string
  readonly x: number
  readonly time: number
}

/** Five devices, a reading each 50 ms in turn, 30 s long. */
const READINGS = Array.from({ length: 600 }, (_, i): Reading => ({ k: `k${i % 5}`, x: Math.sin(i) * 50 + (i % 7), time: 1_000 + i * 50 }))

function zScore(values: readonly number[]): number | null {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length
  return squares === 0 || values.length < 2 ? null : ((values.at(-1) ?? 0) - mean) / Math.sqrt(squares)
}

class Statement {
  readonly #plan: RulePlan
  readonly #functions: FunctionLookup
  #operators: readonly Operator[]

  constructor(window: string) {
    const byName = new Map(defined.map((one) => [one.name, one.kind === 'function' ? one.function : undefined]))
    this.#functions = { ...BUILT_INS, find: (name) => byName.get(name.toLowerCase()) ?? BUILT_INS.find(name) }
    const sql = `SELECT k, count(x) AS n, countPlusOne(x) AS c, z_score(x) AS z FROM demo GROUP BY k, ${window}`
    this.#plan = plan(sql, { ...environment(), functions: this.#functions })
    this.#operators = this.#build()
  }

  /** Rows of one batch, and then the time of the last of them. */
  async take(readings: readonly Reading[]): Promise<readonly Struct[]> {
    const [source] = this.#plan.sources
    const rows = readings.map(({ k, x, time }) => [...(source?.columns ?? []).map(({ name }) => (name === 'k' ? k : x)), time])
    const [window, ...rest] = this.#operators
    const came = (await window?.process({ schema: { columns: [] }, rows }, 0, ctx)) ?? []
    const fired = (await window?.advance?.(readings.at(-1)?.time ?? 0, ctx)) ?? []
    let batches: readonly RowBatch[] = [...came, ...fired]
    for (const operator of rest) {
      const given = batches
      batches = []
      for (const batch of given) batches = [...batches, ...(await operator.process(batch, 0, ctx))]
    }
    return batches.flatMap(({ schema, rows: given, errors = [] }) => [
      ...given.map((row) => Object.fromEntries(schema.columns.map(({ name }, i) => [name, row[i] ?? null]))),
      ...errors.map(({ error }): Struct => ({ error: error.message })),
    ])
  }

  /** The same in a new life of the rule. */
  async restore(): Promise<void> {
    const [window] = this.#operators
    await window?.gather?.(ctx)
    const state: Value = structuredClone(window?.snapshot?.() ?? null)
    ctx.stop()
    ctx = testContext(systemClock)
    this.#operators = this.#build()
    this.#operators[0]?.restore?.(state)
  }

  #build(): readonly Operator[] {
    return buildOperators(this.#plan, { functions: this.#functions, context: TEST_CONTEXT })
  }
}

function expected(readings: readonly Reading[]): Struct {
  const n = readings.length
  return { k: readings[0]?.k ?? '', n: BigInt(n), c: BigInt(n + 1), z: expect.closeTo(zScore(readings.map(({ x }) => x)) ?? 0, 9) }
}

/** What windows of `length` that end each `hop` give for the readings until `end`. */
function windows(length: number, hop: number, end: number): readonly Struct[] {
  const out: Struct[] = []
  for (let to = 2_000; to <= end; to += hop) {
    const inside = READINGS.filter(({ time }) => time >= to - length && time < to)
    out.push(...[...Map.groupBy(inside, ({ k }) => k).values()].map(expected))
  }
  return out
}

const END = READINGS.at(-1)?.time ?? 0

describe.each(EXECUTORS)('%s', (executor) => {
  beforeEach(() => {
    host = testHost({ clock: systemClock, executor })
    ctx = testContext(systemClock)
    defined = packages.flatMap((one) => host.definitions(one))
  })
  afterEach(async () => {
    ctx.stop()
    await host.close()
  })

  const batches = Array.from({ length: 24 }, (_, i) => READINGS.slice(i * 25, (i + 1) * 25))

  test.each([
    ['TUMBLINGWINDOW(ss, 2)', () => windows(2_000, 2_000, END)],
    ['HOPPINGWINDOW(ss, 4, 1)', () => windows(4_000, 1_000, END)],
  ])('%s over real guests, restored and moved to another version on the way', async (window, given) => {
    const statement = new Statement(window)
    const out: Struct[] = []
    for (const [i, batch] of batches.entries()) {
      out.push(...(await statement.take(batch)))
      if (i % 5 === 2) await statement.restore()
      if (i % 7 === 3) await moveAll(`2.0.${i}`)
    }
    expect(out).toEqual(given())
  })

  test('a sliding window over real guests, restored and moved to another version on the way', async () => {
    const statement = new Statement('SLIDINGWINDOW(ss, 3)')
    const out: Struct[] = []
    for (const [i, batch] of batches.slice(0, 8).entries()) {
      out.push(...(await statement.take(batch)))
      if (i === 3) await statement.restore()
      if (i === 5) await moveAll('2.0.0')
    }
    const last = READINGS.slice(0, 200).at(-1)?.time ?? 0
    const inside = READINGS.slice(0, 200).filter(({ time }) => time >= last - 3_000)
    expect(out.slice(-5)).toEqual([...Map.groupBy(inside, ({ k }) => k).values()].map(expected))
  })

  async function moveAll(version: string): Promise<void> {
    const next: Contribution[] = []
    for (const one of packages) {
      const before = host.definitions(one)
      const names = new Set(before.map(({ name }) => name))
      const from = defined.filter(({ name }) => names.has(name))
      const to = host.definitions({ ...one, description: { ...one.description, version } })
      await (await host.move(from, to)).commit()
      next.push(...from)
    }
    defined = next
  }
})
