import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import type { PluginHost } from '../../../src/api/plugin.ts'
import { PlutinoError } from '../../../src/base/errors.ts'
import {
  CONFIG_SINK,
  COUNTING_SINK,
  databaseSink,
  ENCODED_SINK,
  failingSink,
  HOSTILE,
  LOGGING_SINK,
  sinkGuest,
  SPINNING_SINK,
  SQL,
} from '../../guests/sink-guests.ts'
import { type TestContext, testContext } from '../../support/context.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { FakeDatabases, rowsOf, sinkOf, testHost } from '../../support/plugins.ts'

const hosts: PluginHost[] = []
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()))
})

function setUp(databases = new FakeDatabases(), limits = {}): { host: PluginHost; ctx: TestContext<FakeClock>; databases: FakeDatabases } {
  const ctx = testContext(new FakeClock())
  const host = testHost({ clock: ctx.clock, databases, limits })
  hosts.push(host)
  return { host, ctx, databases }
}

/** Moves the clock on, in steps, until `done` is settled. */
async function advanceUntil(clock: FakeClock, done: Promise<unknown>): Promise<void> {
  const settled = new AbortController()
  done.then(
    () => settled.abort(),
    () => settled.abort(),
  )
  while (!settled.signal.aborted) {
    await clock.advance(1000)
    await setImmediate()
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate()
}

test('a plugin sink gets its configuration as JSON, with the names of database fields in the place of addresses', async () => {
  const { host, ctx } = setUp()
  const fields = {
    url: { kind: 'string', doc: 'Where to.', database: true },
    table: { kind: 'string', doc: 'Table.', default: 't' },
    password: { kind: 'string', doc: 'For something else.', secret: true },
  }
  const sink = (await sinkOf(host, CONFIG_SINK, { fields })).create({ url: 'user:test@tcp(localhost:3307)/user', password: 'p' })
  await sink.connect(ctx)
  expect(ctx.log.of('info').map((text) => JSON.parse(text))).toEqual([{ url: 'url', table: 't', password: 'p' }])
  await sink.close()
})

test('without a manifest any configuration is accepted, and what reads like the address of a database stays with the host', async () => {
  const { host, ctx } = setUp()
  const config = JSON.parse('{"dsn":"mysql://u:p@h/db","n":[1,{"a":null}],"__proto__":1,"toString":"x"}')
  const sink = (await sinkOf(host, CONFIG_SINK)).create(config)
  await sink.connect(ctx)
  expect(ctx.log.of('info')).toEqual(['{"dsn":"dsn","n":[1,{"a":null}],"__proto__":1,"toString":"x"}'])
})

test('rows reach the plugin, its log lines the log of the rule, its state the state of the node, also of the next instance', async () => {
  const { host, ctx } = setUp()
  const sink = (await sinkOf(host, COUNTING_SINK)).create({})
  await sink.connect(ctx)
  await sink.write(rowsOf([1, 'a'], [2, 'b']), ctx)
  await sink.write(rowsOf([3, 'c']), ctx)
  await sink.connect(ctx)
  await sink.write(rowsOf([4, 'd']), ctx)
  expect(ctx.log.of('info')).toEqual(['collected', 'collected', 'collected'])
  expect(ctx.state.get('plugin keys')).toEqual(['rows'])
  expect(ctx.state.get('plugin/rows')).toEqual(Uint8Array.of(2, 4, 0, 0, 0, 0, 0, 0, 0))
  await sink.close()
  await sink.close()
})

test('a plugin that asks for encoded messages gets them, text and bytes alike', async () => {
  const { host, ctx } = setUp()
  const sink = (await sinkOf(host, ENCODED_SINK)).create({})
  await sink.connect(ctx)
  const payloads = ['{"a":1}', new TextEncoder().encode('bytes'), '\uFEFFgrüße', '\uD800']
  await sink.write({ rows: { schema: { columns: [] }, rows: [] }, encoded: () => ({ payloads }) }, ctx)
  expect(ctx.log.of('info')).toEqual(['{"a":1}', 'bytes', '\uFEFFgrüße', '\uFFFD'])
})

test('a batch without rows is not sent', async () => {
  const { host, ctx } = setUp()
  const sink = (await sinkOf(host, COUNTING_SINK)).create({})
  await sink.connect(ctx)
  await sink.write(rowsOf(), ctx)
  expect(ctx.log.of('info')).toEqual([])
})

test('the stop of the rule ends a call that is under way', async () => {
  const { host, ctx } = setUp()
  const sink = (await sinkOf(host, SPINNING_SINK)).create({})
  await sink.connect(ctx)
  const ended = expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code: 'plugin_failed', message: 'plugin probe was closed' })
  ctx.stop()
  await ended
  await sink.close()
})

describe('errors that a plugin returns', () => {
  test.each([
    // whoever is away comes back; anything else would keep the rows behind it waiting for ever
    [0, 'rejected'],
    [1, 'unavailable'],
    [2, 'rejected'],
    [3, 'rejected'],
    [4, 'timeout'],
    [5, 'rejected'],
  ])('kind %i becomes %s and leaves the instance alive', async (kind, code) => {
    const { host, ctx } = setUp()
    const sink = (await sinkOf(host, failingSink(kind))).create({})
    await sink.connect(ctx)
    await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code, message: 'no (E1)' })
    await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code, message: 'no (E1)' })
  })
})

test('a batch that is larger than a call may be is rejected, so that the driver halves it, and the instance lives on', async () => {
  const { host, ctx } = setUp(new FakeDatabases(), { payloadBytes: 1000 })
  const sink = (await sinkOf(host, COUNTING_SINK)).create({})
  await sink.connect(ctx)
  await expect(sink.write(rowsOf(['x'.repeat(1000)]), ctx)).rejects.toMatchObject({ code: 'rejected' })
  await sink.write(rowsOf(['x']), ctx)
  expect(ctx.log.of('info')).toEqual(['collected'])
})

describe('databases', () => {
  const url = 'user:test@tcp(localhost:3307)/user'
  const manifest = {
    fields: { url: { kind: 'string', doc: 'Where to.', database: true } },
    capabilities: { db: { verbs: ['insert'], tables: ['t'] } },
  }

  test('a plugin opens the database of its rule by the name of the field and writes values of every type', async () => {
    const { host, ctx, databases } = setUp()
    const sink = (await sinkOf(host, databaseSink(), manifest)).create({ url })
    await sink.connect(ctx)
    const time = new Date(1_700_000_000_123)
    const rows = [
      [1, 'text'],
      [1.5, true],
      [2n ** 62n, null],
      [undefined, time],
      [Uint8Array.of(1, 2), -7],
      [{ a: [1, 2n ** 60n] }, -0],
      ['\uFEFFü€', 2n ** 64n],
      [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
      [[time], Number.NaN],
    ]
    await sink.write(rowsOf(...rows), ctx)
    expect(databases.opened).toEqual([{ url, grant: { verbs: ['insert'], tables: ['t'] } }])
    expect(databases.batches).toEqual([
      {
        sql: SQL,
        rows: [
          [1n, 'text'],
          [1.5, true],
          [2n ** 62n, null],
          [null, time],
          [Uint8Array.of(1, 2), -7n],
          [{ a: [1, 2n ** 60n] }, -0],
          ['\uFEFFü€', '18446744073709551616'],
          [BigInt(Number.MAX_SAFE_INTEGER), BigInt(Number.MIN_SAFE_INTEGER)],
          [[time.toISOString()], Number.NaN],
        ],
      },
    ])
    await sink.close()
    expect(databases.sessions).toBe(0)
  })

  test('it may also name the address as the rule gives it', async () => {
    const { host, ctx, databases } = setUp()
    await (await sinkOf(host, databaseSink('sqlite:x'))).create({ any: 'sqlite:x' }).connect(ctx)
    expect(databases.opened.map((one) => one.url)).toEqual(['sqlite:x'])
  })

  test('a database that the rule does not name is denied', async () => {
    const { host, ctx, databases } = setUp()
    const sink = (await sinkOf(host, databaseSink('mysql://elsewhere/x'), manifest)).create({ url })
    await expect(sink.connect(ctx)).rejects.toMatchObject({
      code: 'denied',
      message: 'the rule names no database "mysql://elsewhere/x" for this plugin; it names url',
    })
    expect(databases.opened).toEqual([])
  })

  test.each(['unavailable', 'rejected', 'denied', 'timeout'] as const)(
    'an error %s of the database goes through the plugin and out again',
    async (code) => {
      const { host, ctx, databases } = setUp()
      const sink = (await sinkOf(host, databaseSink(), manifest)).create({ url })
      await sink.connect(ctx)
      databases.fail = () => Promise.reject(new PlutinoError(code, 'the reason'))
      const kind = code === 'denied' ? 'rejected' : code
      await expect(sink.write(rowsOf([1, 2]), ctx)).rejects.toMatchObject({ code: kind, message: 'the reason' })
      databases.fail = undefined
      await sink.write(rowsOf([1, 2]), ctx)
      expect(databases.batches.length).toBe(2)
    },
  )

  test('a database that does not answer is a timeout of its own; the time does not count as time of the plugin', async () => {
    const { host, ctx, databases } = setUp()
    const sink = (await sinkOf(host, databaseSink(), manifest)).create({ url })
    await sink.connect(ctx)
    databases.fail = () => new Promise(() => {})
    const ended = expect(sink.write(rowsOf([1, 2]), ctx)).rejects.toMatchObject({
      code: 'timeout',
      message: 'the database did not answer within 30000 ms',
    })
    await until(() => databases.batches.length === 1)
    await ctx.clock.advance(29_999)
    await ctx.clock.advance(1)
    await ended
    expect(databases.sessions).toBe(0)
  })
})

test('a database that opens too late is closed again', async () => {
  const { host, ctx, databases } = setUp()
  const late = Promise.withResolvers<void>()
  const open = databases.open.bind(databases)
  let asked = false
  databases.open = async (url, grant) => {
    asked = true
    await late.promise
    return open(url, grant)
  }
  const sink = (await sinkOf(host, databaseSink())).create({ url: 'sqlite:x' })
  const ended = expect(sink.connect(ctx)).rejects.toMatchObject({ code: 'timeout' })
  await until(() => asked)
  await ctx.clock.advance(30_000)
  await ended
  late.resolve()
  await until(() => databases.opened.length === 1 && databases.sessions === 0)
})

describe('hostile plugins', () => {
  test.each(HOSTILE)('one that $name fails with a clear error and nobody else notices', async ({ wat, says }) => {
    const { host, ctx } = setUp()
    const neighbour = (await sinkOf(host, COUNTING_SINK)).create({})
    await neighbour.connect(ctx)
    const sink = (await sinkOf(host, wat)).create({ url: 'sqlite:x' })
    const attempt = async (): Promise<void> => {
      await sink.connect(ctx)
      await sink.write(rowsOf(['a text', 1]), ctx)
    }
    await expect(attempt()).rejects.toMatchObject({
      code: 'plugin_failed',
      message: expect.stringMatching(says),
      hint: expect.stringContaining('a new instance'),
    })
    await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ code: 'plugin_failed' })
    await neighbour.write(rowsOf([1]), ctx)
    expect(ctx.log.of('info')).toEqual(['collected'])
  })

  test('one that never returns is ended after its time, and works again after the next connect', async () => {
    const { host, ctx } = setUp()
    const neighbour = (await sinkOf(host, COUNTING_SINK)).create({})
    await neighbour.connect(ctx)
    const sink = (await sinkOf(host, SPINNING_SINK)).create({})
    await sink.connect(ctx)
    const written = sink.write(rowsOf([1]), ctx)
    await neighbour.write(rowsOf([1]), ctx)
    await advanceUntil(ctx.clock, written)
    await expect(written).rejects.toMatchObject({
      code: 'plugin_failed',
      message: 'plugin probe in sink.collect did not return within 5000 ms',
    })
    await sink.connect(ctx)
    await neighbour.write(rowsOf([1]), ctx)
  })

  test('one that logs without end gets its lines a second, shortened, and a count of the others', async () => {
    const { host, ctx } = setUp(new FakeDatabases(), { callMs: 1e9 })
    const sink = (await sinkOf(host, LOGGING_SINK)).create({})
    await sink.connect(ctx)
    const written = sink.write(rowsOf([1]), ctx)
    const ended = expect(written).rejects.toMatchObject({ code: 'plugin_failed', message: 'plugin probe was closed' })
    await until(() => ctx.log.of('info').length >= 100)
    expect(ctx.log.of('info').length).toBe(100)
    while (ctx.log.of('warn').length === 0) {
      await ctx.clock.advance(1000)
      await setImmediate()
    }
    expect(Math.max(...ctx.log.of('info').map((line) => line.length))).toBeLessThan(8200)
    expect(ctx.log.of('warn')[0]).toMatch(/^\d+ lines dropped: a plugin may log 100 lines a second$/)
    await host.close()
    await ended
  })

  test('memory below the limit of the server can be asked for in the manifest', async () => {
    const { host, ctx } = setUp()
    const grows = HOSTILE.find((one) => one.name.startsWith('grows'))?.wat ?? ''
    const sink = (await sinkOf(host, grows, { limits: { memory: 2 } })).create({})
    await sink.connect(ctx)
    await expect(sink.write(rowsOf([1]), ctx)).rejects.toMatchObject({ message: expect.stringContaining('MiB of 2 MiB') })
  })

  test('more instances than the server allows are refused', async () => {
    const { host, ctx } = setUp(new FakeDatabases(), { instances: 1 })
    const definition = await sinkOf(host, sinkGuest())
    const [first, second] = [definition.create({}), definition.create({})]
    await first.connect(ctx)
    await expect(second.connect(ctx)).rejects.toMatchObject({ code: 'unavailable' })
    await first.close()
    await second.connect(ctx)
  })
})
