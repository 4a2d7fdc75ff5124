import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contribution } from '../../../src/api/definition.ts'
import type { PluginHost } from '../../../src/api/plugin.ts'
import type { SourceBatch } from '../../../src/api/source.ts'
import { systemClock } from '../../../src/base/clock.ts'
import type { Json } from '../../../src/config/field.ts'
import { sourceOf } from '../../support/built-plugins.ts'
import { PLUGIN_WIT } from '../../support/components.ts'
import { testContext } from '../../support/context.ts'
import { ModbusServer } from '../../support/modbus-server.ts'
import { groupsOf, valuesOf } from '../../support/plugin-functions.ts'
import { EXECUTORS, FakeDatabases, rowsOf, testHost } from '../../support/plugins.ts'

/*
 * Plugins that were built against released versions of the WIT, as they were then: they run for ever. The files never change; a new version
 * of the WIT gets a folder of its own.
 */
const FOLDER = path.join(import.meta.dirname, '../../guests/released/1.0.0')

/** What a later server may have: a function more in an interface of the host, and an interface more of guests. */
const LATER = PLUGIN_WIT.replace('@1.0.0;', '@1.4.2;')
  .replace('interface clock {', 'interface clock {\n  zone: func() -> string;')
  .replace('interface checkpoint {', 'interface later { use types.{error}; f: func() -> result<_, error>; }\ninterface checkpoint {')

test('the files are those that were released', () => {
  const sums = new Map(
    readFileSync(path.join(FOLDER, 'sums.sha256'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => [line.slice(66), line.slice(0, 64)] as const),
  )
  const zips = readdirSync(FOLDER).filter((name) => name.endsWith('.zip'))
  expect(zips.toSorted()).toEqual([...sums.keys()].toSorted())
  for (const zip of zips) {
    expect(
      createHash('sha256')
        .update(readFileSync(path.join(FOLDER, zip)))
        .digest('hex'),
      zip,
    ).toBe(sums.get(zip))
  }
})

const SERVERS = [
  { server: 'this server', wit: PLUGIN_WIT },
  { server: 'a later server', wit: LATER },
]
const CASES = EXECUTORS.flatMap((executor) => SERVERS.map((one) => ({ executor, ...one })))

describe.each(CASES)('built against 1.0.0, on $server, executor $executor', ({ executor, wit }) => {
  const databases = new FakeDatabases()
  let host: PluginHost
  beforeAll(() => {
    host = testHost({ clock: systemClock, databases, executor, wit })
  })
  afterAll(() => host.close())

  async function released(name: string): Promise<readonly Contribution[]> {
    const plugin = await host.unpack(readFileSync(path.join(FOLDER, `${name}.zip`)))
    expect(plugin.description.wit).toBe('1.0.0')
    return host.definitions(plugin)
  }

  async function firstBatch(name: string, config: Json): Promise<SourceBatch> {
    const ctx = testContext(systemClock)
    const source = sourceOf(await released(name)).create(config)
    await source.connect(ctx)
    const batch = await source.read(10, ctx)
    await source.close()
    if (batch === undefined) throw new Error('no batch')
    return batch
  }

  const recordsOf = ({ records }: SourceBatch): readonly unknown[] => Array.from(records ?? [], (one) => ({ ...one }))

  test('scalar functions in Rust and AssemblyScript', async () => {
    expect(await valuesOf(await released('geohash'), 'geohashEncode', [[48.858844, 2.294351]])).toEqual(['u09tunqxqk8j'])
    const checksum = await released('checksum')
    expect(await valuesOf(checksum, 'crc32c', [['123456789'], [5]])).toEqual([
      0xe3069283n,
      expect.stringContaining('expected bytes or a text'),
    ])
    expect(await valuesOf(await released('echo'), 'echo', [['ü'], [1.5]])).toEqual(['ü', 1.5])
    expect(await valuesOf(await released('accumulate-word-count'), 'accumulateWordCount', [['a b', ' ']])).toEqual([2n])
  })

  test('aggregates in Rust and AssemblyScript', async () => {
    const score = await groupsOf(await released('anomaly'), 'z_score')
    await score.add([0, 0, 0], [[1], [1], [4]])
    expect(await score.finish([0])).toEqual([expect.closeTo(Math.SQRT2, 9)])
    const count = await groupsOf(await released('count-plus-one'), 'countPlusOne')
    await count.add([0, 3, 0], [[1], [2], [3]])
    await count.restore([8], await count.save([0]))
    expect(await count.finish([0, 3, 8])).toEqual([3n, 2n, 3n])
  })

  test('a sink that writes into a database', async () => {
    const definition = (await released('mysql')).find((one) => one.kind === 'sink')
    if (definition?.kind !== 'sink') throw new Error('no sink')
    const ctx = testContext(systemClock)
    const sink = definition.create({ url: 'user:test@tcp(localhost:3307)/user', table: 'test' })
    await sink.connect(ctx)
    await sink.write(rowsOf([1, 'x'], [2n ** 60n, null]), ctx)
    await sink.close()
    expect(databases.batches.at(-1)?.rows).toEqual([
      [1n, 'x'],
      [2n ** 60n, null],
    ])
    expect(databases.sessions).toBe(0)
  })

  test('a source of rows, one with offsets and a memory, and one that speaks a protocol over tcp', async () => {
    expect(recordsOf(await firstBatch('random', { interval: 1, pattern: { count: 1 } }))).toEqual([{ count: expect.any(BigInt) }])
    const numbers = await firstBatch('numbers', { total: 25, most: 4 })
    expect([numbers.length, numbers.offset]).toEqual([4, '4'])
    const server = await ModbusServer.start()
    server.setRegisters('holding', 7, 7)
    const points = [{ name: 'level', table: 'holding', address: 7 }]
    const read = await firstBatch('modbus', { datasource: server.address, points, interval: 1 })
    await server.close()
    expect(recordsOf(read)).toEqual([{ level: 7n }])
  })
})
