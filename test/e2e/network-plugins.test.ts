import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unzip } from '../../plugin-sdk/assemblyscript/testing/unzip.ts'
import { ModbusServer } from '../support/modbus-server.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { zipOf as pluginZip } from '../support/plugin-zips.ts'
import { readBlocks } from '../support/readme.ts'
import { ROOT, runProgram, ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

let server: ServerProcess
let listener: MqttListener
beforeAll(async () => {
  server = await ServerProcess.start({ broker: true })
  listener = await MqttListener.connect(server.brokerPort)
}, 60_000)
afterAll(async () => {
  await listener.close()
  await server.stop()
})

async function rule(id: string, sql: string): Promise<void> {
  const actions = [{ mqtt: { server: `tcp://127.0.0.1:${server.brokerPort}`, topic: id, sendSingle: true } }]
  await server.expect('POST', '/rules', { id, sql, actions })
  await server.connected(id)
}

test('readings of a Modbus server arrive at a broker, also after the connection was lost', async () => {
  const plc = await ModbusServer.start()
  plc.setRegisters('holding', 40, 215)
  plc.setBit('coil', 3)
  const yaml = `default:
  interval: 20ms
plc:
  points:
    - { name: celsius, address: 40, type: int16, scale: 0.1 }
    - { name: running, table: coil, address: 3 }
`
  const files = Object.fromEntries(await unzip(await pluginZip('modbus')))
  await server.expect('POST', '/plugins/sources', zipOf({ ...files, 'modbus.yaml': yaml }))
  const sql = `CREATE STREAM plc () WITH (TYPE="modbus", DATASOURCE="${plc.address}", CONF_KEY="plc")`
  await server.expect('POST', '/streams', { sql })
  await rule('modbus', 'SELECT round(celsius) AS celsius, running FROM plc WHERE running')
  const [first] = await listener.received('modbus', 3)
  expect(JSON.parse(first ?? '')).toEqual({ celsius: 22, running: true })
  plc.setRegisters('holding', 40, 0x10000 - 50)
  plc.cut()
  await until('readings after the connection was lost', () => listener.of('modbus').some((one) => JSON.parse(one).celsius === -5))
  expect(plc.connections).toBe(2)
  await server.expect('POST', '/rules/modbus/stop')
  await plc.close()
}, 60_000)

test('the README of http-poll: a stream of what a server answers', async () => {
  let celsius = 20
  const web = createServer((_, response) => {
    response.end(
      JSON.stringify({
        data: {
          readings: [
            { device: 'a', celsius },
            { device: 'b', celsius: 1.5 },
          ],
        },
      }),
    )
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const { port } = web.address() as AddressInfo
  const blocks = readBlocks(readFileSync(path.join(ROOT, 'plugins/http-poll/README.md'), 'utf8'))
  const [install, statement] = blocks
  const script = (install?.text ?? '').replaceAll('127.0.0.1:9081', `127.0.0.1:${server.port}`)
  const { code, out, err } = await runProgram('bash', ['-euc', script]).ended
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('sources plugin http-poll is created')
  const sql = (statement?.text ?? '').replace('127.0.0.1:8080', `127.0.0.1:${port}`).replace('2s', '50ms')
  await server.expect('POST', '/streams', { sql })
  await rule('http', 'SELECT device, celsius FROM readings')
  await listener.received('http', 2)
  celsius = 21
  const messages = await listener.received('http', 4)
  expect(messages.map((one) => JSON.parse(one))).toEqual([
    { device: 'a', celsius: 20 },
    { device: 'b', celsius: 1.5 },
    { device: 'a', celsius: 21 },
    { device: 'b', celsius: 1.5 },
  ])
  await server.expect('POST', '/rules/http/stop')
  web.closeAllConnections()
  web.close()
}, 120_000)

test('what the manifests say about their properties is shown', async () => {
  const modbus = JSON.parse(await server.expect('GET', '/metadata/sources/modbus'))
  expect(modbus.about.description.en_US).toContain('Modbus TCP')
  const names = modbus.properties.default.map(({ name }: { readonly name: string }) => name)
  expect(names).toEqual(expect.arrayContaining(['unit', 'interval', 'timeout', 'points']))
  const http = JSON.parse(await server.expect('GET', '/metadata/sources/http-poll'))
  expect(http.properties.default).toContainEqual(expect.objectContaining({ name: 'incremental', default: false }))
  const all = JSON.parse(await server.expect('GET', '/metadata/sources')).map(({ name }: { readonly name: string }) => name)
  expect(all).toEqual(expect.arrayContaining(['http-poll', 'modbus']))
  expect(JSON.parse(await server.expect('GET', '/plugins/sources/http-poll'))).toMatchObject({
    capabilities: expect.arrayContaining(['http']),
  })
}, 60_000)
