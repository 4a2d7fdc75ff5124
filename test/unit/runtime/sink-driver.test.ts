import { expect, onTestFinished, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { Json } from '../../../src/config/field.ts'
import type { Value } from '../../../src/data/value.ts'
import { splitAction } from '../../../src/runtime/action-properties.ts'
import { Confirmations } from '../../../src/runtime/confirmations.ts'
import { ErrorPath } from '../../../src/runtime/error-path.ts'
import { MessageFormer } from '../../../src/runtime/message-former.ts'
import { ConnectionMetrics, NodeMetrics } from '../../../src/runtime/metrics.ts'
import { SinkDriver } from '../../../src/runtime/sink-driver.ts'
import { testContext } from '../../support/context.ts'
import { HandSink, plainCodec, settle } from '../../support/engine-fakes.ts'

const schema = { columns: [{ name: 'a' }] }
const batch = (...values: Value[]) => ({ schema, rows: values.map((value) => [value]) })

function start(config: Record<string, Json> = {}, sendError = false) {
  const ctx = testContext()
  const sink = new HandSink()
  const metrics = new NodeMetrics('sink_x_0', new ConnectionMetrics())
  const errors = new ErrorPath(ctx.log, ctx.clock)
  const { common } = splitAction({ sendSingle: true, ...config })
  const former = new MessageFormer({
    common,
    codec: plainCodec,
    props: new Map(),
    sendError: false,
    onError: (e, rows) => errors.report(metrics, e, rows),
  })
  const driver = new SinkDriver({
    sink,
    former,
    common,
    sendError,
    ctx,
    errors,
    transform: new NodeMetrics('t'),
    encode: new NodeMetrics('e'),
    metrics,
  })
  const committed: unknown[] = []
  const confirmations = new Confirmations((offset) => committed.push(offset))
  const offer = (offset: number, ...values: Value[]) => {
    const token = confirmations.begin(offset)
    driver.offer(batch(...values), token)
    token.release()
  }
  const run = driver.run()
  onTestFinished(async () => {
    ctx.stop()
    await driver.close()
    await run
  })
  return { ctx, sink, metrics, driver, committed, offer }
}

test('rows are written, counted and then confirmed', async () => {
  const { sink, offer, committed, metrics } = start()
  offer(1, 10, 20)
  await settle()
  expect(sink.written).toEqual([{ a: 10 }, { a: 20 }])
  expect(committed).toEqual([1])
  expect(metrics).toMatchObject({ recordsIn: 2, recordsOut: 2, exceptions: 0 })
  expect(metrics.connection?.state).toBe('connected')
})

test('while a write is under way rows gather, and the next write takes them together', async () => {
  const { sink, offer } = start()
  const held = Promise.withResolvers<void>()
  sink.before = () => held.promise
  offer(1, 1)
  await settle()
  offer(2, 2)
  offer(3, 3)
  held.resolve()
  await settle()
  expect(sink.payloads.map((p) => p.payloads.length)).toEqual([1, 2])
})

test('nothing is confirmed before the sink has confirmed', async () => {
  const { sink, offer, committed } = start()
  const held = Promise.withResolvers<void>()
  sink.before = () => held.promise
  offer(1, 1)
  await settle()
  expect(committed).toEqual([])
  held.resolve()
  await settle()
  expect(committed).toEqual([1])
})

test('a lost connection shows in the status, and the batch comes again after a reconnect, once', async () => {
  const { ctx, sink, offer, metrics, driver, committed } = start()
  await settle()
  sink.before = () => {
    throw new PlutinoError('unavailable', 'connection lost')
  }
  offer(1, 1, 2)
  await settle()
  expect(metrics).toMatchObject({ exceptions: 1, lastException: 'connection lost' })
  expect(metrics.connection).toMatchObject({ state: 'disconnected', lastDisconnectedMessage: 'connection lost' })
  expect(driver.failing).toBe(true)
  sink.before = () => {}
  await ctx.clock.advance(20_000)
  await settle()
  expect(sink.written).toEqual([{ a: 1 }, { a: 2 }])
  expect(sink.connects).toBe(2)
  expect(driver.failing).toBe(false)
  expect(committed).toEqual([1])
})

test('a sink that cannot be reached at start is tried again and gets everything', async () => {
  const { ctx, sink, offer } = start()
  sink.connectError = new PlutinoError('unavailable', 'refused')
  offer(1, 1)
  await settle()
  sink.connectError = undefined
  await ctx.clock.advance(60_000)
  await settle()
  expect(sink.written).toEqual([{ a: 1 }])
})

test('a row that is refused goes to the error path alone, the others are written in order', async () => {
  const { sink, offer, metrics, committed, ctx } = start()
  sink.before = (b) => {
    if (b.rows.rows.some((row) => row[0] === 5)) throw new PlutinoError('rejected', 'duplicate key 5')
  }
  offer(1, 1, 2, 3, 4, 5, 6, 7)
  await settle()
  expect(sink.written).toEqual([1, 2, 3, 4, 6, 7].map((a) => ({ a })))
  expect(metrics).toMatchObject({ exceptions: 1, lastException: 'duplicate key 5' })
  expect(ctx.log.of('warn')).toEqual(['row failed: duplicate key 5'])
  expect(committed).toEqual([1])
})

test('a full queue says so and wakes who waits for room', async () => {
  const { sink, offer, driver } = start({ bufferLength: 2 })
  const held = Promise.withResolvers<void>()
  sink.before = () => held.promise
  await settle()
  offer(1, 1)
  await settle()
  expect(driver.room()).toBeUndefined()
  offer(2, 2, 3)
  const room = driver.room()
  expect(room).toBeInstanceOf(Promise)
  held.resolve()
  await room
  expect(driver.room()).toBeUndefined()
})

test('where nobody says how many rows may wait, a sink that waits for its writes gets all that one of them takes', () => {
  const { driver, offer } = start()
  expect(driver.batchLimit).toBeUndefined()
  offer(1, ...Array.from({ length: 4095 }, (_, i) => i))
  expect(driver.full).toBe(false)
  offer(2, 0)
  expect(driver.full).toBe(true)
  expect(start({ bufferLength: 1024 }).driver.batchLimit).toBe(4096)
})

test('batchSize waits until a message is full, lingerInterval bounds the wait', async () => {
  const { ctx, sink, offer } = start({ sendSingle: false, batchSize: 3, lingerInterval: 500 })
  offer(1, 1, 2)
  await settle()
  expect(sink.written).toEqual([])
  offer(2, 3, 4)
  await settle()
  expect(sink.written).toEqual([[{ a: 1 }, { a: 2 }, { a: 3 }]])
  await ctx.clock.advance(499)
  await settle()
  expect(sink.written).toHaveLength(1)
  await ctx.clock.advance(1)
  await settle()
  expect(sink.written).toEqual([[{ a: 1 }, { a: 2 }, { a: 3 }], [{ a: 4 }]])
})

test('a message that never fills is sent when the input goes quiet, so that a source gets its acknowledgement', async () => {
  const { ctx, sink, offer, committed } = start({ sendSingle: false, batchSize: 100 })
  offer(1, 1)
  await settle()
  await ctx.clock.advance(600)
  offer(2, 2)
  await settle()
  await ctx.clock.advance(600)
  await settle()
  expect(sink.written).toEqual([])
  await ctx.clock.advance(400)
  await settle()
  expect(sink.written).toEqual([[{ a: 1 }, { a: 2 }]])
  expect(committed).toEqual([2])
})

test('drain writes what waits, also a message that is not full', async () => {
  const { sink, offer, driver } = start({ sendSingle: false, batchSize: 100 })
  offer(1, 1)
  await driver.drain()
  expect(sink.written).toEqual([[{ a: 1 }]])
})

test('with sendError failed rows are sent in their place', async () => {
  const { sink, driver } = start({}, true)
  driver.offer({ ...batch(1, 2), errors: [{ at: 1, error: new PlutinoError('row_failed', 'divided by zero') }] }, undefined)
  await settle()
  expect(sink.written).toEqual([{ a: 1 }, { error: 'divided by zero' }, { a: 2 }])
})
