import { expect, test } from 'vitest'
import { mqttSink } from '../../../../src/connectors/mqtt/sink.ts'
import { SinkLanes } from '../../../../src/connectors/mqtt/sink-lanes.ts'
import { numbered } from '../../../contract/sink.ts'
import { testContext } from '../../../support/context.ts'
import { ScriptedBroker } from '../../../support/scripted-broker.ts'
import { until } from '../../../support/until.ts'

test('sinks of one broker share a connection, until the last one leaves; other settings, ids and acknowledgements have their own', async () => {
  const broker = await ScriptedBroker.start()
  const ctx = testContext()
  const definition = mqttSink(new SinkLanes())
  const open = async (properties: object) => {
    const sink = definition.create({ server: `tcp://127.0.0.1:${broker.port}`, topic: 'out', ...properties })
    await sink.connect(ctx)
    return sink
  }
  const [a, b] = await Promise.all([open({ topic: 'a' }), open({ topic: 'b' })])
  expect(broker.peers).toHaveLength(1)
  await a.write(numbered(0, 2), ctx)
  expect(b.writeNow?.(numbered(2, 3))).toBe(true)
  await until('there', () => broker.last.of(3).length === 3)
  await a.close()
  expect(b.writeNow?.(numbered(3, 4))).toBe(true)
  await until('there', () => broker.peers[0]?.of(3).length === 4)
  await b.close()
  const others = [await open({}), await open({ qos: 1 }), await open({ clientid: 'me' }), await open({ keepalive: 30_000 })]
  expect(broker.peers).toHaveLength(5)
  expect(others.map((sink) => sink.writeNow?.(numbered(0, 1)))).toEqual([true, false, true, true])
  await Promise.all(others.map((sink) => sink.close()))
  await broker.close()
})
