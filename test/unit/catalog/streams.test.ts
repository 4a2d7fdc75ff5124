import path from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../../src/store/sqlite.ts'
import { catalogWorld, failureOf, temporaryFolder } from '../../support/catalog.ts'

const DEMO =
  'CREATE STREAM demo (id bigint, temperature float DEFAULT 1.5, tags array(string), pos struct(x float)) WITH (DATASOURCE="demo", FORMAT="json", TYPE="mqtt")'
const PLAIN = 'CREATE STREAM demo () WITH (DATASOURCE="demo")'

test('a created stream is listed, described and has a schema', async () => {
  const { catalog } = await catalogWorld()
  expect(catalog.streams.execute(DEMO)).toBe('Stream demo is created.')
  expect(catalog.streams.list()).toEqual(['demo'])
  expect(catalog.streams.details()).toEqual([{ name: 'demo', type: 'mqtt', format: 'json' }])
  expect(catalog.streams.describe('demo')).toEqual({
    Name: 'demo',
    StreamFields: [
      { FieldType: 'bigint', Name: 'id' },
      { FieldType: 'float', Name: 'temperature' },
      { FieldType: { Type: 'array', ElementType: 'string' }, Name: 'tags' },
      { FieldType: { Type: 'struct', Fields: [{ FieldType: 'float', Name: 'x' }] }, Name: 'pos' },
    ],
    Options: { datasource: 'demo', format: 'json', type: 'mqtt' },
    StreamType: 0,
    Statement: null,
  })
  expect(catalog.streams.schema('demo')).toMatchObject({
    id: { type: 'bigint', index: 0 },
    temperature: { type: 'float', default: 1.5 },
    tags: { type: 'array', items: { type: 'string' } },
    pos: { type: 'struct', properties: { x: { type: 'float' } } },
  })
})

test('a stream without columns has neither fields nor schema, and defaults for type and format', async () => {
  const { catalog } = await catalogWorld()
  catalog.streams.execute('CREATE STREAM demo () WITH (DATASOURCE="demo")')
  expect(catalog.streams.describe('demo')).toMatchObject({ StreamFields: null, Options: { datasource: 'demo' } })
  expect(catalog.streams.schema('demo')).toBeNull()
  expect(catalog.streams.details()).toEqual([{ name: 'demo', type: 'mqtt', format: 'json' }])
})

test('the text forms are those of eKuiper', async () => {
  const { catalog } = await catalogWorld()
  expect(catalog.streams.execute('SHOW STREAMS')).toBe('No stream definitions are found.')
  expect(catalog.streams.execute('SHOW TABLES')).toBe('No table definitions are found.')
  catalog.streams.execute(DEMO)
  catalog.streams.execute('CREATE STREAM another () WITH (DATASOURCE="x")')
  expect(catalog.streams.execute('SHOW STREAMS')).toBe('another\ndemo')
  expect(catalog.streams.execute('DESCRIBE STREAM demo')).toBe(
    `Fields\n${'-'.repeat(80)}\nid\tbigint\ntemperature\tfloat\ntags\tarray(string)\npos\tstruct(x float)\n\nDATASOURCE: demo\nFORMAT: json\nTYPE: mqtt\n`,
  )
  expect(catalog.streams.execute('EXPLAIN STREAM demo')).toBe('TO BE SUPPORTED')
  expect(catalog.streams.execute('DROP STREAM demo')).toBe('Stream demo is dropped.')
  expect(catalog.streams.list()).toEqual(['another'])
})

test.each([
  ['CREATE STREAM demo () WITH (TYPE="mqt")', 'stream_invalid', 'unknown source type "mqt"', 'did you mean "mqtt"?'],
  ['CREATE STREAM demo () WITH (TYPE="../etc")', 'stream_invalid', 'unknown source type "../etc"', 'types are mqtt, simulator'],
  ['CREATE STREAM demo () WITH (FORMAT="jsn")', 'stream_invalid', 'unknown format "jsn"', undefined],
  [
    'CREATE STREAM demo () WITH (CONF_KEY="nowhere")',
    'config_invalid',
    'CONF_KEY "nowhere": etc/mqtt_source.yaml has no such section',
    undefined,
  ],
  ['CREATE STREAM demo () WITH (EXTRA="{\\"qos\\":7}")', 'config_invalid', 'qos: expected a whole number from 0 to 2, got 7', undefined],
  ['CREATE STREAM demo () WITH (SCHEMAID="a.b")', 'stream_invalid', 'format json takes no SCHEMAID', 'leave the option out'],
  [
    'CREATE STREAM `a/b` () WITH (DATASOURCE="x")',
    'config_invalid',
    "id 'a/b' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
    undefined,
  ],
  ['CREATE STREAM ` x` () WITH (DATASOURCE="x")', 'config_invalid', "id ' x' contains leading or trailing whitespace", undefined],
  [
    'CREATE STREAM `<img>` () WITH (DATASOURCE="x")',
    'config_invalid',
    "id '<img>' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
    undefined,
  ],
  ['CREATE TABLE t () WITH (DATASOURCE="x", TYPE="mqt")', 'stream_invalid', 'unknown source type "mqt"', 'did you mean "mqtt"?'],
  ['CREATE TABLE t () WITH (DATASOURCE="x", KIND="lokup")', 'sql_syntax', undefined, 'did you mean "lookup"?'],
  [
    'CREATE TABLE t () WITH (TYPE="simulator", KIND="lookup")',
    'stream_invalid',
    'there are no lookup tables of type "simulator"',
    'types are mqtt',
  ],
  ['CREATE TABLE t () WITH (TYPE="memory", KIND="lookup")', 'stream_invalid', 'lookup table in memory without option KEY', undefined],
  ['CREATE TABLE t () WITH (TYPE="mqtt", FORMAT="binary")', 'stream_invalid', undefined, undefined],
  ['DROP TABLE nothing', 'not_found', 'table nothing is not found', undefined],
  ['SELECT 1 FROM demo', 'sql_invalid', 'expected a statement about streams, got SELECT', 'a SELECT belongs into a rule: POST /rules'],
  ['DROP STREAM nothing', 'not_found', 'stream nothing is not found', undefined],
])('%s is refused', async (sql, code, message, hint) => {
  const { catalog } = await catalogWorld()
  const error = await failureOf(() => catalog.streams.execute(sql))
  expect(error).toMatchObject({ code, ...(message === undefined ? {} : { message }), ...(hint === undefined ? {} : { hint }) })
  expect([...catalog.streams.names()]).toEqual([])
})

test('a statement of a megabyte is refused before it is read', async () => {
  const { catalog } = await catalogWorld()
  const sql = `CREATE STREAM demo () WITH (DATASOURCE="${'x'.repeat(1_000_000)}")`
  expect(await failureOf(() => catalog.streams.execute(sql))).toMatchObject({
    code: 'sql_invalid',
    message: `the statement is ${sql.length} characters long, 262144 are allowed`,
  })
})

test('an error about an option has its place in the statement', async () => {
  const { catalog } = await catalogWorld()
  const error = await failureOf(() => catalog.streams.execute('CREATE STREAM demo ()\nWITH (TYPE="mqt")'))
  expect(error.position).toMatchObject({ line: 2, column: 7 })
})

test('a name that is taken is refused as eKuiper does', async () => {
  const { catalog } = await catalogWorld()
  catalog.streams.execute(PLAIN)
  expect((await failureOf(() => catalog.streams.execute(PLAIN))).message).toBe('Create stream fails: Item demo already exists.')
})

test('names of prototypes are names like others', async () => {
  const { catalog } = await catalogWorld()
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect((await failureOf(() => catalog.streams.describe(name))).message).toBe(`Describe stream fails, ${name} is not found.`)
    expect(catalog.streams.execute(`CREATE STREAM ${name} () WITH (DATASOURCE="x")`)).toBe(`Stream ${name} is created.`)
  }
  expect(catalog.streams.list()).toEqual(['__proto__', 'constructor', 'toString'])
})

test('a replacement changes the definition, and creates the stream when there is none', async () => {
  const { catalog } = await catalogWorld()
  expect(catalog.streams.replace('demo', PLAIN)).toBe('Stream demo is replaced.')
  expect(catalog.streams.replace('demo', DEMO)).toBe('Stream demo is replaced.')
  expect(catalog.streams.schema('demo')).toMatchObject({ id: { type: 'bigint' } })
})

test.each([
  [
    'CREATE STREAM other () WITH (DATASOURCE="x")',
    'Replace stream fails: Replace demo fails: the sql statement must update the demo source.',
  ],
  [
    'CREATE STREAM demo () WITH (DATASOURCE="x", SHARED="true")',
    'Replace stream fails: Replace demo fails: do not support to change stream SHARED option.',
  ],
  [
    'CREATE STREAM demo () WITH (DATASOURCE="x", TEMP="true")',
    'Replace stream fails: Replace demo fails: cannot replace with temp option.',
  ],
  [
    'CREATE STREAM demo () WITH (DATASOURCE="x", VERSION="1")',
    'Replace stream fails: source demo already exists with version (2), new version (1) is lower',
  ],
  ['DROP STREAM demo', 'Replace stream fails: expected CREATE STREAM'],
  ['CREATE STREAM demo () WITH (TYPE="nope")', 'unknown source type "nope"'],
])('replacing by %s is refused and changes nothing', async (sql, message) => {
  const { catalog } = await catalogWorld()
  catalog.streams.execute('CREATE STREAM demo () WITH (DATASOURCE="demo", VERSION="2")')
  expect((await failureOf(() => catalog.streams.replace('demo', sql))).message).toBe(message)
  expect(catalog.streams.describe('demo')).toMatchObject({ Options: { datasource: 'demo', version: '2' } })
})

test('what is kept of reading a stream is dropped with it, and before another one gets its name', async () => {
  const { catalog, engine } = await catalogWorld()
  catalog.streams.execute(PLAIN)
  expect(engine.forgotten).toEqual(['demo'])
  catalog.streams.replace('demo', PLAIN.replace('"demo"', '"other"'))
  expect(engine.forgotten).toEqual(['demo'])
  catalog.streams.execute('DROP STREAM demo')
  expect(engine.forgotten).toEqual(['demo', 'demo'])
})

test('a stream that a rule reads is dropped only by force', async () => {
  const { catalog } = await catalogWorld()
  catalog.streams.execute(PLAIN)
  await catalog.rules.create('{"id":"r1","sql":"SELECT * FROM demo","actions":[{"log":{}}]}')
  expect(await failureOf(() => catalog.streams.drop('demo'))).toMatchObject({
    code: 'stream_invalid',
    message: 'stream demo has been referenced by other rules',
  })
  expect(catalog.streams.drop('demo', { force: true })).toBe('Stream demo is dropped.')
})

test('the configuration of a source is default, CONF_KEY, EXTRA and DATASOURCE', async () => {
  const file = 'default:\n  server: tcp://a\n  qos: 1\nplant:\n  server: tcp://b\n'
  const { catalog } = await catalogWorld({ readFile: (name) => (name === 'etc/mqtt_source.yaml' ? file : undefined) })
  catalog.streams.execute(
    'CREATE STREAM demo () WITH (DATASOURCE="t/#", CONF_KEY="plant", EXTRA="{\\"qos\\":2}", STRICT_VALIDATION="true", SHARED="true")',
  )
  expect(catalog.streams.resolve('demo')).toEqual({
    name: 'demo',
    type: 'mqtt',
    format: 'json',
    strict: true,
    shared: true,
    config: { server: 'tcp://b', qos: 2, datasource: 't/#' },
    codecConfig: {},
  })
})

test('a delimiter goes to the format that has one', async () => {
  const { catalog } = await catalogWorld()
  catalog.streams.execute('CREATE STREAM demo () WITH (DATASOURCE="x", FORMAT="delimited", DELIMITER=";")')
  catalog.streams.execute('CREATE STREAM other () WITH (DATASOURCE="x", DELIMITER=";")')
  expect(catalog.streams.resolve('demo').codecConfig).toEqual({ delimiter: ';' })
  expect(catalog.streams.resolve('other').codecConfig).toEqual({})
})

test('properties that only the format knows go to the format, from EXTRA and from files', async () => {
  const file = 'plant:\n  qos: 1\n  hasHeader: true\n'
  const { catalog } = await catalogWorld({ readFile: (name) => (name === 'etc/mqtt_source.yaml' ? file : undefined) })
  catalog.streams.execute('CREATE STREAM one () WITH (FORMAT="delimited", EXTRA="{\\"hasHeader\\":true,\\"qos\\":2}")')
  catalog.streams.execute('CREATE STREAM two () WITH (FORMAT="delimited", DELIMITER=";", CONF_KEY="plant")')
  expect(catalog.streams.resolve('one')).toMatchObject({ config: { qos: 2 }, codecConfig: { hasHeader: true } })
  expect(catalog.streams.resolve('two')).toMatchObject({ config: { qos: 1 }, codecConfig: { hasHeader: true, delimiter: ';' } })
  const wrong = 'CREATE STREAM three () WITH (FORMAT="delimited", EXTRA="{\\"hasHeader\\":3}")'
  expect(await failureOf(() => catalog.streams.execute(wrong))).toMatchObject({ code: 'config_invalid' })
  const other = 'CREATE STREAM four () WITH (FORMAT="json", EXTRA="{\\"hasHeader\\":true}")'
  expect(await failureOf(() => catalog.streams.execute(other))).toMatchObject({ code: 'config_invalid' })
})

test('secrets in EXTRA are not shown', async () => {
  const { catalog } = await catalogWorld()
  catalog.streams.execute(
    'CREATE STREAM demo () WITH (DATASOURCE="x", EXTRA="{\\"password\\":\\"hunter2\\",\\"server\\":\\"tcp://u:hunter2@h\\"}")',
  )
  expect(JSON.stringify(catalog.streams.describe('demo'))).not.toContain('hunter2')
  expect(catalog.streams.execute('DESCRIBE STREAM demo')).not.toContain('hunter2')
  expect(catalog.streams.resolve('demo').config).toMatchObject({ password: 'hunter2' })
})

test('streams survive a restart, temporary ones do not', async () => {
  const file = path.join(temporaryFolder(), 'store.db')
  const before = openStore(file)
  const first = await catalogWorld({ store: before })
  first.catalog.streams.execute(DEMO)
  first.catalog.streams.execute('CREATE STREAM gone () WITH (DATASOURCE="x", TEMP="true")')
  first.catalog.streams.execute('CREATE STREAM dropped () WITH (DATASOURCE="x")')
  first.catalog.streams.execute('DROP STREAM dropped')
  before.close()
  const after = openStore(file)
  const second = await catalogWorld({ store: after })
  expect(second.catalog.streams.list()).toEqual(['demo'])
  expect(second.catalog.streams.plan('demo')?.columns).toEqual(first.catalog.streams.plan('demo')?.columns)
  after.close()
})

test('a stored statement that cannot be read is left out with a line in the log', async () => {
  const first = await catalogWorld()
  first.store.set('stream', 'broken', 'CREATE NONSENSE')
  first.store.set('stream', 'good', PLAIN.replace('demo', 'good'))
  const { catalog, log } = await catalogWorld({ store: first.store })
  expect(catalog.streams.list()).toEqual(['good'])
  expect(log.of('error')).toEqual(['a stored stream cannot be read'])
})

test('tables are created, listed by kind, described, replaced and dropped as streams are, under names of their own', async () => {
  const { catalog } = await catalogWorld()
  const { streams } = catalog
  expect(streams.execute('CREATE TABLE t1 (id bigint) WITH (DATASOURCE="x", TYPE="simulator", RETAIN_SIZE="3")')).toBe(
    'Table t1 is created.',
  )
  expect(streams.execute('CREATE TABLE t2 () WITH (DATASOURCE="x", TYPE="mqtt", KIND="LOOKUP", KEY="id")')).toBe('Table t2 is created.')
  streams.execute(PLAIN)
  expect([streams.list(), streams.list('table'), streams.list('table', 'scan'), streams.list('table', 'lookup')]).toEqual([
    ['demo'],
    ['t1', 't2'],
    ['t1'],
    ['t2'],
  ])
  expect(streams.execute('SHOW TABLES')).toBe('t1\nt2')
  expect(streams.execute('SHOW STREAMS')).toBe('demo')
  expect(streams.details('table')).toEqual([
    { name: 't1', type: 'simulator', format: 'json' },
    { name: 't2', type: 'mqtt', format: 'json' },
  ])
  expect(streams.describe('t1', 'table')).toMatchObject({ Name: 't1', StreamType: 1, Options: { retainSize: 3 } })
  expect((await failureOf(() => streams.describe('t1'))).message).toBe('Describe stream fails, t1 is not found.')
  expect((await failureOf(() => streams.describe('demo', 'table'))).message).toBe('Describe table fails, demo is not found.')
  expect((await failureOf(() => streams.execute('CREATE TABLE demo () WITH (DATASOURCE="x", TYPE="mqtt")'))).message).toBe(
    'Create table fails: Item demo already exists.',
  )
  expect((await failureOf(() => streams.replace('demo', 'CREATE TABLE demo () WITH (TYPE="mqtt")', 'table'))).message).toBe(
    'Replace table fails: Replace demo fails: it is a stream.',
  )
  expect((await failureOf(() => streams.drop('demo', { what: 'table' }))).message).toBe('table demo is not found')
  expect(streams.replace('t1', 'CREATE TABLE t1 () WITH (DATASOURCE="y", TYPE="mqtt")', 'table')).toBe('Table t1 is replaced.')
  expect(streams.execute('DROP TABLE t1')).toBe('Table t1 is dropped.')
})

test('statements see tables with their kind and what they keep, and streams with the column of their time', async () => {
  const { catalog } = await catalogWorld()
  const { streams } = catalog
  streams.execute('CREATE TABLE all_rows () WITH (TYPE="mqtt", RETAIN_SIZE="7")')
  streams.execute('CREATE TABLE last_row () WITH (TYPE="mqtt")')
  streams.execute('CREATE TABLE asked () WITH (TYPE="mqtt", KIND="lookup", KEY="id")')
  streams.execute('CREATE STREAM timed (t string) WITH (DATASOURCE="x", TIMESTAMP="t", TIMESTAMP_FORMAT="YYYY-MM-dd", KEY="id")')
  expect(['all_rows', 'last_row', 'asked', 'timed', 'none'].map((name) => streams.plan(name))).toEqual([
    { name: 'all_rows', table: 'scan', retain: 7 },
    { name: 'last_row', table: 'scan', retain: 1 },
    { name: 'asked', table: 'lookup', key: 'id' },
    { name: 'timed', columns: [{ name: 't', type: { kind: 'string' } }], timestamp: 't', key: 'id' },
    undefined,
  ])
  expect(streams.resolve('timed')).toMatchObject({ timestamp: 't', timestampFormat: 'YYYY-MM-dd', key: 'id' })
  expect(streams.resolve('asked')).toMatchObject({ key: 'id' })
})

test('EXPLAIN SELECT answers with the plan, and with the errors of the statement', async () => {
  const { catalog } = await catalogWorld()
  catalog.streams.execute('CREATE STREAM demo (device string, a bigint) WITH (DATASOURCE="x", KEY="device")')
  expect(catalog.streams.execute('EXPLAIN SELECT a FROM demo WHERE a > 1').split('\n')).toEqual([
    '{"op":"ProjectPlan_0","info":"Fields:[ a ]"}',
    '\t{"op":"FilterPlan_1","info":"Condition:{ (a > 1) }"}',
    '\t\t{"op":"DataSourcePlan_2","info":"StreamName: demo, StreamFields:[ a bigint ]"}',
    '{"parallelism":"stateless","pushedDown":[],"rules":[]}',
  ])
  expect(() => catalog.streams.execute('EXPLAIN SELECT b FROM demo')).toThrow(
    expect.objectContaining({ code: 'sql_invalid', position: { line: 1, column: 16, length: 1 } }),
  )
})

test('a temporary stream is read by temporary rules only', async () => {
  const { catalog } = await catalogWorld()
  catalog.streams.execute('CREATE STREAM demo () WITH (DATASOURCE="x", TEMP="true")')
  const rule = { id: 'r1', sql: 'SELECT * FROM demo', actions: [{ log: {} }] }
  expect(await failureOf(() => catalog.rules.create(JSON.stringify(rule)))).toMatchObject({
    code: 'rule_invalid',
    message: 'temp stream demo can only be used by temp rules',
  })
  expect(await catalog.rules.create(JSON.stringify({ ...rule, temp: true }))).toBe('r1')
})
