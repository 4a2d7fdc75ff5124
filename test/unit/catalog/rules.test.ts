import path from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../../src/store/sqlite.ts'
import { catalogWorld, type CatalogGiven, type CatalogWorld, failureOf, fakeSink, temporaryFolder } from '../../support/catalog.ts'

const rule = (more: object = {}): string => JSON.stringify({ id: 'r1', sql: 'SELECT * FROM demo', actions: [{ log: {} }], ...more })

async function world(given: CatalogGiven = {}): Promise<CatalogWorld> {
  const made = await catalogWorld(given)
  if (!made.catalog.streams.list().includes('demo')) made.catalog.streams.execute('CREATE STREAM demo () WITH (DATASOURCE="demo")')
  return made
}

test('a created rule runs, with a specification in which everything is resolved', async () => {
  const { catalog, engine } = await world()
  expect(
    await catalog.rules.create(
      rule({ name: 'first', tags: ['a'], version: '1', options: { qos: 1, lateTolerance: '2s', bufferLength: 7 } }),
    ),
  ).toBe('r1')
  expect(catalog.rules.list()).toEqual([{ id: 'r1', name: 'first', status: 'running', version: '1', trace: false, tags: ['a'] }])
  const spec = engine.rules.get('r1')?.spec
  expect(spec).toMatchObject({
    id: 'r1',
    streams: [{ name: 'demo', type: 'mqtt', format: 'json', config: { datasource: 'demo' } }],
    actions: [{ type: 'log', config: {} }],
    options: {
      qos: 1,
      lateTolerance: 2000,
      bufferLength: 7,
      checkpointInterval: 300_000,
      restartStrategy: { attempts: 0, delay: 1000 },
    },
  })
})

test('a rule with "triggered":false is created stopped, and its name is its id unless given', async () => {
  const { catalog, engine } = await world()
  await catalog.rules.create(rule({ triggered: false }))
  expect(catalog.rules.list()).toEqual([{ id: 'r1', name: 'r1', status: 'stopped', version: '', trace: false, tags: null }])
  expect(engine.rules.get('r1')?.calls).toEqual([])
})

test.each<[string, string, string?]>([
  ['{', "invalid rule json: Parse rule  error : Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
  ['[]', 'invalid rule json: Parse rule  error : expected an object'],
  ['{}', 'invalid rule json: Missing rule id.'],
  [rule({ id: 5 }), 'invalid rule json: Parse rule  error : id: expected a text, got 5'],
  [rule({ id: 'a/b' }), "id 'a/b' contains invalid characters: only alphanumeric, hyphens and underscores are allowed"],
  [rule({ id: 'a b' }), "id 'a b' contains invalid characters: only alphanumeric, hyphens and underscores are allowed"],
  [rule({ id: ' a' }), "id ' a' contains leading or trailing whitespace"],
  [rule({ id: '../../x' }), "id '../../x' contains invalid characters: only alphanumeric, hyphens and underscores are allowed"],
  [rule({ id: '<script>' }), "id '<script>' contains invalid characters: only alphanumeric, hyphens and underscores are allowed"],
  [
    rule({ id: "x';DROP TABLE rule" }),
    "id 'x';DROP TABLE rule' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
  ],
  [rule({ id: 'a'.repeat(200) }), 'id is longer than 128 characters'],
  [rule({ sql: undefined }), 'invalid rule json: Rule r1 has neither sql nor graph.'],
  [rule({ graph: { nodes: {} } }), 'invalid rule json: Rule r1 has both sql and graph.'],
  [rule({ sql: undefined, graph: { nodes: {} } }), 'graph rules are not supported yet'],
  [rule({ actions: undefined }), 'invalid rule json: Missing rule actions.'],
  [rule({ actions: [] }), 'invalid rule json: Missing rule actions.'],
  [rule({ actions: [{}] }), 'invalid rule json: Missing rule actions.'],
  [rule({ actions: {} }), 'invalid rule json: Parse rule r1 error : actions: expected a list such as [{"log":{}}], got an object'],
  [rule({ actions: ['log'] }), 'invalid rule json: Parse rule r1 error : actions[0]: expected an object such as {"log":{}}, got "log"'],
  [rule({ actions: [{ log: 1 }] }), 'invalid rule json: Parse rule r1 error : actions[0].log: expected an object, got 1'],
  [rule({ actions: undefined, action: [] }), 'invalid rule json: unknown field "action"', 'did you mean "actions"?'],
  [rule({ actions: [{ lgo: {} }] }), 'there is no sink of type "lgo"', 'did you mean "log"?'],
  [rule({ actions: [{ mysql: {} }] }), 'there is no sink of type "mysql"', 'install a sink plugin of this name, or use one of log, mqtt'],
  [rule({ actions: [{ mqtt: { topc: 'x' } }] }), 'unknown field "topc"; did you mean "topic"?'],
  [rule({ actions: [{ mqtt: { batchSize: -1 } }] }), 'batchSize: expected a whole number of at least 0, got -1'],
  [rule({ actions: [{ mqtt: { format: 'xml' } }] }), 'there is no format "xml"'],
  [rule({ actions: [{ constructor: {} }] }), 'there is no sink of type "constructor"'],
  [rule({ triggered: 'yes' }), 'invalid rule json: Parse rule r1 error : triggered: expected true or false, got "yes"'],
  [rule({ tags: [1] }), 'invalid rule json: Parse rule r1 error : tags: expected a list of texts, got a list'],
  [rule({ options: { qos: 3 } }), 'Rule r1 has invalid options: qos: expected a whole number from 0 to 2, got 3'],
  [rule({ options: { bufferLength: -1 } }), 'Rule r1 has invalid options: bufferLength: expected a whole number of at least 1, got -1'],
  [rule({ options: { sendErorr: true } }), 'Rule r1 has invalid options: unknown option "sendErorr"', 'did you mean "sendError"?'],
  [rule({ options: { cron: '0 * * * *' } }), 'Rule r1 has invalid options: option cron is not supported yet'],
  [
    rule({ options: { restartStrategy: { attempts: -1 } } }),
    'Rule r1 has invalid options: restartStrategy.attempts: expected a whole number of at least 0, got -1',
  ],
  [rule({ options: { limits: { memry: 1 } } }), 'Rule r1 has invalid options: limits: unknown field "memry"; did you mean "memory"?'],
  [rule({ options: { limits: 5 } }), 'Rule r1 has invalid options: limits: expected an object, got 5'],
  [rule({ options: 5 }), 'Rule r1 has invalid options: expected an object'],
  [rule({ sql: 'SELECT * FROM dmo' }), 'fail to get stream dmo, please check if stream is created'],
  [rule({ sql: 'SHOW STREAMS' }), 'expected SELECT'],
])('%s is refused: %s', async (text, message, hint) => {
  const { catalog, store } = await world()
  const error = await failureOf(() => catalog.rules.create(text))
  expect(error).toMatchObject({ message, ...(hint === undefined ? {} : { hint }) })
  expect(catalog.rules.list()).toEqual([])
  expect(store.list('rule')).toEqual([])
})

test('an error of an action says which action it is', async () => {
  const { catalog } = await world()
  const error = await failureOf(() => catalog.rules.create(rule({ actions: [{ log: {} }, { mqtt: { topc: 1 } }] })))
  expect(error.path).toEqual(['actions[1]', 'sink mqtt'])
})

test('a duplicate id is refused, also with a lower version', async () => {
  const { catalog } = await world()
  await catalog.rules.create(rule({ version: '2' }))
  expect(await failureOf(() => catalog.rules.create(rule()))).toMatchObject({ code: 'already_exists', message: 'rule r1 already exists' })
  expect((await failureOf(() => catalog.rules.create(rule({ version: '1' })))).message).toBe(
    'rule r1 already exists with version (2), new version (1) is lower',
  )
})

test('of two creations at the same time one wins', async () => {
  const { catalog } = await world()
  const results = await Promise.allSettled([catalog.rules.create(rule()), catalog.rules.create(rule())])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})

test('starts and stops change the state, and what a restart of the server finds', async () => {
  const { catalog, engine, store } = await world()
  await catalog.rules.create(rule())
  await catalog.rules.stop('r1')
  expect(catalog.rules.list()[0]?.status).toBe('stopped')
  expect(store.get('rule', 'r1')?.value).toMatchObject({ triggered: false })
  await catalog.rules.start('r1')
  await catalog.rules.start('r1')
  await catalog.rules.restart('r1')
  expect(catalog.rules.list()[0]?.status).toBe('running')
  expect(engine.rules.get('r1')?.calls).toEqual(['start', 'stop: canceled manually', 'start', 'start', 'stop: canceled manually', 'start'])
})

test('a description is the text as it was given, with triggered once a stop has changed it', async () => {
  const { catalog } = await world()
  const text = '{ "id": "r1",  "sql": "SELECT * FROM demo", "actions": [{"log": {}}], "description": "kept" }'
  await catalog.rules.create(text)
  expect(catalog.rules.describe('r1')).toBe(text)
  await catalog.rules.stop('r1')
  expect(JSON.parse(catalog.rules.describe('r1'))).toEqual({ ...JSON.parse(text), triggered: false })
})

test('an update takes the place of the running rule', async () => {
  const { catalog, engine } = await world()
  await catalog.rules.create(rule())
  await catalog.rules.update('r1', rule({ id: undefined, sql: 'SELECT a FROM demo' }))
  expect(engine.rules.get('r1')?.calls).toEqual(['start', 'stop: stopped by update', 'start'])
  expect(engine.rules.get('r1')?.spec?.plan.output.columns.map(({ name }) => name)).toEqual(['a'])
})

test('an update with a wrong definition leaves the old rule running', async () => {
  const { catalog, engine } = await world()
  await catalog.rules.create(rule())
  const before = catalog.rules.describe('r1')
  for (const text of [rule({ sql: 'SELECT * FROM nothing' }), rule({ actions: [] }), rule({ id: 'r2' }), '{']) {
    await failureOf(() => catalog.rules.update('r1', text))
  }
  expect(engine.rules.get('r1')).toMatchObject({ calls: ['start'], state: 'running' })
  expect(catalog.rules.describe('r1')).toBe(before)
})

test('an update creates the rule when there is none, and needs a greater version when both have one', async () => {
  const { catalog } = await world()
  await catalog.rules.update('r1', rule({ version: '2' }))
  expect(catalog.rules.list()[0]).toMatchObject({ status: 'running', version: '2' })
  expect((await failureOf(() => catalog.rules.update('r1', rule({ version: '2' })))).message).toBe(
    'rule r1 already exists with version (2), new version (2) is lower',
  )
  await catalog.rules.update('r1', rule({ version: '3' }))
  expect((await failureOf(() => catalog.rules.update('r1', rule({ id: 'other' })))).message).toBe(
    'invalid rule json: RuleId is not consistent with rule id.',
  )
})

test('a deleted rule is stopped and gone', async () => {
  const { catalog, engine, store } = await world()
  await catalog.rules.create(rule())
  await catalog.rules.delete('r1')
  expect(engine.rules.get('r1')?.state).toBe('stopped')
  expect(catalog.rules.list()).toEqual([])
  expect(store.list('rule')).toEqual([])
})

test.each<[string, (world: CatalogWorld) => unknown, string, string]>([
  ['describe', ({ catalog }) => catalog.rules.describe('x'), 'not_found', 'Rule x is not found.'],
  ['status', ({ catalog }) => catalog.rules.status('x'), 'not_found', 'Rule x is not found'],
  ['topo', ({ catalog }) => catalog.rules.topology('x'), 'not_found', 'Rule x is not found'],
  ['explain', ({ catalog }) => catalog.rules.explain('x'), 'not_found', 'Rule x is not found.'],
  ['start', ({ catalog }) => catalog.rules.start('x'), 'not_found', 'Rule x is not found in registry, please check if it is created'],
  ['stop', ({ catalog }) => catalog.rules.stop('x'), 'not_found', 'Rule x is not found in registry, please check if it is created'],
  ['restart', ({ catalog }) => catalog.rules.restart('x'), 'not_found', 'Rule x is not found in registry, please check if it is created'],
  ['delete', ({ catalog }) => catalog.rules.delete('x'), 'rule_invalid', 'rule x not found'],
])('%s of a rule that does not exist is refused', async (_name, call, code, message) => {
  const given = await world()
  expect(await failureOf(() => call(given))).toMatchObject({ code, message })
})

test('the topology of a rule that never ran is refused', async () => {
  const { catalog } = await world()
  await catalog.rules.create(rule({ triggered: false }))
  expect((await failureOf(() => catalog.rules.topology('r1'))).message).toBe(
    "Fail to get rule r1's topo, make sure the rule has been started before",
  )
})

test('validation names the sources and leaves nothing behind', async () => {
  const { catalog } = await world()
  expect(catalog.rules.validate(rule())).toEqual(['demo'])
  expect((await failureOf(() => catalog.rules.validate(rule({ actions: [] })))).message).toBe('invalid rule json: Missing rule actions.')
  expect(catalog.rules.list()).toEqual([])
})

test('the plan is explained one step a line', async () => {
  const { catalog } = await world()
  await catalog.rules.create(rule({ sql: 'SELECT a FROM demo WHERE a > 1' }))
  const lines = catalog.rules.explain('r1').split('\n')
  const parallelism = lines.pop() ?? ''
  expect(JSON.parse(parallelism)).toEqual({ parallelism: 'stateless', pushedDown: [], rules: [] })
  expect(lines.map((line) => (JSON.parse(line) as { op: string }).op)).toEqual(['ProjectPlan_0', 'FilterPlan_1', 'DataSourcePlan_2'])
})

test('the health of all rules has their last failure and number of errors', async () => {
  const { catalog, engine } = await world()
  await catalog.rules.create(rule())
  Object.assign(engine.rules.get('r1') ?? {}, { state: 'stopped by error', lastError: 'sink: gone', errorCount: 3 })
  expect(catalog.rules.healths()).toEqual({ r1: { status: 'stopped by error', last_exception: 'sink: gone', exceptions_total: 3 } })
})

const SECRET = rule({
  actions: [
    { mqtt: { topic: 't', password: 'hunter2', pin: '1234', url: 'user:hunter2@tcp(localhost:3307)/user', server: 'tcp://u:hunter2@h' } },
    { log: {} },
  ],
})

test('secrets are hidden in a description: fields that say so, telling names, addresses', async () => {
  const { catalog, engine } = await world()
  await catalog.rules.create(SECRET)
  const shown = JSON.parse(catalog.rules.describe('r1')) as { actions: object[] }
  expect(shown.actions[0]).toEqual({
    mqtt: { topic: 't', password: '***', pin: '***', url: 'user:***@tcp(localhost:3307)/user', server: 'tcp://u:***@h' },
  })
  expect(engine.rules.get('r1')?.spec?.actions[0]?.config).toMatchObject({ password: 'hunter2', pin: '1234' })
})

test('a rule that comes back hidden keeps its secrets, a changed one is taken', async () => {
  const { catalog, engine } = await world()
  await catalog.rules.create(SECRET)
  const shown = JSON.parse(catalog.rules.describe('r1')) as { actions: { mqtt: Record<string, string> }[] }
  const changed = { ...shown, actions: [{ mqtt: { ...shown.actions[0]?.mqtt, topic: 'u', pin: '5678' } }, shown.actions[1]] }
  await catalog.rules.update('r1', JSON.stringify(changed))
  expect(engine.rules.get('r1')?.spec?.actions[0]?.config).toEqual({
    topic: 'u',
    password: 'hunter2',
    pin: '5678',
    url: 'user:hunter2@tcp(localhost:3307)/user',
    server: 'tcp://u:hunter2@h',
  })
})

test('members named as prototypes pass through', async () => {
  const { catalog } = await world()
  const text = '{"id":"__proto__","sql":"SELECT * FROM demo","actions":[{"log":{}}],"extra":{"__proto__":{"x":1}}}'
  expect(await catalog.rules.create(text)).toBe('__proto__')
  expect(catalog.rules.describe('__proto__')).toBe(text)
  expect(Object.hasOwn(catalog.rules.healths(), '__proto__')).toBe(true)
  expect((await failureOf(() => catalog.rules.describe('toString'))).code).toBe('not_found')
})

test('rules survive a restart in the state they were in, temporary ones do not', async () => {
  const file = path.join(temporaryFolder(), 'store.db')
  const before = openStore(file)
  const first = await world({ store: before })
  await first.catalog.rules.create(rule({ id: 'runs' }))
  await first.catalog.rules.create(rule({ id: 'stopped' }))
  await first.catalog.rules.stop('stopped')
  await first.catalog.rules.create(rule({ id: 'started', triggered: false }))
  await first.catalog.rules.start('started')
  await first.catalog.rules.create(rule({ id: 'temporary', temp: true }))
  await first.catalog.close()
  before.close()
  const after = openStore(file)
  const second = await world({ store: after })
  expect(second.catalog.rules.list().map(({ id, status }) => [id, status])).toEqual([
    ['runs', 'running'],
    ['started', 'running'],
    ['stopped', 'stopped'],
  ])
  expect(second.catalog.rules.describe('runs')).toBe(rule({ id: 'runs' }))
  await second.catalog.close()
  after.close()
})

test('a rule that can no longer be built is there after a restart, says why, and comes back with what it needs', async () => {
  const first = await world()
  first.registry.add(fakeSink('special'))
  await first.catalog.rules.create(rule({ actions: [{ special: {} }] }))
  const second = await world({ store: first.store })
  expect(second.catalog.rules.list()[0]?.status).toBe('stopped by error')
  expect(second.catalog.rules.status('r1')).toMatchObject({
    status: 'stopped by error',
    message: expect.stringContaining('there is no sink of type "special"'),
  })
  expect(second.catalog.rules.healths()['r1']?.last_exception).toContain('there is no sink of type "special"')
  expect((await failureOf(() => second.catalog.rules.start('r1'))).message).toContain('there is no sink of type "special"')
  second.registry.add(fakeSink('special'))
  await second.catalog.rules.reload(second.catalog.rules.using('sinks', 'Special'))
  expect(second.catalog.rules.status('r1')).toMatchObject({ status: 'running' })
})

test('a stored rule that cannot be read harms no other', async () => {
  const first = await world()
  await first.catalog.rules.create(rule())
  first.store.set('rule', 'broken', 'nonsense')
  const second = await catalogWorld({ store: first.store })
  expect(second.catalog.rules.list().map(({ id }) => id)).toEqual(['r1'])
  expect(second.log.of('error')).toEqual(['a stored rule cannot be read'])
})

test('the defaults of options are those of the settings', async () => {
  const { catalog, engine } = await world({ flags: { PLUTINO__RULE__QOS: '1', PLUTINO__RULE__RESTARTSTRATEGY__ATTEMPTS: '5' } })
  await catalog.rules.create(rule({ options: { restartStrategy: { delay: '2s' }, limits: { timeout: '1s' }, concurrency: 4 } }))
  expect(catalog.rules.pluginLimits('r1')).toEqual({ timeout: 1000 })
  expect(catalog.rules.pluginLimits('r2')).toBeUndefined()
  expect(engine.rules.get('r1')?.spec?.options).toMatchObject({ qos: 1, restartStrategy: { attempts: 5, delay: 2000 } })
})

test('who uses what is known from the text', async () => {
  const { catalog } = await world()
  await catalog.rules.create(rule({ sql: 'SELECT abs(a) FROM demo WHERE upper(b) = "X"', actions: [{ Log: {} }], triggered: false }))
  expect(catalog.rules.using('streams', 'demo')).toEqual(['r1'])
  expect(catalog.rules.using('sinks', 'LOG')).toEqual(['r1'])
  expect(catalog.rules.using('functions', 'Upper')).toEqual(['r1'])
  expect(catalog.rules.using('functions', 'floor')).toEqual([])
})

test('what is kept of a rule ends with its deletion', async () => {
  const { catalog, engine } = await world()
  await catalog.rules.create(rule())
  const made = engine.rules.get('r1')
  const before = made?.forgotten ?? 0
  await catalog.rules.delete('r1')
  expect(made?.forgotten).toBe(before + 1)
})
