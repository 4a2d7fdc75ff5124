import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Hono } from 'hono'
import { expect, test } from 'vitest'
import { allRoutes, type AppParts, createApp } from '../../../src/server/app.ts'
import { catalogWorld, type CatalogWorld, fakeZip, temporaryFolder } from '../../support/catalog.ts'

interface World extends CatalogWorld {
  readonly app: Hono
  readonly parts: AppParts
  readonly stops: number[]
}

async function world(more: Partial<AppParts> = {}): Promise<World> {
  const made = await catalogWorld()
  const stops: number[] = []
  const settings = { basic: { restIp: '127.0.0.1', maxBodySize: 10 * 1024 * 1024 }, plugin: { maxZipSize: 20 * 1024 * 1024 } }
  const parts: AppParts = { ...made, version: '1.2.3', settings, stop: () => void stops.push(1), ...more }
  return { ...made, app: createApp(parts), parts, stops }
}

async function ask({ app }: World, request: string, body?: unknown, headers: Record<string, string> = {}) {
  const [method = 'GET', url = '/'] = request.split(' ')
  const init =
    body === undefined
      ? { method, headers }
      : { method, headers, body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }
  const response = await app.request(url, init)
  const text = await response.text()
  return {
    status: response.status,
    text,
    type: response.headers.get('content-type') ?? '',
    headers: response.headers,
    json: () => JSON.parse(text) as Record<string, unknown>,
  }
}

const RULE = { id: 'r1', sql: 'SELECT * FROM demo', actions: [{ log: {} }] }
const DEMO = { sql: 'CREATE STREAM demo (id bigint) WITH (DATASOURCE="demo", FORMAT="json", TYPE="mqtt")' }

async function withRule(): Promise<World> {
  const made = await world()
  await ask(made, 'POST /streams', DEMO)
  await ask(made, 'POST /rules', RULE)
  return made
}

test.each<[string, unknown, number, string]>([
  ['GET /ping', undefined, 200, ''],
  ['POST /streams', { sql: 'CREATE STREAM other () WITH (DATASOURCE="x")' }, 201, 'Stream other is created.'],
  ['POST /streams', { sql: 'SHOW STREAMS' }, 201, 'demo'],
  ['GET /streams', undefined, 200, '["demo"]'],
  ['GET /streamdetails', undefined, 200, '[{"name":"demo","type":"mqtt","format":"json"}]'],
  [
    'GET /streams/demo',
    undefined,
    200,
    '{"Name":"demo","StreamFields":[{"FieldType":"bigint","Name":"id"}],"Options":{"datasource":"demo","format":"json","type":"mqtt"},"StreamType":0,"Statement":null}',
  ],
  ['GET /streams/demo/schema', undefined, 200, '{"id":{"type":"bigint","hasIndex":true,"index":0}}'],
  ['PUT /streams/demo', DEMO, 200, 'Stream demo is replaced.'],
  ['PUT /streams/fresh', { sql: 'CREATE STREAM fresh () WITH (DATASOURCE="x")' }, 200, 'Stream fresh is replaced.'],
  ['DELETE /streams/demo?force=true', undefined, 200, 'Stream demo is dropped.'],
  ['GET /tables', undefined, 200, '[]'],
  ['GET /tabledetails', undefined, 200, '[]'],
  ['POST /tables', { sql: 'SHOW TABLES' }, 201, 'No table definitions are found.'],
  ['GET /tables?kind=lookup', undefined, 200, '[]'],
  ['POST /tables', { sql: 'CREATE TABLE t () WITH (TYPE="mqtt")' }, 201, 'Table t is created.'],
  ['PUT /tables/t', { sql: 'CREATE TABLE t () WITH (TYPE="mqtt")' }, 200, 'Table t is replaced.'],
  ['GET /rules', undefined, 200, '[{"id":"r1","name":"r1","status":"running","version":"","trace":false,"tags":null}]'],
  ['POST /rules', { ...RULE, id: 'r2' }, 201, 'Rule r2 was created successfully.'],
  ['GET /rules/r1', undefined, 200, JSON.stringify(RULE)],
  ['PUT /rules/r1', RULE, 200, 'Rule r1 was updated successfully.'],
  ['DELETE /rules/r1', undefined, 200, 'Rule r1 is dropped.'],
  ['POST /rules/r1/start', undefined, 200, 'Rule r1 was started'],
  ['POST /rules/r1/stop', undefined, 200, 'Rule r1 was stopped.'],
  ['POST /rules/r1/restart', undefined, 200, 'Rule r1 was restarted'],
  ['DELETE /ruletest/t1', undefined, 200, 'Test rule t1 was stopped.'],
  [
    'GET /rules/r1/status',
    undefined,
    200,
    '{\n  "status": "running",\n  "message": "",\n  "lastStartTimestamp": 0,\n  "lastStopTimestamp": 0,\n  "nextStartTimestamp": 0\n}',
  ],
  [
    'GET /v2/rules/r1/status',
    undefined,
    200,
    '{"status":"running","message":"","lastStartTimestamp":0,"lastStopTimestamp":0,"nextStartTimestamp":0}',
  ],
  ['GET /rules/status/all', undefined, 200, '{"r1":{"status":"running","last_exception":"","exceptions_total":0}}'],
  ['GET /rules/r1/topo', undefined, 200, '{"sources":["source_demo"],"edges":{"source_demo":["op_2_project"]}}'],
  ['POST /rules/validate', { ...RULE, id: 'r3' }, 200, '{"sources":["demo"],"valid":true}'],
  ['POST /rules/validate', { ...RULE, actions: [] }, 422, 'invalid rule json: Missing rule actions.'],
  ['GET /plugins', undefined, 200, '[]'],
  ['GET /plugins/sinks', undefined, 200, '[]'],
  ['POST /stop', undefined, 200, 'stop success'],
  ['GET /nowhere', undefined, 404, '404 page not found\n'],
  ['GET /streams/', undefined, 404, '404 page not found\n'],
  ['GET /Streams', undefined, 404, '404 page not found\n'],
  ['PATCH /streams', undefined, 405, ''],
  ['DELETE /rules', undefined, 405, ''],
])('%s %j answers %i', async (request, body, status, text) => {
  const answer = await ask(await withRule(), request, body)
  expect([answer.status, answer.text]).toEqual([status, text])
})

test.each<[string, unknown, number, number, string]>([
  [
    'POST /streams',
    '{',
    400,
    1000,
    "Invalid body: Error decoding the statement descriptor: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
  ],
  ['POST /streams', '', 400, 1000, 'Invalid body: Error decoding the statement descriptor: Unexpected end of JSON input'],
  ['POST /streams', '5', 400, 1000, 'Invalid body: Error decoding the statement descriptor: expected an object'],
  ['POST /streams', {}, 400, 1000, 'Invalid body: Error decoding the statement descriptor: sql: is required'],
  [
    'POST /streams',
    { sq: 'x' },
    400,
    1000,
    'Invalid body: Error decoding the statement descriptor: sql: is required; unknown field "sq"; did you mean "sql"?',
  ],
  ['POST /streams', { sql: 5 }, 400, 1000, 'Invalid body: Error decoding the statement descriptor: sql: expected a text, got 5'],
  ['POST /streams', DEMO, 400, 3000, 'Stream command error: Create stream fails: Item demo already exists.'],
  ['POST /tables', { sql: 'CREATE TABLE t () WITH (TYPE="none")' }, 400, 3000, 'Table command error: unknown source type "none"'],
  ['GET /tables/demo', undefined, 400, 3000, 'describe table error: Describe table fails, demo is not found.'],
  ['DELETE /tables/demo', undefined, 404, 1002, 'delete table error: table demo is not found'],
  ['GET /streams/x', undefined, 400, 3000, 'describe stream error: Describe stream fails, x is not found.'],
  ['GET /streams/x/schema', undefined, 400, 3000, 'get schema of stream error: Describe stream fails, x is not found.'],
  [
    'GET /streams/a%2Fb',
    undefined,
    400,
    1000,
    "describe stream error: id 'a/b' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
  ],
  [
    'GET /streams/%2e%2e%2f%2e%2e',
    undefined,
    400,
    1000,
    "describe stream error: id '../..' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
  ],
  [
    "GET /rules/x'%20OR%20'1'='1",
    undefined,
    400,
    1000,
    "Describe rule error: id 'x' OR '1'='1' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
  ],
  [
    'PUT /streams/demo',
    { sql: 'CREATE STREAM other () WITH (DATASOURCE="x")' },
    400,
    3000,
    'Stream command error: Replace stream fails: Replace demo fails: the sql statement must update the demo source.',
  ],
  ['DELETE /streams/x', undefined, 404, 1002, 'delete stream error: stream x is not found'],
  ['DELETE /streams/demo', undefined, 400, 3000, 'stream demo has been referenced by other rules'],
  [
    'POST /rules',
    '{',
    400,
    4000,
    "invalid rule json: Parse rule  error : Expected property name or '}' in JSON at position 1 (line 1 column 2)",
  ],
  ['POST /rules', RULE, 400, 1000, 'rule r1 already exists'],
  [
    'POST /rules',
    { ...RULE, id: 'a b' },
    400,
    1000,
    "id 'a b' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
  ],
  ['POST /rules', { ...RULE, id: 'r2', actions: [] }, 400, 4000, 'invalid rule json: Missing rule actions.'],
  [
    'POST /rules',
    { ...RULE, id: 'r2', actions: [{ mqtt: { batchSize: -1 } }] },
    400,
    1000,
    'actions[0]: batchSize: expected a whole number of at least 0, got -1',
  ],
  ['GET /rules/x', undefined, 404, 1002, 'Describe rule error: Rule x is not found.'],
  ['PUT /rules/r1', { ...RULE, id: 'r9' }, 400, 4000, 'Update rule error: invalid rule json: RuleId is not consistent with rule id.'],
  ['DELETE /rules/x', undefined, 400, 4000, 'Delete rule error: rule x not found'],
  ['POST /rules/x/start', undefined, 404, 1002, 'start rule error: Rule x is not found in registry, please check if it is created'],
  ['POST /rules/x/stop', undefined, 404, 1002, 'stop rule error: Rule x is not found in registry, please check if it is created'],
  ['POST /rules/x/restart', undefined, 404, 1002, 'restart rule error: Rule x is not found in registry, please check if it is created'],
  ['GET /rules/x/status', undefined, 404, 1002, 'get rule status error: Rule x is not found'],
  ['GET /v2/rules/x/status', undefined, 404, 1002, 'get rule status error: Rule x is not found'],
  ['GET /rules/x/topo', undefined, 404, 1002, 'get rule topo error: Rule x is not found'],
  ['GET /rules/x/explain', undefined, 404, 1002, 'explain rules error: Rule x is not found.'],
  [
    'POST /plugins',
    '{',
    400,
    1000,
    "Invalid body: Error decoding the plugin json: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
  ],
  ['POST /plugins/sinks', '{"name":"mysql"}', 400, 1000, 'Invalid body: Error decoding the sinks plugin json: file: is required'],
  ['POST /plugins/sinks', { file: 'http://h/a.zip' }, 400, 1000, 'sinks plugins create command error: invalid name : should not be empty'],
  [
    'POST /plugins/sinks',
    { name: 'mysql', file: 'ftp://h/a.zip' },
    400,
    1000,
    'sinks plugins create command error: invalid uri ftp://h/a.zip',
  ],
  [
    'POST /plugins/sinks',
    { name: '../..', file: 'http://h/a.zip' },
    400,
    1000,
    "sinks plugins create command error: id '../..' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
  ],
  ['GET /plugins/sinks/x', undefined, 404, 1002, 'describe sinks plugin x error: not found'],
  ['PUT /plugins/sinks/x', { name: 'x', file: 'http://h/a.zip' }, 404, 1002, 'update sinks plugin x error: not found'],
  ['DELETE /plugins/functions/x', undefined, 404, 1002, 'delete functions plugin x error: not found'],
  [
    'DELETE /plugins/sinks/..%2f..',
    undefined,
    400,
    1000,
    "sinks plugins delete command error: id '../..' contains invalid characters: only alphanumeric, hyphens and underscores are allowed",
  ],
  ['GET /metadata/sinks/lgo', undefined, 404, 1002, 'there is no type lgo of sinks'],
])('%s %j is refused', async (...[request, body, status, number, message]) => {
  const answer = await ask(await withRule(), request, body)
  expect(answer.status).toBe(status)
  expect(answer.json()).toMatchObject({ error: number, message, code: expect.any(String) })
  expect(answer.type).toBe('application/json; charset=utf-8')
  expect(answer.text.endsWith('}\n')).toBe(true)
})

test('an error of a statement has position, pointer and hint', async () => {
  const answer = await ask(await withRule(), 'POST /rules', { ...RULE, id: 'r2', sql: 'SELECT *\nFROM dmo' })
  expect(answer.json()).toMatchObject({
    position: { line: 2, column: 6, length: 3 },
    pointer: 'FROM dmo\n     ^^^',
    hint: expect.stringContaining('did you mean "demo"'),
  })
})

test('several errors of one statement come together', async () => {
  const answer = await ask(await withRule(), 'POST /rules', { ...RULE, id: 'r2', sql: 'SELECT nofun(id), nofun2(id) FROM demo' })
  expect((answer.json()['errors'] as object[])[0]).toMatchObject({ message: expect.any(String), pointer: expect.stringContaining('^') })
})

test('the state of the server', async () => {
  const given = await world()
  await given.clock.advance(5500)
  for (const method of ['GET', 'POST']) {
    expect((await ask(given, `${method} /`)).json()).toMatchObject({
      version: '1.2.3',
      os: expect.any(String),
      arch: expect.any(String),
      upTimeSeconds: 5,
      memoryUsed: expect.stringMatching(/^\d+$/),
    })
  }
})

test('a stop comes only by POST', async () => {
  const given = await world()
  expect((await ask(given, 'GET /stop')).status).toBe(405)
  expect(given.stops).toEqual([])
  await ask(given, 'POST /stop')
  expect(given.stops).toEqual([1])
})

test('a plugin is installed, listed, described, updated and deleted', async () => {
  const given = await withRule()
  const file = path.join(temporaryFolder(), 'mysql.zip')
  writeFileSync(file, fakeZip({ name: 'mysql' }))
  const body = { name: 'mysql', file: pathToFileURL(file).href, shellParas: ['x'] }
  const steps = async (request: string, sent?: unknown) => {
    const { status, text } = await ask(given, request, sent)
    return [status, text]
  }
  expect(await steps('POST /plugins/sinks', body)).toEqual([201, 'sinks plugin mysql is created'])
  expect((await ask(given, 'POST /plugins/sinks', body)).json()).toMatchObject({
    message: 'sinks plugins create command error: invalid name mysql: duplicate',
  })
  expect(await steps('GET /plugins/sinks')).toEqual([200, '["mysql"]'])
  expect((await ask(given, 'GET /plugins/sinks/mysql')).json()).toMatchObject({ name: 'mysql', version: '1.0.0' })
  expect(await steps('PUT /plugins/sinks/mysql', body)).toEqual([200, 'sinks plugin mysql is updated'])
  await ask(given, 'POST /rules', { ...RULE, id: 'r2', actions: [{ mysql: {} }] })
  expect((await ask(given, 'DELETE /plugins/sinks/mysql')).json()).toMatchObject({
    message: 'sinks plugins delete command error: sinks plugin mysql is used by rule r2',
  })
  expect(await steps('DELETE /plugins/sinks/mysql?force=true&stop=1')).toEqual([200, 'sinks plugin mysql is deleted'])
})

test('functions of plugins are listed, described and registered', async () => {
  const given = await world()
  await ask(given, 'POST /plugins/functions', fakeZip({ name: 'echo', kinds: ['function'] }))
  expect((await ask(given, 'GET /plugins/udfs')).json()).toEqual(['echo'])
  expect((await ask(given, 'GET /plugins/udfs/echo')).json()).toEqual({ name: 'echo', plugin: 'echo' })
  expect((await ask(given, 'GET /plugins/udfs/other')).status).toBe(404)
  const register = (functions: unknown): ReturnType<typeof ask> => ask(given, 'POST /plugins/functions/echo/register', { functions })
  expect((await register(['echo'])).text).toBe('function plugin echo function list is registered')
  expect((await register(['other'])).json()).toMatchObject({
    message: 'function plugins register command error: the plugin echo has no function other',
  })
  expect((await register('echo')).status).toBe(400)
})

test('a plugin comes as a zip in the body, or in a form', async () => {
  const given = await world()
  const zip = (name: string): Buffer => fakeZip({ name })
  expect((await ask(given, 'POST /plugins', zip('one'), { 'content-type': 'application/zip' })).text).toBe('sinks plugin one is created')
  expect((await ask(given, 'POST /plugins/sinks', zip('two'))).text).toBe('sinks plugin two is created')
  expect((await ask(given, 'PUT /plugins/sinks/two', zip('two'))).text).toBe('sinks plugin two is updated')
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(zip('three'))]), 'three.zip')
  const response = await given.app.request('/plugins', { method: 'POST', body: form })
  expect(await response.text()).toBe('sinks plugin three is created')
  expect((await ask(given, 'POST /plugins', 'nonsense', { 'content-type': 'multipart/form-data; boundary=x' })).json()).toMatchObject({
    message: 'Invalid body: the form cannot be read',
  })
  expect((await ask(given, 'POST /plugins', 'nonsense', { 'content-type': 'application/zip' })).json()).toMatchObject({
    message: 'plugins create command error: fail to install plugin: the file is not a zip',
    hint: 'zip it',
  })
})

test('a body above the limit is refused, announced or not', async () => {
  const given = await world({ settings: { basic: { restIp: '127.0.0.1', maxBodySize: 1000 }, plugin: { maxZipSize: 2000 } } })
  for (const headers of [{}, { 'content-length': '99999' }] as Record<string, string>[]) {
    const answer = await ask(given, 'POST /streams', 'x'.repeat(1001), headers)
    expect(answer.status).toBe(413)
    expect(answer.json()).toMatchObject({ message: 'the body is larger than 1000 bytes' })
  }
  expect((await ask(given, 'POST /plugins', 'x'.repeat(1500))).status).toBe(400)
  expect((await ask(given, 'POST /plugins', 'x'.repeat(2001))).status).toBe(413)
})

test('a statement of a megabyte gives a clean error', async () => {
  const answer = await ask(await withRule(), 'POST /rules', { ...RULE, id: 'r2', sql: `SELECT ${'a,'.repeat(500_000)}a FROM demo` })
  expect(answer.status).toBe(400)
  expect(answer.json()['message']).toMatch(/^the statement is 1000018 characters long, 262144 are allowed$/)
  expect(answer.text.length).toBeLessThan(1000)
})

test('ten thousand nested brackets in SQL or JSON give a clean error', async () => {
  const given = await withRule()
  const sql = await ask(given, 'POST /rules', { ...RULE, id: 'r2', sql: `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)} FROM demo` })
  expect(sql.status).toBe(400)
  const json = await ask(given, 'POST /rules', `{"id":"r2","actions":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)
  expect(json.json()).toMatchObject({ message: 'the body is nested more than 100 levels deep' })
  expect((await ask(given, 'POST /rules', `{"id":"r2","sql":"${'['.repeat(200)}`)).json()['message']).toContain('Parse rule')
})

test('a body that is not UTF-8 is refused', async () => {
  expect((await ask(await world(), 'POST /streams', new Uint8Array([0x7b, 0xff]))).json()).toMatchObject({
    message: 'Stream command error: the body is not UTF-8 text',
  })
})

test('members named as prototypes are data', async () => {
  const given = await withRule()
  const answer = await ask(given, 'POST /streams', '{"__proto__":{"sql":"SHOW STREAMS"}}')
  expect(answer.json()).toMatchObject({ message: expect.stringContaining('sql: is required') })
  for (const name of ['__proto__', 'constructor', 'toString']) {
    expect((await ask(given, `GET /streams/${name}`)).status).toBe(400)
    expect((await ask(given, `GET /rules/${name}`)).status).toBe(404)
    expect((await ask(given, `GET /plugins/sinks/${name}`)).status).toBe(404)
  }
})

test('neither answers nor logs show secrets', async () => {
  const given = await withRule()
  await ask(given, 'POST /rules', { ...RULE, id: 'r2', actions: [{ mqtt: { password: 'hunter2', url: 'u:hunter2@tcp(h)/d' } }] })
  for (const url of ['/rules', '/rules/r2', '/rules/r2/status', '/rules/r2/explain'])
    expect((await ask(given, `GET ${url}`)).text).not.toContain('hunter2')
  const failed = await ask(given, 'POST /plugins/sinks', { name: 'x', file: 'http://u:hunter2@127.0.0.1:1/a.zip' })
  expect(failed.text).not.toContain('hunter2')
  expect(JSON.stringify(given.log.lines)).not.toContain('hunter2')
})

test('a mistake of ours shows neither its stack nor its text to the client', async () => {
  const given = await world()
  const broken = {
    ...given.parts,
    catalog: {
      ...given.catalog,
      streams: {
        list: () => {
          throw new TypeError('secret detail')
        },
      },
    },
  } as unknown as AppParts
  const answer = await ask({ ...given, app: createApp(broken) }, 'GET /streams')
  expect(answer.status).toBe(500)
  expect(answer.json()).toEqual({ error: 1000, message: 'internal error', code: 'internal', hint: 'the log of the server says more' })
  expect(JSON.stringify(given.log.lines)).toContain('secret detail')
})

test.each<[Record<string, string>, number]>([
  [{}, 200],
  [{ host: '127.0.0.1:9081' }, 200],
  [{ host: 'localhost:9081' }, 200],
  [{ host: '[::1]:9081' }, 200],
  [{ host: '127.0.0.1', origin: 'http://localhost:3000' }, 200],
  [{ host: 'evil.example:9081' }, 403],
  [{ host: '127.0.0.1.evil.example' }, 403],
  [{ host: '127.0.0.1', origin: 'https://evil.example' }, 403],
  [{ host: '127.0.0.1', origin: 'null' }, 403],
  [{ host: '127.0.0.1', 'sec-fetch-site': 'cross-site' }, 403],
])('a server on loopback answers a request with %j by %i', async (headers, status) => {
  expect((await ask(await world(), 'GET /', undefined, headers)).status).toBe(status)
})

test('a server that is open to others does not ask for the name it is called by', async () => {
  const given = await world({ settings: { basic: { restIp: '0.0.0.0', maxBodySize: 1000 }, plugin: { maxZipSize: 1000 } } })
  expect((await ask(given, 'GET /', undefined, { host: 'edge-7.plant:9081' })).status).toBe(200)
})

test('answers say that nothing in them is to be run or guessed', async () => {
  const { headers } = await ask(await world(), 'GET /streams')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-security-policy')).toContain("default-src 'none'")
})

test('requests wait until everything is restored', async () => {
  const ready = Promise.withResolvers<void>()
  const given = await world({ ready: ready.promise })
  let answered = false
  const answer = ask(given, 'GET /ping').then((result) => {
    answered = true
    return result
  })
  await new Promise(setImmediate)
  expect(answered).toBe(false)
  ready.resolve()
  expect((await answer).status).toBe(200)
})

test('metadata lists connectors and functions', async () => {
  const given = await world()
  expect((await ask(given, 'GET /metadata/sinks')).json()).toMatchObject([{ name: 'log' }, { name: 'mqtt' }])
  expect((await ask(given, 'GET /metadata/sources/mqtt')).json()).toMatchObject({
    properties: { default: [{ name: 'datasource' }, { name: 'server' }, { name: 'qos' }, { name: 'password' }] },
  })
  expect((await ask(given, 'GET /metadata/sources?kind=lookup')).json()).toMatchObject([
    { name: 'mqtt', about: { description: { en_US: 'The lookup tables mqtt.' } } },
  ])
  expect((await ask(given, 'GET /metadata/sources/mqtt?kind=lookup')).json()).toMatchObject({
    properties: { default: [{ name: 'datasource' }, { name: 'key' }, { name: 'lookup' }] },
  })
})

test('metadata shows functions by category, and one by any of its names', async () => {
  const given = await world()
  const groups: { name: string; functions: { name: string }[] }[] = JSON.parse((await ask(given, 'GET /metadata/functions')).text)
  const math = groups.find(({ name }) => name === 'math')
  expect(math?.functions.find(({ name }) => name === 'power')).toMatchObject({
    signature: 'power(x number, y number) float',
    example: 'power(2, 3)',
    examples: [{ sql: 'power(2, 3)', result: 8 }],
    hint: { en_US: 'x to the power of y.' },
    args: [{ name: 'x', type: 'number', optional: false }, { name: 'y' }],
    return: { type: 'float' },
    aggregate: false,
  })
  expect((await ask(given, 'GET /metadata/functions/POW')).json()).toMatchObject({ name: 'power', aliases: ['pow'] })
  expect((await ask(given, 'GET /metadata/functions/powr')).json()).toMatchObject({ error: 1002, hint: 'did you mean "power"?' })
})

test('every route has its documentation, its answers and exactly the parameters of its path', async () => {
  const { parts } = await world()
  const routes = allRoutes(parts)
  expect(routes.length).toBeGreaterThan(40)
  for (const route of routes) {
    const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(Object.keys(route.params), route.path).toEqual(inPath)
    expect(route.summary, route.path).toMatch(/^[A-Z].*[.?]/)
    expect(Object.keys(route.responses).length, route.path).toBeGreaterThan(0)
    if (route.body !== undefined) expect(route.body.decodeError, route.path).not.toBe('')
    if (route.method === 'GET' || route.method === 'DELETE') expect(route.body, route.path).toBeUndefined()
  }
  expect(new Set(routes.map(({ method, path: at }) => `${method} ${at}`)).size).toBe(routes.length)
})

test('the API document has every route, with unique ids, and references that exist', async () => {
  const given = await world()
  const document = (await ask(given, 'GET /openapi.json')).json() as {
    openapi: string
    paths: Record<string, Record<string, { operationId: string }>>
    components: { schemas: object }
  }
  expect(document.openapi).toBe('3.1.0')
  const operations = Object.entries(document.paths).flatMap(([at, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${at}`),
  )
  expect(operations.toSorted()).toEqual(
    allRoutes(given.parts)
      .map(({ method, path: at }) => `${method} ${at}`)
      .toSorted(),
  )
  const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId))
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g))
    expect(document.components.schemas).toHaveProperty(name ?? '')
})

test('every route answers with the type that it documents, also to nonsense', async () => {
  const given = await withRule()
  for (const route of allRoutes(given.parts)) {
    const url = route.path.replaceAll(/\{\w+\}/g, 'nothing')
    for (const body of route.method === 'POST' || route.method === 'PUT' ? ['', '{}', '[]', 'null', '"x"', '{"sql":""}'] : [undefined]) {
      const { status, type } = await ask(given, `${route.method} ${url}`, body)
      expect([status, url]).not.toEqual([500, url])
      expect(type, `${route.method} ${url}`).toMatch(/^(application\/json|text\/plain)/)
    }
  }
  expect(given.log.of('error')).toEqual([])
})
