import { expect, test } from 'vitest'
import { logSink } from '../../../../src/connectors/log/sink.ts'
import { nopSink } from '../../../../src/connectors/nop/sink.ts'
import { testContext } from '../../../support/context.ts'
import { numbered, sinkContract } from '../../../contract/sink.ts'

for (const sink of [logSink, nopSink]) {
  sinkContract(sink.name, async () => {
    const ctx = testContext()
    const received = () => ctx.log.of('info').map((line) => Number(/"n":(\d+)/.exec(line)?.[1]))
    return { sink: sink.create(sink === nopSink ? { log: true } : {}), ctx, received, cleanup: async () => {} }
  })
}

test('each message is one line of the log, bytes as text', async () => {
  const ctx = testContext()
  const sink = logSink.create({})
  await sink.connect(ctx)
  await sink.write({ ...numbered(0, 0), encoded: () => ({ payloads: ['[{"a":1}]', Buffer.from('ü')] }) }, ctx)
  expect(ctx.log.of('info')).toEqual(['sink result for rule rule1: [{"a":1}]', 'sink result for rule rule1: ü'])
})

test('nop says nothing unless told to', async () => {
  const ctx = testContext()
  const sink = nopSink.create({})
  await sink.connect(ctx)
  await sink.write(numbered(0, 5), ctx)
  expect(ctx.log.lines).toEqual([])
})
