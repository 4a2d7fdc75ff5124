import { expect, onTestFinished, test } from 'vitest'
import { PlutinoError } from '../../../src/base/errors.ts'
import type { Sink, SinkBatch } from '../../../src/api/sink.ts'
import { splitAction } from '../../../src/runtime/action-properties.ts'
import { Confirmations } from '../../../src/runtime/confirmations.ts'
import { ErrorPath } from '../../../src/runtime/error-path.ts'
import { MessageFormer } from '../../../src/runtime/message-former.ts'
import { ConnectionMetrics, NodeMetrics } from '../../../src/runtime/metrics.ts'
import { SinkDriver } from '../../../src/runtime/sink-driver.ts'
import { testContext } from '../../support/context.ts'
import { plainCodec, settle } from '../../support/engine-fakes.ts'

/** A sink that takes batches at once as long as it has room. */
class RoomySink implements Sink {
  room = true
  readonly taken: string[] = []
  #begun: SinkBatch | undefined
  #resume: (() => void) | undefined

  async connect(): Promise<void> {}

  writeNow(batch: SinkBatch): boolean {
    const [first] = batch.encoded().payloads
    if (first === 'bad') throw new PlutinoError('rejected', 'bad')
    if (this.room) this.#take(batch, 0)
    else {
      this.taken.push(String(first))
      this.#begun = batch
    }
    return this.room
  }

  async write(batch: SinkBatch): Promise<void> {
    const from = this.#begun === batch ? 1 : 0
    this.#begun = undefined
    if (batch.encoded().payloads.includes('bad')) throw new PlutinoError('rejected', 'bad')
    if (!this.room) await new Promise<void>((resolve) => (this.#resume = resolve))
    this.#take(batch, from)
  }

  drain(): void {
    this.room = true
    this.#resume?.()
  }

  async close(): Promise<void> {}

  #take(batch: SinkBatch, from: number): void {
    this.taken.push(...batch.encoded().payloads.slice(from).map(String))
  }
}

async function start() {
  const ctx = testContext()
  const sink = new RoomySink()
  const metrics = new NodeMetrics('sink_x_0', new ConnectionMetrics())
  const errors = new ErrorPath(ctx.log, ctx.clock)
  const { common } = splitAction({ sendSingle: true })
  const codec = { ...plainCodec, encoder: () => ({ single: ([a]: readonly unknown[]) => String(a), array: () => '' }) }
  const former = new MessageFormer({ common, codec, props: new Map(), sendError: false, onError: () => {} })
  const [transform, encode] = [new NodeMetrics('t'), new NodeMetrics('e')]
  const driver = new SinkDriver({ sink, former, common, sendError: false, ctx, errors, transform, encode, metrics })
  const committed: unknown[] = []
  const confirmations = new Confirmations((offset) => committed.push(offset))
  const offer = (offset: number, ...values: string[]): void => {
    const token = confirmations.begin(offset)
    driver.offer({ schema: { columns: [{ name: 'a' }] }, rows: values.map((value) => [value]) }, token)
    token.release()
  }
  const run = driver.run()
  onTestFinished(async () => {
    ctx.stop()
    await driver.close()
    await run
  })
  await settle()
  return { sink, metrics, driver, committed, offer }
}

test('what a sink takes at once is written, counted and confirmed before offer returns', async () => {
  const { sink, offer, committed, metrics } = await start()
  offer(1, 'a', 'b')
  expect(sink.taken).toEqual(['a', 'b'])
  expect(committed).toEqual([1])
  expect(metrics).toMatchObject({ recordsIn: 2, recordsOut: 2 })
})

test('a batch that was begun is finished first, in order and once, and holds its token until then', async () => {
  const { sink, offer, committed, driver } = await start()
  sink.room = false
  offer(1, 'a', 'b')
  offer(2, 'c')
  await settle()
  expect(sink.taken).toEqual(['a'])
  expect(committed).toEqual([])
  sink.drain()
  await driver.drain()
  expect(sink.taken).toEqual(['a', 'b', 'c'])
  expect(committed.at(-1)).toBe(2)
  offer(3, 'd')
  expect(sink.taken.at(-1)).toBe('d')
})

test('a message that is refused at once is reported alone', async () => {
  const { sink, offer, metrics, driver } = await start()
  offer(1, 'bad', 'a')
  await driver.drain()
  expect(sink.taken).toEqual(['a'])
  expect(metrics).toMatchObject({ exceptions: 1, lastException: 'bad' })
})
