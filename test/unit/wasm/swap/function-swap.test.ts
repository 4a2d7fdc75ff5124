import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Contribution } from '../../../../src/api/definition.ts'
import type { BatchFunction, GroupFunction } from '../../../../src/api/function.ts'
import type { PluginHost, PluginPackage } from '../../../../src/api/plugin.ts'
import { systemClock } from '../../../../src/base/clock.ts'
import type { PlutinoError } from '../../../../src/base/errors.ts'
import type { Cell } from '../../../../src/data/value.ts'
import { aggregateGuest, functionGuest } from '../../../guests/function-guests.ts'
import { functionOf, packageOf } from '../../../support/built-plugins.ts'
import { type TestContext, testContext } from '../../../support/context.ts'
import { packageOfText, testHost } from '../../../support/plugins.ts'

let host: PluginHost
let plugin: PluginPackage
let ctx: TestContext<typeof systemClock>
let first: readonly Contribution[]
const failures: PlutinoError[] = []

beforeAll(async () => {
  const once = testHost({ clock: systemClock })
  plugin = await packageOf(once, 'plugin-sdk/assemblyscript/test/guests/functions')
  await once.close()
}, 120_000)
beforeEach(() => {
  host = testHost({ clock: systemClock })
  ctx = testContext(systemClock)
  first = host.definitions(plugin)
  failures.length = 0
})
afterEach(async () => {
  ctx.stop()
  await host.close()
})

const PLACE = { place: 0, args: [{ expression: 'a' }] }
const rows = (...cells: readonly Cell[]): readonly (readonly Cell[])[] => cells.map((cell) => [cell])

async function twice(): Promise<BatchFunction> {
  const found = functionOf(first, 'twice')
  if (found.kind !== 'batch') throw new Error('no batch function')
  return found.openBatch(PLACE, ctx)
}

async function spread(): Promise<GroupFunction> {
  const found = functionOf(first, 'spread')
  if (found.kind !== 'groups') throw new Error('no aggregate')
  return found.openGroups(PLACE, ctx)
}

/** The same functions, done by other code. */
async function otherCode(wat: string, world: string): Promise<readonly Contribution[]> {
  const { functions } = plugin.description
  if (functions === undefined) throw new Error('no functions')
  return host.definitions(await packageOfText(wat, { ...plugin.description, version: '2.0.0', functions }, world))
}

const later = (): readonly Contribution[] => host.definitions({ ...plugin, description: { ...plugin.description, version: '2.0.0' } })

async function move(to: readonly Contribution[]): Promise<void> {
  const prepared = await host.move(first, to, (error) => failures.push(error))
  expect(prepared.restart).toEqual([])
  await prepared.commit()
}

test('a scalar function goes on in the new version', async () => {
  const fn = await twice()
  expect(await fn.call(rows(1))).toEqual([2])
  await move(later())
  expect(await fn.call(rows(2, 3))).toEqual([4, 6])
  expect(host.uses(first)).toMatchObject([{ version: '2.0.0', node: ctx.node, traps: 0, restarts: 1 }])
})

test('the groups of an aggregate go over to the new version', async () => {
  const fn = await spread()
  await fn.add([0, 1, 0], rows(1, 5, 4))
  await move(later())
  await fn.add([0, 1], rows(10, 5.5))
  expect(await fn.finish([0, 1])).toEqual([9, 0.5])
})

test('a version whose function traps goes back, and the call is repeated by the version before', async () => {
  const fn = await twice()
  await fn.call(rows(1))
  await move(await otherCode(functionGuest({ exec: 'unreachable' }), 'function-plugin'))
  expect(await fn.call(rows(7))).toEqual([14])
  expect(failures).toHaveLength(1)
  expect(host.uses(first)).toMatchObject([{ version: '1.0.0', traps: 1 }])
  expect(ctx.log.of('error')).toContain('version 2.0.0 of plugin functions failed its first calls: version 1.0.0 takes over again')
})

test('a version whose function gives what cannot be goes back: the rows of that call are errors, the next are as before', async () => {
  const fn = await twice()
  await fn.call(rows(1))
  await move(await otherCode(functionGuest(), 'function-plugin'))
  expect(await fn.call(rows(7))).toMatchObject([{ message: expect.stringContaining('in scalar.exec gave 0 results for 1 rows') }])
  expect(await fn.call(rows(8))).toEqual([16])
  expect(failures).toMatchObject([{ message: expect.stringContaining('gave 0 results for 1 rows') }])
  expect(host.uses(first)).toMatchObject([{ version: '1.0.0', traps: 1 }])
})

test('a version whose aggregate traps goes back with everything in the groups, also what came since', async () => {
  const fn = await spread()
  await fn.add([0], rows(1))
  await move(await otherCode(aggregateGuest({ finish: 'unreachable' }), 'aggregate-plugin'))
  await fn.add([0], rows(4))
  expect(await fn.finish([0])).toEqual([3])
  expect(failures).toHaveLength(1)
})

test('a version that does not take the groups is refused, and the old one goes on', async () => {
  const fn = await spread()
  await fn.add([0], rows(1, 3))
  const next = await otherCode(aggregateGuest({ restore: 'unreachable' }), 'aggregate-plugin')
  await expect(move(next)).rejects.toMatchObject({ code: 'plugin_invalid', message: expect.stringContaining('does not start in rule') })
  await fn.add([0], rows(9))
  expect(await fn.finish([0])).toEqual([8])
  expect(failures).toEqual([])
})

test('a function that opens after the update runs the new version', async () => {
  await move(later())
  expect(await (await twice()).call(rows(4))).toEqual([8])
  expect(host.uses(first)).toMatchObject([{ version: '2.0.0' }])
})

test('rules of functions that are declared otherwise start anew', async () => {
  const fn = await twice()
  await fn.call(rows(1))
  const { functions = [] } = plugin.description
  const changed = host.definitions({ ...plugin, description: { ...plugin.description, version: '2.0.0', functions: functions.slice(1) } })
  const prepared = await host.move(first, changed)
  expect(prepared.restart).toEqual(first)
  await prepared.commit()
  expect(host.uses(first)).toMatchObject([{ version: '1.0.0' }])
})

test('a function that failed and is started again while a version is made ready moves to it', async () => {
  first = await otherCode(functionGuest({ exec: 'unreachable' }), 'function-plugin')
  const fn = await twice()
  expect(await fn.call(rows(1))).toMatchObject([{ message: expect.stringContaining('it trapped') }])
  const prepared = await host.move(first, host.definitions(plugin), (error) => failures.push(error))
  await twice()
  await prepared.commit()
  expect(await fn.call(rows(1))).toEqual([2])
  expect(failures).toEqual([])
  expect(host.uses(first)).toMatchObject([{ version: '1.0.0', lastRollback: '' }])
})
