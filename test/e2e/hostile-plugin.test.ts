import { afterAll, beforeAll, expect, test } from 'vitest'
import { sinkGuest, SPINNING_SINK } from '../guests/sink-guests.ts'
import { componentOf } from '../support/components.ts'
import { MqttListener } from '../support/mqtt-listener.ts'
import { createRule, createStream, installMysql, intoTable, SeqTable } from '../support/rules.ts'
import { ServerProcess } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { zipOf } from '../support/zip.ts'

/** Grows until it is refused, then traps. */
const GROWING_SINK = sinkGuest({
  collect: '(block $out (loop $more (br_if $out (i32.eq (memory.grow (i32.const 16)) (i32.const -1))) (br $more))) unreachable',
})

const HOSTILE = [
  { name: 'spins', wat: SPINNING_SINK, says: 'did not return within 1000 ms' },
  { name: 'traps', wat: sinkGuest({ collect: 'unreachable' }), says: 'it trapped: unreachable' },
  { name: 'grows', wat: GROWING_SINK, says: 'its memory has grown to' },
]

let server: ServerProcess
let listener: MqttListener

beforeAll(async () => {
  server = await ServerProcess.start({ broker: true, env: { PLUTINO__PLUGIN__CALLTIMEOUT: '1s' } })
  listener = await MqttListener.connect(server.brokerPort)
  await installMysql(server)
})
afterAll(async () => {
  await listener.close()
  await server.stop()
})

test.each(HOSTILE)(
  'a plugin that $name: its rule shows it, nobody else feels it, and a better version takes over',
  async ({ name, wat, says }) => {
    const calm = `calm_${name}`
    const table = new SeqTable(server.folder, `${name}.db`)
    await hostileRule(name, wat)
    await createStream(server, `${calm}_in`, { topic: name, port: server.brokerPort })
    await createRule(server, calm, `SELECT seq FROM ${calm}_in`, intoTable(`${name}.db`))
    await server.connected(calm)
    const begin = Date.now()

    let seq = 0
    let slowest = 0
    const failures = async (): Promise<number> => {
      await listener.publish(name, { seq: seq++ })
      const asked = performance.now()
      const status = await server.status(name)
      slowest = Math.max(slowest, performance.now() - asked)
      expect(status['status']).toBe('running')
      return Number(status[`sink_${name}_0_0_exceptions_total`])
    }
    // an instance that has failed is replaced, or it could not fail again
    await until('two failures', async () => (await failures()) >= 2)
    const status = await server.status(name)
    expect(status[`sink_${name}_0_0_last_exception`]).toContain(`plugin ${name} in sink.collect`)
    expect(status[`sink_${name}_0_0_last_exception`]).toContain(says)
    expect(status[`sink_${name}_0_0_last_exception_time`]).toBeGreaterThanOrEqual(begin)
    expect(status[`sink_${name}_0_0_connection_last_disconnected_message`]).toContain(says)
    await until('every row of the other plugin', () => table.count === seq)
    expect((await server.status(calm))['sink_mysql_0_0_exceptions_total']).toBe(0)
    // an answer that waited for the guest would have waited for a second
    expect(slowest).toBeLessThan(900)

    await server.expect('PUT', `/plugins/sinks/${name}`, await packed(name, '1.0.1', sinkGuest()))
    expect(JSON.parse(await server.expect('GET', `/plugins/sinks/${name}`))).toMatchObject({ version: '1.0.1' })
    await server.connected(name)
    await until('what was not acknowledged', async () => (await server.status(name))[`sink_${name}_0_0_messages_processed_total`] === seq)
    table.close()
  },
)

test('a plugin that never returns does not keep the server from stopping in order', async () => {
  await hostileRule('stuck', SPINNING_SINK)
  await listener.publish('stuck', { seq: 1 })
  await until('the call', async () => (await server.status('stuck'))['sink_stuck_0_0_exceptions_total'] === 1)
  expect((await server.stop()).code).toBe(0)
})

async function hostileRule(name: string, wat: string): Promise<void> {
  await server.expect('POST', '/plugins', await packed(name, '1.0.0', wat))
  await createStream(server, `${name}_in`, { topic: name, port: server.brokerPort, clientid: `plutino-${name}` })
  await createRule(server, name, `SELECT seq FROM ${name}_in`, { [name]: {} })
  await server.connected(name)
}

async function packed(name: string, version: string, wat: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(zipOf({ [`${name}@v${version}.wasm`]: await componentOf(wat) }))
}
