import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packPlugin } from '../../plugin-sdk/assemblyscript/build/pack.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { ROOT, ServerProcess } from '../support/server-process.ts'

let server: ServerProcess
let listener: MqttListener

async function install(kind: string, folder: string): Promise<string> {
  const { zip } = await packPlugin(path.join(ROOT, folder))
  return server.expect('POST', `/plugins/${kind}`, new Uint8Array(zip))
}

async function rule(id: string, sql: string): Promise<void> {
  const actions = [{ mqtt: { server: `tcp://127.0.0.1:${server.brokerPort}`, topic: id, sendSingle: true } }]
  await server.expect('POST', '/rules', { id, sql, actions })
  await server.connected(id)
}

beforeAll(async () => {
  server = await ServerProcess.start({ broker: true })
  listener = await MqttListener.connect(server.brokerPort)
}, 60_000)
afterAll(async () => {
  await listener.close()
  await server.stop()
})

test('a source that is a plugin feeds a stream, with the configuration of its package and of the stream', async () => {
  expect(await install('sources', 'plugins/random')).toBe('sources plugin random is created')
  expect(JSON.parse(await server.expect('GET', '/plugins/sources/random'))).toMatchObject({
    name: 'random',
    version: '1.0.0',
    kinds: ['source'],
  })
  await server.expect('POST', '/streams', { sql: 'CREATE STREAM numbers () WITH (TYPE="random", CONF_KEY="dedup")' })
  await rule('fromplugin', 'SELECT count FROM numbers')
  const messages = await listener.received('fromplugin', 5)
  const counts = messages.map((one) => JSON.parse(one).count)
  expect(counts.every((count) => count >= 50 && count < 100)).toBe(true)
  expect(new Set(counts).size).toBe(counts.length)
  const wrong = await server.refusal('POST', '/streams', { sql: 'CREATE STREAM other () WITH (TYPE="random", CONF_KEY="dedupe")' })
  expect(wrong).toMatchObject({ hint: 'did you mean "dedup"?' })
}, 60_000)

test('functions that are plugins are used like built-in ones, checked when the rule is created', async () => {
  expect(await install('functions', 'plugins/echo')).toBe('functions plugin echo is created')
  await install('functions', 'plugins/accumulate-word-count')
  expect(JSON.parse(await server.expect('GET', '/plugins/udfs'))).toEqual(['accumulateWordCount', 'echo'])
  await server.expect('POST', '/streams', { sql: 'CREATE STREAM texts () WITH (DATASOURCE="texts", FORMAT="json")' })
  await rule('words', 'SELECT accumulateWordCount(text, " "), echo(id) + 1 AS next FROM texts WHERE echo(id) > 0')
  await listener.publish('texts', { id: 1, text: 'one two' })
  await listener.publish('texts', { id: -1, text: 'not this' })
  await listener.publish('texts', { id: 3, text: 'three four five' })
  expect((await listener.received('words', 2)).map((one) => JSON.parse(one))).toEqual([
    { accumulateWordCount: 2, next: 2 },
    { accumulateWordCount: 5, next: 4 },
  ])
  const wrong = await server.refusal('POST', '/rules', {
    id: 'wrong',
    sql: 'SELECT accumulateWordCount(text) FROM texts',
    actions: [{ log: {} }],
  })
  expect(wrong.message).toContain('expects 2 arguments')
  const busy = await server.refusal('DELETE', '/plugins/functions/echo')
  expect(busy.message).toContain('words')
}, 60_000)

test('an aggregate function that is a plugin sees the rows of each group', async () => {
  expect(await install('functions', 'plugins/count-plus-one')).toBe('functions plugin countPlusOne is created')
  expect(JSON.parse(await server.expect('GET', '/plugins/udfs/countplusone'))).toEqual({ name: 'countPlusOne', plugin: 'countPlusOne' })
  await server.expect('POST', '/streams', { sql: 'CREATE STREAM readings () WITH (DATASOURCE="readings", FORMAT="json")' })
  await rule('groups', 'SELECT device, countPlusOne(value) AS n, count(*) AS c FROM readings GROUP BY device, COUNTWINDOW(5)')
  for (const device of ['a', 'b', 'a', 'a', 'b']) await listener.publish('readings', { device, value: 1 })
  const messages = await listener.received('groups', 2)
  expect(messages.map((one) => JSON.parse(one)).toSorted((x, y) => (x.device < y.device ? -1 : 1))).toEqual([
    { device: 'a', n: 4, c: 3 },
    { device: 'b', n: 3, c: 2 },
  ])
}, 60_000)

test('the name of a function can be taken once', async () => {
  const { zip } = await packPlugin(path.join(ROOT, 'plugins/echo'))
  const again = await server.refusal('POST', '/plugins/functions', new Uint8Array(zip))
  expect(again.message).toContain('invalid name echo: duplicate')
})
