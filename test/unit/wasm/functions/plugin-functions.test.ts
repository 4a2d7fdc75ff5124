import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contribution } from '../../../../src/api/definition.ts'
import type { BatchFunction, GroupFunction, PlaceArgument } from '../../../../src/api/function.ts'
import type { PluginHost } from '../../../../src/api/plugin.ts'
import { PlutinoError } from '../../../../src/base/errors.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import type { Cell } from '../../../../src/data/value.ts'
import type { Executor } from '../../../../src/wasm/program/code-request.ts'
import { functionOf, packageOf } from '../../../support/built-plugins.ts'
import { testContext } from '../../../support/context.ts'
import { EXECUTORS, testHost } from '../../../support/plugins.ts'

let host: PluginHost
let shapes: readonly Contribution[]
let classic: readonly Contribution[]

async function setUp(executor: Executor): Promise<void> {
  host = testHost({ clock: systemClock, executor })
  shapes = host.definitions(await packageOf(host, 'plugin-sdk/assemblyscript/test/guests/functions'))
  const packages = [
    await packageOf(host, 'plugins/echo'),
    await packageOf(host, 'plugins/count-plus-one'),
    await packageOf(host, 'plugins/accumulate-word-count'),
  ]
  classic = packages.flatMap((one) => host.definitions(one))
}

const EXPRESSION: PlaceArgument = { expression: 'a' }

async function batch(
  from: readonly Contribution[],
  name: string,
  args: readonly PlaceArgument[] = [EXPRESSION],
  ctx = testContext(systemClock),
): Promise<BatchFunction> {
  const found = functionOf(from, name)
  if (found.kind !== 'batch') throw new Error(`${name} is no batch function`)
  return found.openBatch({ place: 0, args }, ctx)
}

async function groups(from: readonly Contribution[], name: string, ctx = testContext(systemClock)): Promise<GroupFunction> {
  const found = functionOf(from, name)
  if (found.kind !== 'groups') throw new Error(`${name} is no aggregate`)
  return found.openGroups({ place: 0, args: [EXPRESSION] }, ctx)
}

const shown = (results: readonly (Cell | PlutinoError)[]): unknown[] =>
  results.map((one) => (one instanceof PlutinoError ? `${one.code}: ${one.message}` : one))

const rows = (...cells: readonly Cell[]): readonly (readonly Cell[])[] => cells.map((cell) => [cell])

describe.each(EXECUTORS)('%s', (executor) => {
  beforeAll(() => setUp(executor), 120_000)
  afterAll(() => host.close())

  describe('scalar functions of a plugin', () => {
    test('their definitions are those of the component', () => {
      expect(functionOf(shapes, 'twice')).toMatchObject({
        kind: 'batch',
        category: 'plugin functions',
        doc: 'Double.',
        params: [{ name: 'value', type: 'float', doc: 'A number.', optional: true }],
        returns: 'float',
        nulls: 'null',
        pure: true,
      })
      expect(functionOf(shapes, 'echo')).toMatchObject({ nulls: 'call', params: [{ type: 'any' }] })
      expect(functionOf(shapes, 'shout')).toMatchObject({ returns: 'string', pure: false })
    })

    test('values of every type go in and come back', async () => {
      const echo = await batch(shapes, 'echo')
      const values: readonly Cell[] = [
        null,
        true,
        1.5,
        -0,
        2n ** 62n,
        'ü€𝄞',
        '',
        Uint8Array.of(0, 255),
        new Date(5),
        [1, [2]],
        { a: { __proto__: null } },
      ]
      expect(shown(await echo.call(rows(...values, undefined, 3)))).toEqual([...values, null, 3n])
    })

    test('numbers of the declared type, or what becomes it without loss; other values are errors of their rows', async () => {
      const twice = await batch(shapes, 'twice')
      expect(shown(await twice.call(rows(1, 2n, null, 'x', undefined, 2.5)))).toEqual([
        2,
        4,
        null,
        'row_failed: twice: expected float for parameter 1 (value), but found string(x)',
        null,
        5,
      ])
      const next = await batch(shapes, 'next')
      expect(shown(await next.call(rows(1, 2n ** 60n, 1.5, -1, 2n ** 64n, 2 ** 60)))).toEqual([
        2n,
        2n ** 60n + 1n,
        'row_failed: next: expected bigint for parameter 1 (value), but found float64(1.5)',
        0n,
        'row_failed: next: expected bigint for parameter 1 (value), but found int64(18446744073709551616)',
        2n ** 60n + 1n,
      ])
      expect(shown(await twice.call(rows(null, null)))).toEqual([null, null])
      expect(await twice.call([])).toEqual([])
    })

    test('an error of the guest is that of its row, or of the batch when it is', async () => {
      const echo = await batch(shapes, 'echo')
      expect(shown(await echo.call(rows('a', 'no', 'b')))).toEqual(['a', 'row_failed: echo: no was said', 'b'])
      const broken = await batch(shapes, 'echo', [])
      expect(shown(await broken.call([[], []]))).toEqual([
        'row_failed: echo: one argument expected',
        'row_failed: echo: one argument expected',
      ])
    })

    test('constant arguments are looked at before there are rows', async () => {
      await expect(batch(shapes, 'echo', [{ constant: 1.5 }])).rejects.toMatchObject({
        code: 'config_invalid',
        message: 'function echo: constant 1.5',
      })
      await expect(batch(classic, 'accumulatewordcount', [EXPRESSION, { constant: '' }])).rejects.toMatchObject({
        message: 'function accumulateWordCount: the separator must not be empty',
      })
    })

    test('a trap fails the rows of its batch; the next batch finds a fresh instance that knows the place', async () => {
      const ctx = testContext(systemClock)
      const echo = await batch(shapes, 'echo', [EXPRESSION], ctx)
      expect(shown(await echo.call(rows('trap', 'a')))).toEqual(
        Array.from({ length: 2 }, () => expect.stringContaining('row_failed: echo: plugin functions in scalar.exec failed: as asked')),
      )
      expect(shown(await echo.call(rows('a')))).toEqual(['a'])
      expect(ctx.log.of('error')).toEqual([
        expect.stringMatching(/^as asked \(assembly\/function\.ts:\d+/),
        'a plugin ended and is started again',
      ])
    })

    test('one that always traps is started after pauses, not for every batch', async () => {
      const ctx = testContext(systemClock)
      const echo = await batch(shapes, 'echo', [EXPRESSION], ctx)
      const seen: unknown[] = []
      for (let i = 0; i < 10; i++) seen.push(...shown(await echo.call(rows('trap'))))
      expect(seen.filter((one) => String(one).includes('failed and is started again in')).length).toBeGreaterThan(3)
    })

    test('the stop of the rule ends the instance', async () => {
      const ctx = testContext(systemClock)
      const echo = await batch(shapes, 'echo', [EXPRESSION], ctx)
      const spinning = echo.call(rows('spin'))
      ctx.stop()
      expect(shown(await spinning)).toEqual(['row_failed: echo: plugin functions was closed'])
      expect(shown(await echo.call(rows('a')))).toEqual(['row_failed: echo: plugin functions was closed'])
    })
  })

  describe('the classic examples', () => {
    test('echo gives back, accumulateWordCount counts on, each place for itself', async () => {
      expect(await (await batch(classic, 'echo')).call(rows('a', 1.5))).toEqual(['a', 1.5])
      const ctx = testContext(systemClock)
      const args: readonly PlaceArgument[] = [EXPRESSION, { constant: ' ' }]
      const count = await batch(classic, 'accumulatewordcount', args, ctx)
      const found = functionOf(classic, 'accumulatewordcount')
      const other = found.kind === 'batch' ? await found.openBatch({ place: 1, args }, ctx) : count
      const texts = [
        ['a b c', ' '],
        ['d', ' '],
      ]
      expect(await count.call(texts)).toEqual([3n, 4n])
      expect(await other.call(texts)).toEqual([3n, 4n])
      expect(await count.call(texts)).toEqual([7n, 8n])
    })

    test('countPlusOne counts rows in groups, takes them out, puts groups together, and goes on from what was saved', async () => {
      const ctx = testContext(systemClock)
      const count = await groups(classic, 'countplusone', ctx)
      expect(await count.add([0, 7, 0], rows(1, 'x', null))).toEqual(new Map())
      expect(await count.finish([0, 7, 3])).toEqual([3n, 2n, 1n])
      await count.remove?.([0], rows(1))
      expect(await count.finish([0])).toEqual([2n])
      await count.merge?.([0], [7])
      expect(await count.finish([0, 7])).toEqual([3n, 1n])
      const saved = await count.save([0])
      const other = await groups(classic, 'countplusone')
      await other.restore([5], saved)
      expect(await other.finish([5])).toEqual([3n])
      await other.drop([5, 6])
      expect(await other.finish([5])).toEqual([1n])
    })

    test('groups whose instance ended have an error until they are dropped', async () => {
      const spread = await groups(shapes, 'spread')
      await spread.add([0, 0], rows(1, 3))
      expect([...(await spread.add([1, 0], rows('x', 666))).values()].map(String)).toEqual([
        expect.stringContaining('expected float for parameter 1'),
        expect.stringContaining('plugin functions in aggregate.add failed'),
      ])
      await spread.add([2, 2], rows(1, 3))
      expect([0, 2].map((group) => spread.lost?.(group)?.message)).toEqual([
        expect.stringContaining('spread: the plugin failed while the group was filled: plugin '),
        undefined,
      ])
      expect(shown(await spread.finish([0, 2]))).toEqual([
        expect.stringMatching(/^row_failed: spread: the plugin failed while the group was filled: plugin \w+ in aggregate\.\w+ failed/),
        2,
      ])
      await spread.drop([0])
      await spread.add([0, 0], rows(1, 2))
      expect(shown(await spread.finish([0]))).toEqual([1])
    })
  })
})
