import { Worker } from 'node:worker_threads'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { GroupAnswer, GroupCall, GroupFunction } from '../../../../src/api/function.ts'
import type { Operator } from '../../../../src/api/operator.ts'
import type { PluginHost, PluginPackage } from '../../../../src/api/plugin.ts'
import { PlutinoError } from '../../../../src/base/errors.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import type { Row, RowBatch } from '../../../../src/data/batch.ts'
import type { Cell } from '../../../../src/data/value.ts'
import { buildOperators } from '../../../../src/runtime/build-operators.ts'
import { SUM_GUEST } from '../../../guests/sum-guest.ts'
import { functionOf, packageOf } from '../../../support/built-plugins.ts'
import { BUILT_INS } from '../../../support/built-ins.ts'
import { testContext } from '../../../support/context.ts'
import { pretendedPackage } from '../../../support/driven-plugin.ts'
import { EXECUTORS, testHost } from '../../../support/plugins.ts'
import { environment, plan, TEST_CONTEXT } from '../../../support/sql.ts'

/** Its aggregate `spread` gives the greatest less the least value; 666 ends the instance. */
let shapes: PluginPackage
const place = { place: 0, args: [{ expression: 'a' }] }

beforeAll(async () => {
  const once = testHost({ clock: systemClock })
  shapes = await packageOf(once, 'plugin-sdk/assemblyscript/test/guests/functions')
  await once.close()
}, 120_000)

function add(groups: readonly number[], ...values: readonly Cell[]): GroupCall {
  return { do: 'add', groups, rows: values.map((value) => [value]) }
}

const finish = (...groups: readonly number[]): GroupCall => ({ do: 'finish', groups })

/** Values, and errors as their texts. */
function shown(answers: readonly GroupAnswer[]): readonly unknown[] {
  const text = (one: unknown): unknown => (one instanceof PlutinoError ? one.message : one)
  return answers.map(({ values, failures }) => values?.map(text) ?? [...(failures ?? [])].map(([row, error]) => [row, text(error)]))
}

describe.each(EXECUTORS)('%s: calls of an aggregate that go together', (executor) => {
  let host: PluginHost
  const ctx = { now: testContext(systemClock) }

  beforeEach(() => {
    host = testHost({ clock: systemClock, executor })
    ctx.now = testContext(systemClock)
  })
  afterEach(async () => {
    ctx.now.stop()
    await host.close()
    vi.restoreAllMocks()
  })

  async function spread(): Promise<GroupFunction> {
    const found = functionOf(host.definitions(shapes), 'spread')
    if (found.kind !== 'groups') throw new Error('spread is no aggregate')
    return found.openGroups(place, ctx.now)
  }

  test('give what each gives by itself', async () => {
    const groups = await spread()
    const calls: readonly GroupCall[] = [
      add([0, 0, 1], 1, 4, 7),
      finish(0, 1),
      add([0], 9),
      finish(0, 2),
      { do: 'drop', groups: [0] },
      add([0, 2], 5, 5),
      finish(0),
    ]
    expect(shown(await groups.callAll(calls))).toEqual([[], [3, 0], [], [8, null], [], [], [0]])
    expect(shown(await groups.callAll([{ do: 'drop', groups: [1] }]))).toEqual([[]])
  })

  test('a call without a result after one with many leaves the next ones alone', async () => {
    const groups = await spread()
    const many = Array.from({ length: 500 }, (_, i) => i)
    for (let round = 0; round < 3; round++) {
      expect((await groups.callAll([add(many, ...many)])).length).toBe(1)
      expect((await groups.finish(many)).every((value) => value === 0)).toBe(true)
      await groups.drop(many)
      await groups.drop([0])
    }
  })

  test('end with the row that is not taken, or that the plugin does not get at all', async () => {
    const groups = await spread()
    const refused = shown(await groups.callAll([add([0], 1), add([0, 0], 'x', 5), finish(0)]))
    expect(refused).toEqual([[], [[0, expect.stringContaining('expected float for parameter 1')]]])
    expect(shown(await groups.callAll([finish(0)]))).toEqual([[4]])
    expect(shown(await groups.callAll([finish(0), add([0], 'x'), finish(0)]))).toEqual([[4]])
    expect(shown(await groups.callAll([add([0], 'x'), finish(0)]))).toEqual([[[0, expect.stringContaining('expected float')]]])
  })

  test('end with the one that traps: what came before counts, what came after was not done, not even by the next instance', async () => {
    const groups = await spread()
    const answers = await groups.callAll([add([0, 0], 1, 3), finish(0), add([0], 666), add([1, 1], 1, 9), finish(0), finish(1)])
    expect(shown(answers)).toEqual([[], [2], [[0, expect.stringContaining('in aggregate.add failed')]]])
    expect(groups.lost?.(0)?.message).toContain('spread: the plugin failed while the group was filled')
    expect(groups.lost?.(1)).toBeUndefined()
    expect(shown(await groups.callAll([add([1, 1], 1, 5), finish(1, 0)]))).toEqual([
      [],
      [4, expect.stringContaining('spread: the plugin failed while the group was filled')],
    ])
  })

  test('a sliding window of many rows asks a plugin for all rows of a batch on a few ways', async () => {
    const window = await slidingSum()
    await results(window, 0, 200)
    const messages = vi.spyOn(Worker.prototype, 'postMessage')
    expect(await results(window, 200, 500)).toEqual(expected(200, 500))
    expect(messages.mock.calls.length).toBeLessThanOrEqual(2)
  })

  test('one that traps in the middle fails the windows that hold its row', async () => {
    const window = await slidingSum()
    expect((await results(window, 0, 300)).slice(100)).toEqual(expected(100, 300))
    const failing = await results(window, 300, 600, 400)
    expect(failing.filter((one) => typeof one === 'string' && one.includes('in aggregate.add failed: it trapped')).length).toBe(101)
    expect(failing.map((one) => (typeof one === 'string' ? null : one))).toEqual(expected(300, 600, 400))
    for (let time = 600; time < 610; time++) expect(await results(window, time, time + 1)).toEqual(expected(time, time + 1))
  })

  async function slidingSum(): Promise<Operator> {
    const defined = host.definitions(await pretendedPackage(SUM_GUEST, 'aggregate'))
    const functions = { ...BUILT_INS, find: (name: string) => (name === 'f' ? functionOf(defined, 'f') : BUILT_INS.find(name)) }
    const given = plan('SELECT f(x) AS s FROM demo GROUP BY SLIDINGWINDOW(ms, 100)', { ...environment(), functions })
    const [window] = buildOperators(given, { functions, context: TEST_CONTEXT })
    if (window === undefined) throw new Error('no window')
    return window
  }

  /** A row each millisecond; that of `bad` traps. */
  async function results(window: Operator, from: number, to: number, bad?: number): Promise<readonly unknown[]> {
    const rows = Array.from({ length: to - from }, (_, i): Row => [from + i === bad ? 666 : valueAt(from + i), from + i])
    const given = [await window.process({ schema: { columns: [] }, rows }, 0, ctx.now), await window.advance?.(to - 1, ctx.now)]
    return given.flatMap((batches) => (batches ?? []).flatMap(inOrder))
  }
})

/** Values, and errors as their texts at their places. */
function inOrder({ rows, errors = [] }: RowBatch): readonly unknown[] {
  const out: unknown[] = []
  let next = 0
  for (let i = 0; i <= rows.length; i++) {
    for (let error = errors[next]; error !== undefined && error.at <= i; error = errors[++next]) out.push(error.error.message)
    if (i < rows.length) out.push(rows[i]?.at(-1))
  }
  return out
}

function valueAt(time: number): number {
  return (time * 7919) % 613
}

/** The sum of the 101 rows up to each time; null while the bad one is among them. */
function expected(from: number, to: number, bad = -1_000): readonly (number | null)[] {
  return Array.from({ length: to - from }, (_, i) => {
    const time = from + i
    const values = Array.from({ length: 101 }, (__, before) => valueAt(time - before))
    return bad >= time - 100 && bad <= time ? null : values.reduce((sum, value) => sum + value, 0)
  })
}

test('each has its time: when one does not return nobody knows what the others gave, and alone they are made again', async () => {
  const ctx = testContext()
  const host = testHost({ clock: ctx.clock })
  const found = functionOf(host.definitions(await pretendedPackage(SUM_GUEST, 'aggregate')), 'f')
  if (found.kind !== 'groups') throw new Error('f is no aggregate')
  const groups = await found.openGroups(place, ctx)
  const calls = [add([0], 1), finish(0), add([0], 777), add([0], 3)]
  expect(shown(await spinning(groups.callAll(calls)))).toEqual([])
  const alone: unknown[] = []
  for (const call of calls) alone.push(...shown(await spinning(groups.callAll([call]))))
  expect(alone).toEqual([[], [1], [[0, expect.stringContaining('in aggregate.add did not return within 5000 ms')]], []])
  ctx.stop()
  await host.close()

  /** Time goes on only while the guest spins. */
  async function spinning<T>(work: Promise<T>): Promise<T> {
    const before = ctx.log.of('info').length
    const state = { done: false }
    const settled = work.finally(() => (state.done = true))
    while (!state.done) {
      if (ctx.log.of('info').length > before) await ctx.clock.advance(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return settled
  }
})
