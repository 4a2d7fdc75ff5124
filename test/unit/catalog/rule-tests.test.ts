import { expect, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import { simulatorSource } from '../../../src/connectors/simulator/source.ts'
import { sseSink } from '../../../src/connectors/sse/sink.ts'
import { catalogWorld, type CatalogWorld, failureOf } from '../../support/catalog.ts'
import { testDataServer } from '../../support/data-server.ts'

async function world(): Promise<CatalogWorld> {
  const made = await catalogWorld()
  made.registry.add(sseSink(testDataServer().server))
  made.registry.replace(simulatorSource)
  made.catalog.streams.execute('CREATE STREAM demo (a bigint) WITH (DATASOURCE="demo", SHARED="TRUE")')
  made.catalog.streams.execute('CREATE STREAM other () WITH (DATASOURCE="x", FORMAT="delimited")')
  return made
}

/** Those of the catalog itself: it looks through the folder of plugins. */
const TIMERS = 1

const TEST = {
  id: 't1',
  sql: 'SELECT a FROM demo',
  mockSource: { demo: { data: [{ a: 1 }], interval: 5, loop: true } },
  sinkProps: { sendSingle: true },
}
const text = (more: object = {}): string => JSON.stringify({ ...TEST, ...more })

test('a test is a rule with sources of its own, whose results go to its place', async () => {
  const { catalog, engine, results, clock } = await world()
  expect(await catalog.ruleTests.create(text({ options: { qos: 1, sendError: false } }))).toEqual({ id: 't1', port: 10_081 })
  expect([...results.paths]).toEqual(['/test/t1'])
  const rule = engine.rules.get('t1')
  expect(rule?.calls).toEqual([])
  await catalog.ruleTests.start('t1')
  expect(rule?.spec).toMatchObject({
    id: 't1',
    streams: [{ name: 'demo', type: 'simulator', shared: false, config: { records: '[{"a":1}]', interval: 5, loop: true, end: false } }],
    actions: [{ type: 'sse', config: { endpoint: '/test/t1', sendSingle: true } }],
    options: { qos: 1, sendError: true },
  })
  await catalog.ruleTests.delete('t1')
  expect(rule?.state).toBe('stopped')
  expect(results.paths.size).toBe(0)
  expect(clock.pending).toBe(TIMERS)
  expect(catalog.rules.list()).toEqual([])
})

test('a test that explains tells what became of rows as events with a name', async () => {
  const { catalog, engine, results } = await world()
  await catalog.ruleTests.create(text())
  expect(engine.tells.get('t1')).toBeUndefined()
  await catalog.ruleTests.create(text({ explain: true }))
  engine.tells.get('t1')?.({ stream: 'demo', row: 1, what: 'output', output: 1 })
  expect(results.sent).toEqual([['explain', '{"stream":"demo","row":1,"what":"output","output":1}']])
  await catalog.ruleTests.start('t1')
  expect(engine.rules.get('t1')?.spec?.plan.sources[0]?.meta).toHaveLength(1)
})

test('a stream without mock keeps its source', async () => {
  const { catalog, engine } = await world()
  await catalog.ruleTests.create(text({ sql: 'SELECT * FROM other' }))
  await catalog.ruleTests.start('t1')
  expect(engine.rules.get('t1')?.spec?.streams).toMatchObject([{ name: 'other', type: 'mqtt' }])
})

test('rows keep every digit of their integers', async () => {
  const { catalog, engine } = await world()
  const body = '{"id":"t1","sql":"SELECT * FROM demo","mockSource":{"demo":{"data":[{"a":9223372036854775807,"b":1.0}]}}}'
  await catalog.ruleTests.create(body)
  await catalog.ruleTests.start('t1')
  expect(engine.rules.get('t1')?.spec?.streams[0]?.config).toMatchObject({
    records: '[{"a":9223372036854775807,"b":1}]',
    interval: 1000,
    loop: false,
  })
})

test('without an id it gets a random one; two of them do not meet', async () => {
  const { catalog, results } = await world()
  const [one, two] = [await catalog.ruleTests.create(text({ id: undefined })), await catalog.ruleTests.create(text({ id: undefined }))]
  expect(one.id).not.toBe(two.id)
  expect(results.paths.size).toBe(2)
})

test('the same id again takes the place of the test before', async () => {
  const { catalog, engine, results, clock } = await world()
  await catalog.ruleTests.create(text())
  await catalog.ruleTests.start('t1')
  const before = engine.rules.get('t1')
  await catalog.ruleTests.create(text({ sql: 'SELECT a + 1 AS b FROM demo' }))
  expect(before?.state).toBe('stopped')
  expect(engine.rules.get('t1')).not.toBe(before)
  expect(results.paths.size).toBe(1)
  expect(clock.pending).toBe(TIMERS + 1)
})

test('after five minutes it ends by itself', async () => {
  const { catalog, engine, results, clock } = await world()
  await catalog.ruleTests.create(text())
  await catalog.ruleTests.start('t1')
  await clock.advance(299_999)
  expect(engine.rules.get('t1')?.state).toBe('running')
  await clock.advance(1)
  expect(engine.rules.get('t1')?.state).toBe('stopped')
  expect(results.paths.size).toBe(0)
  expect(await failureOf(() => catalog.ruleTests.start('t1'))).toMatchObject({ code: 'not_found' })
})

test('when the catalog closes all tests end', async () => {
  const { catalog, results, clock } = await world()
  await catalog.ruleTests.create(text())
  await catalog.ruleTests.create(text({ id: 't2' }))
  await catalog.close()
  expect(results.paths.size).toBe(0)
  expect(clock.pending).toBe(0)
})

test.each<[string, string | RegExp, string?]>([
  ['{', /^fail to parse rule definition: /],
  ['[]', 'fail to parse rule definition: expected an object'],
  ['{}', 'fail to parse rule definition: sql: is required'],
  [text({ sql: 5 }), 'fail to parse rule definition: sql: expected a text, got 5'],
  [text({ id: 'a/b' }), "id 'a/b' contains invalid characters: only alphanumeric, hyphens and underscores are allowed"],
  [text({ id: '' }), 'id cannot be empty'],
  [text({ mockSource: [] }), /^fail to parse rule definition: mockSource: expected/],
  [text({ mockSource: { demo: { data: {} } } }), /^fail to parse rule definition: mockSource.demo.data: expected/],
  [text({ mockSource: { demo: { data: [1] } } }), /^fail to parse rule definition: mockSource.demo.data\[0\]: expected/],
  [text({ mockSource: { demo: { interval: -1 } } }), /^fail to parse rule definition: mockSource.demo.interval: expected/],
  [text({ explain: 'why' }), /^fail to parse rule definition: explain: expected/],
  [text({ sinkProps: { sendSingel: true } }), /sendSingel/],
  [text({ sinkProps: { dataTemplate: '{{' } }), /./],
  [text({ options: { qos: 5 } }), /Rule t1 has invalid options: qos/],
  [text({ sql: 'SELEC a FROM demo' }), /./, 'fail to run rule t1'],
  [text({ sql: 'SELECT a FROM nothing' }), /nothing/, 'fail to run rule t1'],
  [text({ sql: 'SELECT nofunction(a) FROM demo' }), /nofunction/, 'fail to run rule t1'],
  [text({ sql: 'CREATE STREAM x () WITH (DATASOURCE="x")' }), /./, 'fail to run rule t1'],
])('%s is refused: %s', async (body, message, place) => {
  const { catalog, results, clock } = await world()
  const error = await failureOf(() => catalog.ruleTests.create(body))
  expect(error.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  if (place !== undefined) expect(error.path[0]).toBe(place)
  expect(results.paths.size).toBe(0)
  expect(clock.pending).toBe(TIMERS)
})

test('a test that is wrong leaves the one of its id alone', async () => {
  const { catalog, results } = await world()
  await catalog.ruleTests.create(text())
  await failureOf(() => catalog.ruleTests.create(text({ sql: 'SELECT' })))
  expect([...results.paths]).toEqual(['/test/t1'])
  await catalog.ruleTests.start('t1')
})

test('when the port cannot be had nothing is left behind', async () => {
  const { catalog, results, clock } = await world()
  results.failure = new PlutinoError('system', 'port 10081 of 127.0.0.1 is taken by another program')
  expect(await failureOf(() => catalog.ruleTests.create(text()))).toMatchObject({ code: 'system' })
  expect(clock.pending).toBe(TIMERS)
  expect(await failureOf(() => catalog.ruleTests.start('t1'))).toMatchObject({ code: 'not_found' })
})

test('an unknown test cannot be started, and may be ended; start and end twice do no harm', async () => {
  const { catalog } = await world()
  await catalog.ruleTests.delete('t1')
  await catalog.ruleTests.create(text())
  expect(await failureOf(() => catalog.ruleTests.start('t2'))).toMatchObject({
    code: 'not_found',
    message: 'try to start test rule t2 but it is not found',
    hint: 'did you mean "t1"?',
  })
  await Promise.all([catalog.ruleTests.start('t1'), catalog.ruleTests.start('t1')])
  await Promise.all([catalog.ruleTests.delete('t1'), catalog.ruleTests.delete('t1')])
})

test('there is a limit to how many there are at a time', async () => {
  const { catalog } = await world()
  for (let i = 0; i < 1000; i++) await catalog.ruleTests.create(text({ id: `t${i}` }))
  expect(await failureOf(() => catalog.ruleTests.create(text({ id: 'more' })))).toMatchObject({ code: 'unavailable' })
  await catalog.ruleTests.create(text({ id: 't5' }))
})
