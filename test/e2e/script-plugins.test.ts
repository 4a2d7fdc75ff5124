import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packPlugin } from '../../plugin-sdk/assemblyscript/build/pack.ts'
import { SCRIPT, SCRIPT_ECHO } from '../guests/script-guests.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { Publisher } from '../support/publisher.ts'
import { readBlocks } from '../support/readme.ts'
import { createRule, createStream } from '../support/rules.ts'
import { scriptComponent } from '../support/script-components.ts'
import { ROOT, runProgram, ServerProcess, temporaryFolder } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

const TOTAL = 6000

let server: ServerProcess
let listener: MqttListener
let large: Uint8Array
let echo: Uint8Array

beforeAll(async () => {
  server = await ServerProcess.start({ broker: true, env: { PLUTINO__PLUGIN__CALLTIMEOUT: '2s' } })
  listener = await MqttListener.connect(server.brokerPort)
  large = await scriptComponent('JavaScript (SpiderMonkey)', SCRIPT)
  echo = await scriptComponent('JavaScript (QuickJS)', SCRIPT_ECHO, 'pure-functions')
})
afterAll(async () => {
  await listener.close()
  await server.stop()
})

const zipped = (name: string, component: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(zipOf({ [name]: component }))
const toTopic = (topic: string): object => ({ mqtt: { server: `tcp://127.0.0.1:${server.brokerPort}`, topic, qos: 1, sendSingle: true } })

test('a plugin in JavaScript of 12 MB: install, rules with its function and its sink, errors, uninstall', async () => {
  expect(large.length).toBeGreaterThan(10_000_000)
  expect(await server.expect('POST', '/plugins/functions', zipped('script@v1.0.0.wasm', large))).toBe('functions plugin script is created')
  expect(JSON.parse(await server.expect('GET', '/plugins/functions/script'))).toMatchObject({
    version: '1.0.0',
    kinds: ['sink', 'function'],
  })
  expect(JSON.parse(await server.expect('GET', '/plugins/udfs'))).toEqual(expect.arrayContaining(['slug', 'wish']))
  await createStream(server, 'names', { topic: 'names', port: server.brokerPort, columns: 'name STRING' })
  await createRule(server, 'slugs', 'SELECT slug(name) AS slug, wish(name) AS wish FROM names', toTopic('slugs'), {
    script: { prefix: 'took' },
  })
  await server.connected('slugs')
  await listener.publish('names', { name: 'Room 1' })
  expect(await listener.received('slugs', 1)).toEqual(['{"slug":"room-1","wish":"Room 1"}'])
  await until('a line of the sink', () => server.lines.some((line) => line.includes('took text room-1, text Room 1')))
  for (const [name, says] of [
    ['bad', 'the wish is bad'],
    ['trap', 'scalar.exec failed'],
    ['spin', 'did not return within 2000 ms'],
    ['grow', 'scalar.exec failed'],
  ] as const) {
    await listener.publish('names', { name })
    await until(says, async () => JSON.stringify(await server.status('slugs')).includes(says))
  }
  await listener.publish('names', { name: 'Room 2' })
  await until('the next row', () => listener.of('slugs').includes('{"slug":"room-2","wish":"Room 2"}'))
  expect(await server.status('slugs')).toMatchObject({ status: 'running' })
  expect((await server.refusal('DELETE', '/plugins/functions/script')).message).toContain('slugs')
  await server.expect('DELETE', '/rules/slugs')
  await server.expect('DELETE', '/plugins/functions/script')
  expect((await server.request('GET', '/plugins/sinks/script')).status).toBe(404)
})

test('under load a plugin goes from our own executor to JavaScript, to another version of that, and back: nothing is lost or doubled', async () => {
  const own = (await packPlugin(path.join(ROOT, 'plugins/echo'))).zip
  await server.expect('POST', '/plugins/functions', new Uint8Array(own))
  await createStream(server, 'load_in', { topic: 'load/in', port: server.brokerPort, clientid: 'plutino-load' })
  await createRule(server, 'load', 'SELECT echo(seq) AS seq FROM load_in', toTopic('load/out'))
  await server.connected('load')
  const started = (await server.status('load'))['lastStartTimestamp']
  const publisher = await Publisher.connect(server.brokerPort)
  const published = publisher.publish('load/in', 0, TOTAL)
  await until('some messages', () => listener.of('load/out').length > 200)
  const versions = ['1.0.0']
  for (const zip of [zipped('echo@v1.1.0.wasm', echo), zipped('echo@v1.2.0.wasm', echo), new Uint8Array(own)]) {
    await server.expect('PUT', '/plugins/functions/echo', zip)
    versions.push(JSON.parse(await server.expect('GET', '/plugins/functions/echo')).uses[0].version)
  }
  await published
  await publisher.close()
  await until(`${TOTAL} messages`, () => listener.of('load/out').length >= TOTAL)
  expect(versions).toEqual(['1.0.0', '1.1.0', '1.2.0', '1.0.0'])
  expect(listener.of('load/out').map((one) => Number(JSON.parse(one).seq))).toEqual(Array.from({ length: TOTAL }, (_, i) => i))
  expect(await server.status('load')).toMatchObject({ status: 'running', lastStartTimestamp: started })
})

test('the JavaScript of the README becomes a plugin with the command of the README', async () => {
  const blocks = readBlocks(readFileSync(path.join(ROOT, 'plugin-sdk/README.md'), 'utf8')).filter(({ part }) => part === 'Other languages')
  const folder = temporaryFolder()
  writeFileSync(path.join(folder, 'slug.js'), blocks.find(({ language }) => language === 'js')?.text ?? '')
  const command = (blocks.find(({ language }) => language === 'sh')?.text ?? '')
    .replace('npx jco', path.join(ROOT, 'node_modules/.bin/jco'))
    .replaceAll('slug.', `${folder}/slug.`)
  const { code, err } = await runProgram('bash', ['-euc', command]).ended
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' })
  await server.expect('POST', '/plugins/functions', zipped('slug.wasm', readFileSync(path.join(folder, 'slug.wasm'))))
  rmSync(folder, { recursive: true })
  await createStream(server, 'pages', { topic: 'pages', port: server.brokerPort, columns: 'title STRING' })
  await createRule(server, 'pages', 'SELECT slug(title) AS slug FROM pages', toTopic('pages/out'))
  await server.connected('pages')
  await listener.publish('pages', { title: 'Hello, World' })
  expect(await listener.received('pages/out', 1)).toEqual(['{"slug":"hello-world"}'])
})
