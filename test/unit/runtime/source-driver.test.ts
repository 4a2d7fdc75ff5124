import { expect, onTestFinished, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { RowBatch } from '../../../src/data/batch.ts'
import type { Token } from '../../../src/runtime/confirmations.ts'
import { ErrorPath } from '../../../src/runtime/error-path.ts'
import { ConnectionMetrics, NodeMetrics } from '../../../src/runtime/metrics.ts'
import { readLayout, rowReader } from '../../../src/runtime/row-reader.ts'
import { timestampReader } from '../../../src/runtime/timestamp.ts'
import { SourceDriver } from '../../../src/runtime/source-driver.ts'
import { testContext } from '../../support/context.ts'
import { HandSource, settle } from '../../support/engine-fakes.ts'

function start(layout = {}, waits = false) {
  const ctx = testContext()
  const source = new HandSource()
  const seen: { batch: RowBatch; token: Token | undefined }[] = []
  const state: { room: Promise<void> | undefined } = { room: undefined }
  const consumer = {
    accept: (batch: RowBatch, token: Token | undefined) => {
      token?.hold()
      seen.push({ batch, token })
    },
    room: () => state.room,
    waits,
  }
  const reader = rowReader(readLayout({ columns: [{ name: 'a' }], record: false, meta: [], time: false, width: 1, ...layout }), {
    strict: false,
    timestamps: timestampReader(undefined, 'UTC'),
  })
  const sourceMetrics = new NodeMetrics('source_x_0', new ConnectionMetrics())
  const driver = new SourceDriver({
    source,
    reader: () => reader,
    consumer,
    ctx,
    errors: new ErrorPath(ctx.log, ctx.clock),
    sourceMetrics,
    decoderMetrics: new NodeMetrics('op_2_decoder_0'),
  })
  const run = driver.run()
  onTestFinished(async () => {
    ctx.stop()
    await run.catch(() => {})
  })
  return { ctx, source, seen, state, driver, run, sourceMetrics }
}

test('records become rows with the columns that were asked for', async () => {
  const { source, seen, sourceMetrics } = start()
  source.push([{ a: 1, b: 2 }, { b: 3 }])
  await settle()
  expect(seen[0]?.batch.rows).toEqual([[1], [undefined]])
  expect(sourceMetrics).toMatchObject({ recordsIn: 2, recordsOut: 2 })
})

test('where writes are answered from elsewhere, answers get their turn between two batches', async () => {
  for (const waits of [false, true]) {
    const { source, seen } = start({}, waits)
    await settle()
    const { promise, resolve } = Promise.withResolvers<number>()
    setImmediate(() => resolve(seen.length))
    source.push([{ a: 1 }])
    source.push([{ a: 2 }])
    expect(await promise).toBe(waits ? 1 : 2)
    await settle()
    expect(seen).toHaveLength(2)
  }
})

test('the record, metadata and the time get the slots behind the columns', async () => {
  const { source, seen } = start({ record: true, meta: ['topic', '*'], time: true, width: 5 })
  const batch = {
    from: 0,
    length: 1,
    records: [{ a: 1 }],
    time: 77,
    meta: (_: number, key: string) => `m:${key}`,
    metaAll: () => ({ topic: 't' }),
  }
  source.push(batch.records)
  await settle()
  expect(seen[0]?.batch.rows).toEqual([[1, { a: 1 }, undefined, undefined, 1000]])
  expect(seen[0]?.batch.schema.columns.map((c) => c.name)).toEqual(['a', '*', 'meta(topic)', 'meta(*)', 'event_time()'])
})

test('names of the prototype are no columns', async () => {
  const { source, seen } = start({ columns: [{ name: 'toString' }, { name: '__proto__' }], width: 2 })
  source.push([{ a: 1 }])
  await settle()
  expect(seen[0]?.batch.rows).toEqual([[undefined, undefined]])
})

test('an offset is committed when its rows are safe', async () => {
  const { source, seen, driver } = start()
  source.push([{ a: 1 }], 5)
  await settle()
  expect(source.committed).toEqual([])
  expect(driver.unconfirmed).toBe(1)
  seen[0]?.token?.release()
  expect(source.committed).toEqual([5])
})

test('without room nothing is read', async () => {
  const { source, state } = start()
  const room = Promise.withResolvers<void>()
  state.room = room.promise
  source.push([{ a: 1 }])
  await settle()
  expect(source.wanted).toBe(false)
  state.room = undefined
  room.resolve()
  await settle()
  expect(source.wanted).toBe(true)
})

test('a lost connection is tried again with pauses that grow, and shows in the metrics', async () => {
  const { ctx, source, sourceMetrics } = start()
  await settle()
  source.connectError = new PlutinoError('unavailable', 'no broker at 127.0.0.1')
  source.fail(new PlutinoError('unavailable', 'connection reset'))
  await settle()
  expect(sourceMetrics.connection).toMatchObject({ state: 'disconnected', lastDisconnectedMessage: 'connection reset' })
  await ctx.clock.advance(100)
  await settle()
  expect(source.connects).toBe(2)
  source.connectError = undefined
  await ctx.clock.advance(100)
  await settle()
  expect(source.connects).toBe(2)
  await ctx.clock.advance(10_000)
  await settle()
  expect(source.connects).toBe(3)
  expect(sourceMetrics.connection?.state).toBe('connected')
  expect(ctx.log.of('warn')).toHaveLength(1)
})

test('a configuration that cannot work ends the run with its reason', async () => {
  const { source, run } = start()
  await settle()
  source.fail(new PlutinoError('config_invalid', 'topic is wrong'))
  await expect(run).rejects.toThrow('topic is wrong')
})

test('the end of the source ends the run', async () => {
  const { source, run } = start()
  source.end()
  await expect(run).resolves.toBeUndefined()
})
