import { afterEach, describe, expect, test } from 'vitest'
import type { Offset, Source, SourceBatch } from '../../src/api/source.ts'
import { PlutinoError } from '../../src/base/errors.ts'
import type { FakeClock } from '../support/fake-clock.ts'
import type { TestContext } from '../support/context.ts'

/** One source beside the other side that it reads from. */
export interface SourceSetup {
  readonly source: Source
  readonly ctx: TestContext<FakeClock>
  /** Has messages numbered `from` to `to - 1` come. Called after `connect`. */
  feed(from: number, to: number): void | Promise<void>
  /** Number of message `index` of a batch. */
  numberOf(batch: SourceBatch, index: number): number
  /** Loses the connection, for sources that have one; the other side can be reached again at once. */
  cut?(): void | Promise<void>
  /** How many messages the other side knows to be handled, for sources that acknowledge. */
  readonly committed?: () => number
  cleanup(): Promise<void>
}

/** What the driver of a rule may rely on, whatever the source. */
export function sourceContract(name: string, create: () => Promise<SourceSetup>): void {
  const open: SourceSetup[] = []
  const setUp = async (): Promise<SourceSetup> => {
    const setup = await create()
    open.push(setup)
    return setup
  }
  afterEach(async () => {
    for (const setup of open.splice(0)) {
      // whoever says goodbye to nobody gives up when time passes
      const closed = setup.source.close()
      await setup.ctx.clock.advance(60_000)
      await closed
      await setup.cleanup()
    }
  })

  describe(`${name}: the contract of a source`, () => {
    test('close does no harm before connect, and twice', async () => {
      const { source, ctx } = await setUp()
      await source.close()
      const other = await setUp()
      await other.source.connect(other.ctx)
      await other.source.close()
      await other.source.close()
      expect(ctx.signal.aborted).toBe(false)
    })

    test.each([1, 7, 4096])('everything is read once and in order, at most %i at a time', async (limit) => {
      const setup = await setUp()
      await setup.source.connect(setup.ctx)
      const reading = readNumbers(setup, { count: 100, limit })
      await setup.feed(0, 60)
      await setup.feed(60, 100)
      const { numbers, sizes, times } = await reading
      expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => i))
      expect(Math.max(...sizes)).toBeLessThanOrEqual(limit)
      expect(times.every((time) => time <= setup.ctx.clock.now() && time > setup.ctx.clock.now() - 3_600_000)).toBe(true)
    })

    test('what came before the first read is not lost', async () => {
      const setup = await setUp()
      await setup.source.connect(setup.ctx)
      await setup.feed(0, 10)
      expect((await readNumbers(setup, { count: 10, limit: 100 })).numbers).toHaveLength(10)
    })

    test('a read that waits ends when the rule is stopped, and a later one at once', async () => {
      const setup = await setUp()
      await setup.source.connect(setup.ctx)
      const reading = drain(setup)
      setup.ctx.stop()
      await expect(reading).rejects.toThrow('the rule was stopped')
      await expect(setup.source.read(10, setup.ctx)).rejects.toThrow('the rule was stopped')
    })

    test('a read that waits ends when the source is closed', async () => {
      const setup = await setUp()
      await setup.source.connect(setup.ctx)
      const reading = drain(setup).then(
        () => 'ended',
        (error: unknown) => (error instanceof PlutinoError ? error.retry : 'wrong'),
      )
      await setup.source.close()
      expect(['ended', 'reconnect']).toContain(await reading)
    })

    test('metadata has own members only', async () => {
      const setup = await setUp()
      await setup.source.connect(setup.ctx)
      await setup.feed(0, 1)
      const batch = await setup.source.read(1, setup.ctx)
      expect(batch?.meta?.(batch.from, 'constructor')).toBeUndefined()
      expect(batch?.meta?.(batch.from, '__proto__')).toBeUndefined()
      for (const [key, value] of Object.entries(batch?.metaAll?.(batch.from) ?? {})) expect(batch?.meta?.(batch.from, key)).toEqual(value)
      batch?.release?.()
    })

    test('offsets grow; commits count once, in any order, and do no harm after close', async () => {
      const setup = await setUp()
      await setup.source.connect(setup.ctx)
      const reading = readNumbers(setup, { count: 50, limit: 5 })
      await setup.feed(0, 50)
      const { offsets } = await reading
      if (setup.source.commit === undefined || setup.committed === undefined) return
      const places = offsets.map(Number)
      expect(places).toEqual(places.toSorted((a, b) => a - b))
      expect(new Set(places).size).toBe(places.length)
      const { committed } = setup
      expect(committed()).toBe(0)
      await setup.source.commit(offsets[3] ?? 0)
      await expect.poll(committed).toBe(20)
      await setup.source.commit(offsets[1] ?? 0)
      await setup.source.commit(offsets[3] ?? 0)
      await setup.source.commit(offsets.at(-1) ?? 0)
      await expect.poll(committed).toBe(50)
      await setup.source.close()
      await setup.source.commit(offsets.at(-1) ?? 0)
    })

    test('after a lost connection it goes on, by itself or when it is connected again', async () => {
      const setup = await setUp()
      await setup.source.connect(setup.ctx)
      if (setup.cut === undefined) return
      await setup.feed(0, 10)
      expect((await readNumbers(setup, { count: 10, limit: 100 })).numbers).toHaveLength(10)
      const reading = readNumbers(setup, { count: 10, limit: 100 }).catch(async (error: unknown) => {
        expect(error).toMatchObject({ retry: 'reconnect' })
        await setup.source.connect(setup.ctx)
        return readNumbers(setup, { count: 10, limit: 100 })
      })
      await setup.cut()
      await setup.feed(10, 20)
      expect((await reading).numbers).toEqual(Array.from({ length: 10 }, (_, i) => i + 10))
    })
  })
}

interface Seen {
  readonly numbers: number[]
  readonly sizes: number[]
  readonly times: number[]
  readonly offsets: Offset[]
}

async function readNumbers(setup: SourceSetup, { count, limit }: { readonly count: number; readonly limit: number }): Promise<Seen> {
  const seen: Seen = { numbers: [], sizes: [], times: [], offsets: [] }
  while (seen.numbers.length < count) {
    const batch = await setup.source.read(limit, setup.ctx)
    if (batch === undefined) break
    for (let i = batch.from; i < batch.length; i++) seen.numbers.push(setup.numberOf(batch, i))
    seen.sizes.push(batch.length - batch.from)
    seen.times.push(batch.time)
    if (batch.offset !== undefined) seen.offsets.push(batch.offset)
    batch.release?.()
  }
  return seen
}

/** Reads until there is no more, for sources that begin with something. */
async function drain(setup: SourceSetup): Promise<void> {
  for (;;) {
    const batch = await setup.source.read(10, setup.ctx)
    if (batch === undefined) return
    batch.release?.()
  }
}
