import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Body, ROOT, ServerProcess } from '../support/server-process.ts'

/** What eKuiper's clients compare: status and text, byte for byte. One list after the other, on one server. */
type Step = readonly [call: string, body: Body | undefined, status: number, answer: string | RegExp]

let server: ServerProcess
beforeAll(async () => {
  server = await ServerProcess.start({ broker: true })
})
afterAll(() => server.stop())

const demo = { sql: 'CREATE STREAM demo (id BIGINT, tags ARRAY(STRING), pos STRUCT(x FLOAT)) WITH (DATASOURCE="demo", FORMAT="json")' }
const plain = { sql: 'CREATE STREAM plain () WITH (TYPE="mqtt", DATASOURCE="plain", FORMAT="json", SHARED="true")' }
const rule = { id: 'rule1', sql: 'SELECT id FROM demo WHERE id > 1', actions: [{ log: {} }] }
const zip = new Uint8Array(readFileSync(path.join(ROOT, 'plugins/mysql/prebuilt/mysql.zip')))
const file = `file://${path.join(ROOT, 'plugins/mysql/prebuilt/mysql.zip')}`
const refused = (message: string): RegExp =>
  new RegExp(`^\\{"error":\\d+,"message":"${message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}.*\\}\\n$`)

const STREAMS: readonly Step[] = [
  ['GET /streams', undefined, 200, '[]'],
  ['GET /tables', undefined, 200, '[]'],
  ['POST /streams', { sql: 'SHOW STREAMS' }, 201, 'No stream definitions are found.'],
  ['POST /tables', { sql: 'SHOW TABLES' }, 201, 'No table definitions are found.'],
  ['POST /streams', demo, 201, 'Stream demo is created.'],
  ['POST /streams', demo, 400, refused('Stream command error: Create stream fails: Item demo already exists.')],
  ['POST /streams', plain, 201, 'Stream plain is created.'],
  ['POST /streams', '{"sql":', 400, refused('Invalid body: Error decoding the statement descriptor: ')],
  ['POST /streams', { sql: 'EXPLAIN STREAM demo' }, 201, 'TO BE SUPPORTED'],
  ['POST /streams', { sql: 'SHOW STREAMS' }, 201, 'demo\nplain'],
  ['GET /streams', undefined, 200, '["demo","plain"]'],
  ['GET /streamdetails', undefined, 200, '[{"name":"demo","type":"mqtt","format":"json"},{"name":"plain","type":"mqtt","format":"json"}]'],
  [
    'GET /streams/demo',
    undefined,
    200,
    '{"Name":"demo","StreamFields":[{"FieldType":"bigint","Name":"id"},{"FieldType":{"Type":"array","ElementType":"string"},"Name":"tags"},' +
      '{"FieldType":{"Type":"struct","Fields":[{"FieldType":"float","Name":"x"}]},"Name":"pos"}],' +
      '"Options":{"datasource":"demo","format":"json"},"StreamType":0,"Statement":null}',
  ],
  [
    'GET /streams/plain',
    undefined,
    200,
    '{"Name":"plain","StreamFields":null,"Options":{"datasource":"plain","format":"json","type":"mqtt","shared":true},"StreamType":0,"Statement":null}',
  ],
  ['GET /streams/demo/schema', undefined, 200, /^\{"id":\{"type":"bigint",.*"tags":\{"type":"array","items":\{"type":"string"\}/],
  ['GET /streams/plain/schema', undefined, 200, 'null'],
  ['GET /streams/nobody', undefined, 400, refused('describe stream error: Describe stream fails, nobody is not found.')],
  ['GET /streams/nobody/schema', undefined, 400, refused('get schema of stream error: ')],
  ['PUT /streams/demo', { sql: `${demo.sql.slice(0, -1)}, KEY="id")` }, 200, 'Stream demo is replaced.'],
  ['PUT /streams/fresh', { sql: 'CREATE STREAM fresh () WITH (DATASOURCE="fresh")' }, 200, 'Stream fresh is replaced.'],
  ['PUT /streams/demo', plain, 400, refused('Stream command error: Replace stream fails: ')],
  [
    'PUT /streams/plain',
    { sql: 'CREATE STREAM plain () WITH (DATASOURCE="plain")' },
    400,
    /Replace plain fails: do not support to change stream SHARED option\./,
  ],
  ['DELETE /streams/fresh', undefined, 200, 'Stream fresh is dropped.'],
  ['DELETE /streams/fresh', undefined, 404, refused('delete stream error: stream fresh is not found')],
  ['POST /streams', { sql: 'DROP STREAM plain' }, 201, 'Stream plain is dropped.'],
]

const RULES: readonly Step[] = [
  ['GET /rules', undefined, 200, '[]'],
  ['POST /rules/validate', rule, 200, '{"sources":["demo"],"valid":true}'],
  ['POST /rules/validate', { ...rule, actions: [] }, 422, 'invalid rule json: Missing rule actions.'],
  ['POST /rules', rule, 201, 'Rule rule1 was created successfully.'],
  ['POST /rules', rule, 400, refused('rule rule1 already exists')],
  ['POST /rules', { ...rule, id: 'idle', triggered: false }, 201, 'Rule idle was created successfully.'],
  ['GET /rules/rule1', undefined, 200, JSON.stringify(rule)],
  [
    'GET /rules',
    undefined,
    200,
    '[{"id":"idle","name":"idle","status":"stopped","version":"","trace":false,"tags":null},' +
      '{"id":"rule1","name":"rule1","status":"running","version":"","trace":false,"tags":null}]',
  ],
  ['GET /rules/rule1/status', undefined, 200, /^\{\n {2}"status": "running",\n {2}"message": "",\n {2}"lastStartTimestamp": \d{13},/],
  ['GET /v2/rules/rule1/status', undefined, 200, /^\{"status":"running","message":"","lastStartTimestamp":\d{13},/],
  [
    'GET /rules/status/all',
    undefined,
    200,
    '{"idle":{"status":"stopped","last_exception":"","exceptions_total":0},"rule1":{"status":"running","last_exception":"","exceptions_total":0}}',
  ],
  ['GET /rules/rule1/topo', undefined, 200, /^\{"sources":\["source_demo"\],"edges":\{"source_demo":\["op_/],
  ['GET /rules/rule1/explain', undefined, 200, /^\{"op":"ProjectPlan_0","info":"Fields:\[ /],
  ['POST /rules/rule1/stop', undefined, 200, 'Rule rule1 was stopped.'],
  ['GET /rules/rule1', undefined, 200, JSON.stringify({ ...rule, triggered: false })],
  ['POST /rules/rule1/start', undefined, 200, 'Rule rule1 was started'],
  ['POST /rules/rule1/restart', undefined, 200, 'Rule rule1 was restarted'],
  ['PUT /rules/rule1', { sql: 'SELECT id FROM demo', actions: [{ nop: {} }] }, 200, 'Rule rule1 was updated successfully.'],
  [
    'PUT /rules/rule1',
    { sql: 'SELECT id FROM nobody', actions: [{ nop: {} }] },
    400,
    refused('Update rule error: fail to get stream nobody'),
  ],
  ['GET /rules/rule1', undefined, 200, '{"sql":"SELECT id FROM demo","actions":[{"nop":{}}]}'],
  ['GET /v2/rules/rule1/status', undefined, 200, /^\{"status":"running"/],
  ['PUT /rules/rule2', { sql: 'SELECT id FROM demo', actions: [{ nop: {} }] }, 200, 'Rule rule2 was updated successfully.'],
  [
    'PUT /rules/rule2',
    { ...rule, id: 'rule1' },
    400,
    refused('Update rule error: invalid rule json: RuleId is not consistent with rule id.'),
  ],
  ['DELETE /streams/demo', undefined, 400, refused('stream demo has been referenced by other rules')],
  [
    'GET /rules/idle/topo',
    undefined,
    400,
    refused("get rule topo error: Fail to get rule idle's topo, make sure the rule has been started before"),
  ],
  ['DELETE /rules/rule2', undefined, 200, 'Rule rule2 is dropped.'],
  ['GET /rules/rule2', undefined, 404, refused('Describe rule error: Rule rule2 is not found.')],
  ['DELETE /rules/rule2', undefined, 400, refused('Delete rule error: rule rule2 not found')],
  ['GET /rules/rule2/status', undefined, 404, refused('get rule status error: Rule rule2 is not found')],
  ['GET /rules/rule2/topo', undefined, 404, refused('get rule topo error: Rule rule2 is not found')],
  ['GET /rules/rule2/explain', undefined, 404, refused('explain rules error: Rule rule2 is not found.')],
  ...['start', 'stop', 'restart'].map((verb): Step => [
    `POST /rules/rule2/${verb}`,
    undefined,
    404,
    refused(`${verb} rule error: Rule rule2 is not found in registry, please check if it is created`),
  ]),
  ['POST /rules', '{"id":"x"', 400, refused('invalid rule json: Parse rule  error : ')],
  ['POST /rules', { ...rule, id: '' }, 400, refused('invalid rule json: Missing rule id.')],
  ['POST /rules', { id: 'x', actions: [{ log: {} }] }, 400, refused('invalid rule json: Rule x has neither sql nor graph.')],
  ['POST /rules', { ...rule, graph: { nodes: {} } }, 400, refused('invalid rule json: Rule rule1 has both sql and graph.')],
  ['DELETE /rules/idle', undefined, 200, 'Rule idle is dropped.'],
  ['DELETE /streams/demo?force=true', undefined, 200, 'Stream demo is dropped.'],
]

const PLUGINS: readonly Step[] = [
  ['GET /plugins/sources', undefined, 200, '[]'],
  ['GET /plugins/sinks', undefined, 200, '[]'],
  ['GET /plugins/functions', undefined, 200, '[]'],
  ['GET /plugins/sinks/mysql', undefined, 404, refused('describe sinks plugin mysql error: not found')],
  ['POST /plugins/sinks', { name: 'mysql', file }, 201, 'sinks plugin mysql is created'],
  ['POST /plugins/sinks', { name: 'mysql', file }, 400, refused('sinks plugins create command error: invalid name mysql: duplicate')],
  ['GET /plugins/sinks', undefined, 200, '["mysql"]'],
  ['GET /plugins/sinks/mysql', undefined, 200, /^\{"name":"mysql","version":"1\.0\.0"/],
  ['PUT /plugins/sinks/mysql', { name: 'mysql', file }, 200, 'sinks plugin mysql is updated'],
  ['DELETE /plugins/sinks/mysql?stop=1', undefined, 200, 'sinks plugin mysql is deleted'],
  ['GET /plugins/sinks', undefined, 200, '[]'],
  ['POST /plugins', zip, 201, 'sinks plugin mysql is created'],
  ['DELETE /plugins/sinks/mysql', undefined, 200, 'sinks plugin mysql is deleted'],
  ['POST /plugins/sinks', { name: '', file }, 400, refused('sinks plugins create command error: invalid name : should not be empty')],
  [
    'POST /plugins/sinks',
    { name: 'a', file: 'ftp://x/a.zip' },
    400,
    refused('sinks plugins create command error: invalid uri ftp://x/a.zip'),
  ],
  [
    'POST /plugins/sinks',
    { name: 'a', file: 'http://x/a.tar' },
    400,
    refused('sinks plugins create command error: invalid uri http://x/a.tar'),
  ],
  ['POST /plugins/sources', '{', 400, refused('Invalid body: Error decoding the sources plugin json: ')],
]

const OTHERS: readonly Step[] = [
  ['GET /ping', undefined, 200, ''],
  ['GET /', undefined, 200, /^\{"version":"\d+\.\d+\.\d+","os":"\w+","arch":"\w+","upTimeSeconds":\d+/],
  ['GET /nothing', undefined, 404, '404 page not found\n'],
  ['DELETE /rules', undefined, 405, ''],
  ['PUT /ping', undefined, 405, ''],
]

describe.each([
  ['streams', STREAMS],
  ['rules', RULES],
  ['plugins', PLUGINS],
  ['the rest', OTHERS],
] as [string, readonly Step[]][])('%s', (_, steps) => {
  test.each(steps.map((step, i) => ({ name: `${i + 1}: ${step[0]}`, step })))('$name', async ({ step: [call, body, status, answer] }) => {
    const [method = '', target = ''] = call.split(' ')
    const { status: got, text, headers } = await server.request(method, target, body)
    expect({ status: got, text }).toEqual({ status, text: typeof answer === 'string' ? answer : expect.stringMatching(answer) })
    if (text.startsWith('{') && status < 400 && !target.endsWith('/explain'))
      expect(headers.get('content-type')).toMatch(/^application\/json/)
  })
})

test('the document of the API names every operation that was called here', async () => {
  const { paths } = JSON.parse(await server.expect('GET', '/openapi.json')) as { paths: Record<string, Record<string, unknown>> }
  const known = Object.entries(paths).flatMap(([target, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${target}`),
  )
  const called = [...STREAMS, ...RULES, ...PLUGINS].map(([call]) => call.replace(/\?.*/, ''))
  const patterns = known.map((one) => new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`))
  expect(called.filter((call) => !patterns.some((pattern) => pattern.test(call)))).toEqual([])
})

test('POST /stop answers and ends the server', async () => {
  const own = await ServerProcess.start()
  expect(await own.request('POST', '/stop')).toMatchObject({ status: 200, text: 'stop success' })
  expect(await own.stop('SIGCONT')).toMatchObject({ code: 0, err: '' })
})
