import { afterEach, describe, expect, test } from 'vitest'
import type { EncodedBatch, Sink, SinkBatch } from '../../src/api/sink.ts'
import type { FakeClock } from '../support/fake-clock.ts'
import type { TestContext } from '../support/context.ts'

/** One sink beside the other side that it writes to. */
export interface SinkSetup {
  readonly sink: Sink
  readonly ctx: TestContext<FakeClock>
  /** The numbers that have arrived at the other side, in order. */
  readonly received: () => readonly number[]
  /** From now on the other side takes nothing, so that writes wait; undefined when no write of this sink waits for anybody. */
  readonly stall?: () => void
  /** Loses the connection, for sinks that have one; the other side can be reached again at once. */
  readonly cut?: () => void | Promise<void>
  /** A sink of the same kind whose other side is not there. */
  readonly unreachable?: () => Sink
  cleanup(): Promise<void>
}

/** What the driver of an action may rely on, whatever the sink. */
export function sinkContract(name: string, create: () => Promise<SinkSetup>): void {
  const open: SinkSetup[] = []
  const setUp = async (): Promise<SinkSetup> => {
    const setup = await create()
    open.push(setup)
    return setup
  }
  afterEach(async () => {
    for (const setup of open.splice(0)) {
      // whoever says goodbye to nobody gives up when time passes
      const closed = setup.sink.close()
      await setup.ctx.clock.advance(60_000)
      await closed
      await setup.cleanup()
    }
  })

  describe(`${name}: the contract of a sink`, () => {
    test('close does no harm before connect, and twice', async () => {
      const { sink } = await setUp()
      await sink.close()
      const other = await setUp()
      await other.sink.connect(other.ctx)
      await other.sink.close()
      await other.sink.close()
    })

    test('connect again does no harm', async () => {
      const { sink, ctx, received } = await setUp()
      await sink.connect(ctx)
      await sink.connect(ctx)
      await sink.write(numbered(0, 3), ctx)
      await expect.poll(received).toEqual([0, 1, 2])
    })

    test('everything written arrives once and in order', async () => {
      const { sink, ctx, received } = await setUp()
      await sink.connect(ctx)
      for (let from = 0; from < 1000; from += 250) await sink.write(numbered(from, from + 250), ctx)
      await expect.poll(() => received().length).toBe(1000)
      expect(received()).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    })

    test('an empty batch is written at once', async () => {
      const { sink, ctx, received } = await setUp()
      await sink.connect(ctx)
      await sink.write(numbered(0, 0), ctx)
      expect(received()).toEqual([])
    })

    test('a write that waits ends when the rule is stopped', async () => {
      const { sink, ctx, stall } = await setUp()
      await sink.connect(ctx)
      if (stall === undefined) return
      stall()
      const writing = writeUntilItWaits(sink, ctx)
      ctx.stop()
      await expect(writing).rejects.toThrow('the rule was stopped')
    })

    test('when the other side is not there, connect says so and can be called again', async () => {
      const { ctx, unreachable } = await setUp()
      const sink = unreachable?.()
      if (sink === undefined) return
      await expect(sink.connect(ctx)).rejects.toMatchObject({ code: 'unavailable', retry: 'reconnect' })
      await expect(sink.connect(ctx)).rejects.toMatchObject({ code: 'unavailable' })
      await sink.close()
    })

    test('after a lost connection what is written arrives', async () => {
      const { sink, ctx, cut, received } = await setUp()
      await sink.connect(ctx)
      if (cut === undefined) return
      await sink.write(numbered(0, 10), ctx)
      await expect.poll(() => received().length).toBe(10)
      await cut()
      const batch = numbered(10, 20)
      await sink.write(batch, ctx).catch(async (error: unknown) => {
        expect(error).toMatchObject({ retry: 'reconnect' })
        await sink.connect(ctx)
        await sink.write(batch, ctx)
      })
      await expect.poll(() => new Set(received()).size).toBe(20)
    })
  })
}

/** Rows with one column `n`, and the messages `{"n":…}`. */
export function numbered(from: number, to: number, props?: EncodedBatch['props']): SinkBatch {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i)
  const encoded = { payloads: numbers.map((n) => `{"n":${n}}`), ...(props === undefined ? {} : { props }) }
  return { rows: { schema: { columns: [{ name: 'n' }] }, rows: numbers.map((n) => [n]) }, encoded: () => encoded }
}

async function writeUntilItWaits(sink: Sink, ctx: TestContext<FakeClock>): Promise<void> {
  for (let from = 0; ; from += 1000) await sink.write(numbered(from, from + 1000), ctx)
}
