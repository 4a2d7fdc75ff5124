import { expect, onTestFinished, test } from 'vitest'
import { defineLookup, defineSink, defineSource } from '../../../src/api/definition.ts'
import type { LookupAnswer, LookupQuery, LookupSource } from '../../../src/api/lookup.ts'
import { Registry } from '../../../src/api/registry.ts'
import { PlutinoError, toPlutinoError } from '../../../src/base/errors.ts'
import { parseRule } from '../../../src/catalog/rule-definition.ts'
import { buildSpec } from '../../../src/catalog/rule-spec.ts'
import { Streams } from '../../../src/catalog/streams.ts'
import { codecs } from '../../../src/codecs/index.ts'
import { loadSettings } from '../../../src/config/settings.ts'
import { SourceConfigs } from '../../../src/config/source-config.ts'
import { valueKey } from '../../../src/data/compare.ts'
import type { Cell, Struct } from '../../../src/data/value.ts'
import { functions } from '../../../src/functions/index.ts'
import { Engine } from '../../../src/runtime/engine.ts'
import type { Rule } from '../../../src/runtime/rule.ts'
import { MemoryStore } from '../../../src/store/memory.ts'
import { RecordingLogger } from '../../support/context.ts'
import { HandSink, HandSource, settle } from '../../support/engine-fakes.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const { settings } = loadSettings({ args: [], env: {}, defaultFile: '', readFile: () => undefined })

/** A lookup table in the hands of a test. */
class HandTable implements LookupSource {
  rows: readonly Struct[] = []
  error: PlutinoError | undefined
  readonly queries: LookupQuery[] = []
  connects = 0
  closed = 0

  async connect(): Promise<void> {
    this.connects++
    if (this.error !== undefined) throw this.error
  }

  async lookup(query: LookupQuery): Promise<LookupAnswer> {
    this.queries.push(query)
    if (this.error !== undefined) throw this.error
    const { keys, tuples } = query
    const equal = (row: Struct, tuple: readonly Cell[]): boolean => keys.every((key, i) => valueKey(row[key]) === valueKey(tuple[i]))
    return tuples.map((tuple) => this.rows.filter((row) => equal(row, tuple)))
  }

  async close(): Promise<void> {
    this.closed++
  }
}

interface World {
  readonly clock: FakeClock
  readonly log: RecordingLogger
  readonly source: HandSource
  readonly sink: HandSink
  readonly table: HandTable
  readonly rule: Rule
}

async function world(sql: string, { extra = '', options = {} }: { extra?: string; options?: object } = {}): Promise<World> {
  const clock = new FakeClock()
  const log = new RecordingLogger()
  const [source, sink, table] = [new HandSource(), new HandSink(), new HandTable()]
  table.rows = [
    { id: 1, name: 'one', size: 10 },
    { id: 2, name: 'two', size: 20 },
    { id: 2, name: 'deux', size: 2 },
  ]
  const registry = new Registry([
    ...codecs,
    ...functions,
    defineSource({ name: 'hand', doc: 'd', payload: 'values', delivery: 'at-least-once', fields: {}, create: () => source }),
    defineSink({ name: 'keep', doc: 'd', payload: 'bytes', fields: {}, create: () => sink }),
    defineLookup({ name: 'hand', doc: 'd', fields: {}, create: () => table }),
  ])
  const streams = new Streams({
    registry,
    sources: new SourceConfigs('', {}, () => undefined),
    store: new MemoryStore(),
    log,
    forget: () => {},
    rulesUsing: () => [],
  })
  streams.execute('CREATE STREAM demo () WITH (TYPE="hand")')
  streams.execute(`CREATE TABLE t () WITH (TYPE="hand", KIND="lookup"${extra})`)
  const definition = parseRule(
    JSON.stringify({ id: 'r', sql, actions: [{ keep: { sendSingle: false } }], options: { sendError: true, ...options } }),
    settings.rule,
  )
  const spec = buildSpec(definition, { registry, streams })
  const rule = new Engine({ registry, clock, log, timeZone: 'UTC' }).rule('r')
  await rule.start(spec)
  onTestFinished(async () => {
    const stopped = rule.stop()
    await clock.advance(10_000)
    await stopped
  })
  return { clock, log, source, sink, table, rule }
}

const INNER = 'SELECT demo.id, demo.a, t.name FROM demo INNER JOIN t ON demo.id = t.id'
const LEFT = 'SELECT demo.id, name FROM demo LEFT JOIN t ON demo.id = t.id'

test('each row is joined with what the table has for it, as one message; a batch asks once, each key once', async () => {
  const { source, sink, table } = await world(INNER)
  source.push([{ id: 1, a: 'x' }, { id: 2, a: 'y' }, { id: 9, a: 'z' }, { id: 1, a: 'u' }, { id: null, a: 'v' }, { a: 'w' }])
  await settle()
  expect(sink.written).toEqual([
    [{ id: 1, a: 'x', name: 'one' }],
    [
      { id: 2, a: 'y', name: 'two' },
      { id: 2, a: 'y', name: 'deux' },
    ],
    [{ id: 1, a: 'u', name: 'one' }],
  ])
  expect(table.queries).toEqual([{ keys: ['id'], tuples: [[1], [2], [9]], columns: ['name'] }])
})

test('LEFT keeps rows for which the table has nothing', async () => {
  const { source, sink } = await world(LEFT)
  source.push([{ id: 9 }, { id: null }, { id: 1 }])
  await settle()
  expect(sink.written).toEqual([[{ id: 9 }], [{ id: null }], [{ id: 1, name: 'one' }]])
})

test('what is no equality is asked of each pair', async () => {
  const { source, sink } = await world('SELECT t.* FROM demo LEFT JOIN t ON demo.id = t.id AND t.size > demo.least AND t.name != "one"')
  source.push([
    { id: 2, least: 5 },
    { id: 1, least: 5 },
  ])
  await settle()
  expect(sink.written).toEqual([[{ id: 2, name: 'two', size: 20 }], [{}]])
})

test('answers are kept as long as cacheTtl says; that nothing was found only with cacheMissingKey', async () => {
  const extra = (missing: boolean): string =>
    String.raw`, EXTRA="{\"lookup\":{\"cache\":true,\"cacheTtl\":\"10s\",\"cacheMissingKey\":${missing}}}"`
  const asked = async (missing: boolean): Promise<readonly unknown[]> => {
    const { source, table, clock } = await world(LEFT, { extra: extra(missing) })
    for (const wait of [0, 9_000, 2_000]) {
      await clock.advance(wait)
      source.push([{ id: 1 }, { id: 9 }])
      await settle()
    }
    return table.queries.map(({ tuples }) => tuples)
  }
  expect(await asked(true)).toEqual([
    [[1], [9]],
    [[1], [9]],
  ])
  expect(await asked(false)).toEqual([[[1], [9]], [[9]], [[1], [9]]])
})

test('a clock that is set back does not make answers live longer', async () => {
  const { source, table, clock } = await world(LEFT, { extra: String.raw`, EXTRA="{\"lookup\":{\"cache\":true,\"cacheTtl\":\"10s\"}}"` })
  source.push([{ id: 1 }])
  await settle()
  clock.set(-3_600_000)
  source.push([{ id: 1 }])
  await settle()
  source.push([{ id: 1 }])
  await settle()
  expect(table.queries).toHaveLength(2)
})

test('a table that cannot be reached is asked again with growing pauses; rows wait, in their order, and none is lost', async () => {
  const { source, sink, table, clock, log } = await world(INNER)
  table.error = new PlutinoError('unavailable', 'connection refused')
  source.push([{ id: 1, a: 'x' }], 1)
  source.push([{ id: 2, a: 'y' }], 2)
  await clock.advance(60_000)
  expect([sink.written, source.committed]).toEqual([[], []])
  expect(table.connects).toBeGreaterThan(5)
  expect(table.connects).toBeLessThan(20)
  table.error = undefined
  await clock.advance(10_000)
  expect(sink.written).toHaveLength(2)
  expect(source.committed.at(-1)).toBe(2)
  expect(log.of('warn').filter((line) => line.startsWith('lookup table not available'))).toHaveLength(1)
  expect(log.of('info')).toContain('lookup table available again')
})

test('a rule that waits for its table can be stopped, and does not acknowledge what it has not joined', async () => {
  const { source, table, clock, rule } = await world(INNER)
  table.error = new PlutinoError('unavailable', 'connection refused')
  source.push([{ id: 1, a: 'x' }], 1)
  await clock.advance(1_000)
  const stopped = rule.stop()
  await clock.advance(5_000)
  await stopped
  expect(rule.state).toBe('stopped')
  expect(source.committed).toEqual([])
  expect(table.closed).toBe(1)
})

test('a question that has no answer is an error of each row, and the next batch is asked for', async () => {
  const { source, sink, table } = await world(INNER)
  table.error = new PlutinoError('rejected', 'no such column: name')
  source.push([{ id: 1, a: 'x' }])
  await settle()
  table.error = undefined
  source.push([{ id: 1, a: 'y' }])
  await settle()
  expect(sink.written).toEqual([{ error: 'run LookupJoin error: no such column: name' }, [{ id: 1, a: 'y', name: 'one' }]])
})

test('a row whose key cannot be computed is an error of its own', async () => {
  const { source, sink } = await world('SELECT a, name FROM demo INNER JOIN t ON demo.id + 1 = t.id')
  source.push([
    { id: 0, a: 1 },
    { id: 'x', a: 2 },
    { id: 1, a: 3 },
  ])
  await settle()
  expect(sink.written).toEqual([
    [{ a: 1, name: 'one' }],
    { error: 'run LookupJoin error: invalid operation string(x) + int64(1)' },
    [
      { a: 3, name: 'two' },
      { a: 3, name: 'deux' },
    ],
  ])
})

test.each([
  ['SELECT * FROM demo INNER JOIN t ON demo.id > t.id', 'at least one equi-join predicate is required'],
  ['SELECT * FROM demo INNER JOIN t ON demo.id = 1', 'at least one equi-join predicate is required'],
  ['SELECT * FROM demo INNER JOIN t', 'at least one equi-join predicate is required'],
  ['SELECT * FROM demo RIGHT JOIN t ON demo.id = t.id', 'a lookup table takes INNER and LEFT JOIN'],
  ['SELECT * FROM t', 'cannot run window for TABLE sources'],
])('%s is refused', async (sql, message) => {
  const error: unknown = await world(sql).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(PlutinoError)
  const { hint, message: said } = toPlutinoError(error)
  expect(`${said} ${hint}`).toContain(message)
})
