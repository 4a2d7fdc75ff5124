import { setTimeout as pause } from 'node:timers/promises'
import type { Contribution } from '../../src/api/definition.ts'
import type { PluginHost } from '../../src/api/plugin.ts'
import type { Sink } from '../../src/api/sink.ts'
import { systemClock } from '../../src/base/clock.ts'
import { heapCollector } from '../../src/base/idle-memory.ts'
import { COUNTING_SINK } from '../guests/sink-guests.ts'
import { type TestContext, testContext } from '../support/context.ts'
import { packageOfText, rowsOf, testHost } from '../support/plugins.ts'
import type { Figure } from './report.ts'

const ROWS = Array.from({ length: 10 }, (_, i) => [i])
const SWAPS = 20
const MANY = Number(process.env['SWAPS'] ?? 1000)

const collect = heapCollector()

type Ctx = TestContext<typeof systemClock>

/** A sink that gets ten rows every millisecond, 10,000 a second. */
class Flow {
  written = 0
  /** Milliseconds of the slowest write. */
  longest = 0
  readonly #done: Promise<void>
  #going = true

  constructor(sink: Sink, ctx: Ctx) {
    this.#done = this.#run(sink, ctx)
  }

  async stop(): Promise<void> {
    this.#going = false
    await this.#done
  }

  async #run(sink: Sink, ctx: Ctx): Promise<void> {
    const start = performance.now()
    while (this.#going) {
      const due = Math.floor(performance.now() - start) * ROWS.length
      while (this.written < due) {
        const begin = performance.now()
        await sink.write(rowsOf(...ROWS), ctx)
        this.longest = Math.max(this.longest, performance.now() - begin)
        this.written += ROWS.length
      }
      await pause(1)
    }
  }
}

/** A new version of a sink plugin under load: how long rows wait for it, and whether each arrives once. */
export async function swapFigures(): Promise<readonly Figure[]> {
  const host = testHost({ clock: systemClock })
  const plugin = await packageOfText(COUNTING_SINK, {})
  const version = (i: number): readonly Contribution[] =>
    host.definitions({ ...plugin, description: { ...plugin.description, version: `${i}.0.0` } })
  const ctx = testContext(systemClock)
  const first = version(0)
  const [definition] = first
  if (definition?.kind !== 'sink') throw new Error('no sink')
  const sink = definition.create({})
  await sink.connect(ctx)
  const quiet = new Flow(sink, ctx)
  await pause(1000)
  await quiet.stop()
  const flow = new Flow(sink, ctx)
  let from = first
  for (let i = 1; i <= SWAPS; i++) {
    const to = version(i)
    await swap(host, from, to)
    from = to
    await pause(100)
  }
  await flow.stop()
  const stored = ctx.state.get('plugin/rows')
  const arrived = stored instanceof Uint8Array ? Number(Buffer.from(stored).readBigInt64LE(1)) : 0
  const growth = await memoryOfSwaps(host, from, version)
  await sink.close()
  await host.close()
  const sent = quiet.written + flow.written
  return [
    { name: `longest wait of a row in ${SWAPS} swaps at 10,000 rows/s`, value: flow.longest, unit: 'ms', most: 50 },
    { name: 'the same without swaps', value: quiet.longest, unit: 'ms' },
    { name: `rows lost or doubled, of ${sent}`, value: Math.abs(sent - arrived), unit: 'rows', most: 0 },
    { name: `memory that ${MANY} swaps leave behind`, value: growth, unit: 'MB', most: 16 },
  ]
}

async function swap(host: PluginHost, from: readonly Contribution[], to: readonly Contribution[]): Promise<void> {
  await (await host.move(from, to, () => {})).commit()
}

/** Megabytes; the first swaps warm up. */
async function memoryOfSwaps(
  host: PluginHost,
  start: readonly Contribution[],
  version: (i: number) => readonly Contribution[],
): Promise<number> {
  let from = start
  let before = 0
  for (let i = 0; i < MANY + 200; i++) {
    const to = version(1000 + i)
    await swap(host, from, to)
    from = to
    if (i === 199) before = settled()
  }
  return (settled() - before) / 1e6
}

/** Resident bytes without the room that V8 keeps for its young generation, which grows with the pace and not with what is left behind. */
function settled(): number {
  collect()
  const { rss, heapTotal, heapUsed } = process.memoryUsage()
  return rss - heapTotal + heapUsed
}
