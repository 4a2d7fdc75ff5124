import { expect, test } from 'vitest'
import { ConnectionMetrics, NodeMetrics } from '../../../src/runtime/metrics.ts'

test('a failure of a connection counts once, also when the sink has told about it before it throws', () => {
  const connection = new ConnectionMetrics()
  const metrics = new NodeMetrics('sink_mqtt_0_0', connection)
  metrics.fail('no broker', 1000)
  connection.change('disconnected', 1000, 'no broker')
  metrics.failConnection('no broker (start it)', 1001)
  expect(metrics).toMatchObject({ exceptions: 1, lastException: 'no broker (start it)', lastExceptionTime: 1001 })
  connection.change('connecting', 2000)
  metrics.failConnection('no broker (start it)', 2001)
  expect(metrics.exceptions).toBe(2)
  expect(connection).toMatchObject({ state: 'disconnected', lastDisconnected: 2001, lastTry: 2000 })
})
