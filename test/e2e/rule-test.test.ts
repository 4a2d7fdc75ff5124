import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventReader, SocketClient } from '../support/data-server.ts'
import { ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

let server: ServerProcess

beforeAll(async () => {
  server = await ServerProcess.start({ env: { PLUTINO__SOURCE__HTTPSERVERPORT: '0' } })
  await server.expect('POST', '/streams', { sql: 'CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="json")' })
})

afterAll(async () => {
  await server.stop()
})

async function create(id: string, sql: string, data: readonly unknown[], more: object = {}): Promise<number> {
  const mockSource = { demo: { data, interval: 1, loop: false, ...more } }
  const answer = await server.expect('POST', '/ruletest', { id, sql, mockSource, sinkProps: { sendSingle: true } })
  return (JSON.parse(answer) as { port: number }).port
}

test('a rule test sends its results to who reads them, errors in their place', async () => {
  const port = await create('t1', 'SELECT a + 1 AS b FROM demo', [{ a: 1 }, { a: 'x' }, { a: 2 }])
  const reader = await EventReader.open(port, '/test/t1')
  expect(reader.events).toEqual([])
  expect(await server.expect('POST', '/ruletest/t1/start')).toBe('Test rule t1 was started')
  await until('three results', () => reader.events.length === 3)
  const events = reader.events.map((event) => JSON.parse(event) as Record<string, unknown>)
  expect([events[0], Object.keys(events[1] ?? {}), events[2]]).toEqual([{ b: 2 }, ['error'], { b: 3 }])
  expect(await server.expect('DELETE', '/ruletest/t1')).toBe('Test rule t1 was stopped.')
  await until('the end of the events', () => reader.ended)
  expect((await EventReader.open(port, '/test/t1')).status).toBe(404)
})

test('results wait for the first who reads', async () => {
  const port = await create('t2', 'SELECT a FROM demo', [{ a: 9007199254740993n.toString() }, { a: 2 }])
  await server.expect('POST', '/ruletest/t2/start')
  await create('t3', 'SELECT a FROM demo', [{ a: 1 }], { loop: true })
  await server.expect('POST', '/ruletest/t3/start')
  const other = await EventReader.open(port, '/test/t3')
  await until('results of the other test', () => other.events.length > 5)
  const reader = await EventReader.open(port, '/test/t2')
  await until('both results', () => reader.events.length === 2)
  expect(reader.events).toEqual(['{"a":"9007199254740993"}', '{"a":2}'])
  await server.expect('DELETE', '/ruletest/t2')
  await server.expect('DELETE', '/ruletest/t3')
})

test('a test that explains tells of each row what became of it, in events with a name', async () => {
  const mockSource = { demo: { data: [{ a: 1 }, { a: 2 }], interval: 1, loop: false } }
  const body = { id: 'why', sql: 'SELECT a FROM demo WHERE a > 1', explain: true, mockSource }
  const { port } = JSON.parse(await server.expect('POST', '/ruletest', body)) as { port: number }
  await server.expect('POST', '/ruletest/why/start')
  const reader = await EventReader.open(port, '/test/why')
  await until('three events', () => reader.events.length === 3)
  const dropped = { stream: 'demo', row: 1, what: 'dropped', by: 'WHERE', why: 'a > 1: a is 1' }
  expect(reader.events.toSorted()).toEqual([
    '[{"a":2}]',
    `event: explain\n${JSON.stringify(dropped)}`,
    'event: explain\n{"stream":"demo","row":2,"what":"output","output":1}',
  ])
  await server.expect('DELETE', '/ruletest/why')
})

test('what is wrong is said as for rules, with its place', async () => {
  const refused = await server.refusal('POST', '/ruletest', { id: 't4', sql: 'SELECT a FRM demo', mockSource: {} })
  expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('fail to run rule t4: ') as string, position: { line: 1 } })
  expect(await server.refusal('POST', '/ruletest', '{')).toMatchObject({ status: 400 })
  const message = 'start rule error: try to start test rule none but it is not found'
  expect(await server.refusal('POST', '/ruletest/none/start')).toMatchObject({ status: 404, message })
  expect(await server.expect('DELETE', '/ruletest/none')).toBe('Test rule none was stopped.')
})

test('rows that clients send over WebSocket leave as events; a hundred rules after another leave nothing open', async () => {
  const port = await create('probe', 'SELECT a FROM demo', [])
  for (let i = 0; i < 100; i++) {
    const name = `in${i}`
    await server.expect('POST', '/streams', {
      sql: `CREATE STREAM ${name} (a bigint) WITH (DATASOURCE="/input/${name}", TYPE="websocket")`,
    })
    const rule = {
      id: name,
      sql: `SELECT a FROM ${name}`,
      actions: [{ sse: { endpoint: `/results/${name}` } }],
      options: { sendError: true },
    }
    await server.expect('POST', '/rules', rule)
    await server.connected(name)
    const reader = await EventReader.open(port, `/results/${name}`)
    const client = await SocketClient.open(port, `/input/${name}`)
    client.send('{"a":9223372036854775807}', '{oops', '{"a":1}')
    await until('the results', () => reader.events.length === 3)
    expect(reader.events[0]).toBe('[{"a":9223372036854775807}]')
    expect(reader.events[1]).toMatch(/^\{"error":"cannot parse JSON/)
    await server.expect('DELETE', `/rules/${name}`)
    await server.expect('DELETE', `/streams/${name}`)
    expect(await client.closed).toBe(1001)
    await until('the end of the events', () => reader.ended)
  }
  expect((await EventReader.open(port, '/results/in0')).status).toBe(404)
})
