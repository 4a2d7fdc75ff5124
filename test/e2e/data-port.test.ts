import { expect, onTestFinished, test } from 'vitest'
import { EventReader, SocketClient } from '../support/data-server.ts'
import { freePorts, type ServerOptions, ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'

async function start(options: ServerOptions): Promise<ServerProcess> {
  const server = await ServerProcess.start(options)
  onTestFinished(async () => void (await server.stop()))
  return server
}

const RULE = { id: 'r', sql: 'SELECT a FROM pushed', actions: [{ sse: { endpoint: '/out' } }] }
const STREAM = { sql: 'CREATE STREAM pushed () WITH (DATASOURCE="/in", TYPE="websocket")' }

test('two servers with one port for data: the second says so, and has it as soon as the first is gone', async () => {
  const [port = 0] = await freePorts(1)
  const env = { PLUTINO__SOURCE__HTTPSERVERPORT: String(port) }
  const first = await ServerProcess.start({ env })
  await first.expect('POST', '/streams', STREAM)
  await first.expect('POST', '/rules', RULE)
  await first.connected('r')
  const second = await start({ env })
  await second.expect('POST', '/streams', STREAM)
  await second.expect('POST', '/rules', RULE)
  const taken = `port ${port} of 127.0.0.1 is taken by another program`
  await until('the reason in the status', async () => {
    const status = await second.status('r')
    return String(status['source_pushed_0_last_exception']).includes(taken) && String(status['sink_sse_0_0_last_exception']).includes(taken)
  })
  const refused = await second.refusal('POST', '/ruletest', { id: 't', sql: 'SELECT a FROM pushed', mockSource: { pushed: { data: [] } } })
  expect(refused).toMatchObject({ status: 500, message: taken, hint: expect.stringContaining('source.httpServerPort') as string })
  await first.stop()
  await second.connected('r')
  const reader = await EventReader.open(port, '/out')
  const client = await SocketClient.open(port, '/in')
  client.send('{"a":1}')
  await until('the row', () => reader.events.includes('[{"a":1}]'))
})

test('an address that is no address of this machine is refused by what needs it, and the server goes on', async () => {
  const server = await start({ env: { PLUTINO__SOURCE__HTTPSERVERIP: '203.0.113.1' } })
  await server.expect('POST', '/streams', STREAM)
  const trial = { id: 't', sql: 'SELECT a FROM pushed', mockSource: { pushed: { data: [] } } }
  expect(await server.refusal('POST', '/ruletest', trial)).toMatchObject({
    status: 500,
    message: 'this machine has no address 203.0.113.1',
  })
  await server.expect('GET', '/ping')
})

test('TLS of the port for data is refused at start instead of being left out', async () => {
  const env = { PLUTINO__SOURCE__HTTPSERVERTLS__CERTFILE: 'cert.pem' }
  await expect(ServerProcess.start({ env })).rejects.toThrow('TLS is not supported yet')
})
