/*
 * What a row costs that goes through a plugin in AssemblyScript: scalar functions over batches, a source and a sink, all in (conversion, thread
 * of the plugin and back), on our own executor and on jco's output; and calls of the host by a guest. Run: node test/bench/plugin-rows.ts
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPlugin } from '../../plugin-sdk/assemblyscript/build/build.ts'
import { systemClock } from '../../src/base/clock.ts'
import type { Cell } from '../../src/data/value.ts'
import { WireWriter } from '../../src/wasm/abi/wire.ts'
import { GuestInstance } from '../../src/wasm/guest/instance.ts'
import { clockFunctions } from '../../src/wasm/imports/clock.ts'
import type { Executor } from '../../src/wasm/program/code-request.ts'
import { Contract } from '../../src/wasm/wit/contract.ts'
import { functionOf, packageOf, sourceOf } from '../support/built-plugins.ts'
import { testContext } from '../support/context.ts'
import { rowsOf, sinkOf, testHost } from '../support/plugins.ts'
import { sinkGuest } from '../guests/sink-guests.ts'
import { measure } from './measure.ts'
import { slidingAggregate } from './plugin-sliding.ts'
import type { Figure } from './report.ts'

const GUESTS = 'plugin-sdk/assemblyscript/test/guests'
const ROWS = 1000

async function scalar(executor: Executor, name: string, row: (i: number) => readonly Cell[]): Promise<number> {
  const host = testHost({ clock: systemClock, executor })
  const found = functionOf(host.definitions(await packageOf(host, `${GUESTS}/functions`)), name)
  if (found.kind !== 'batch') throw new Error(`${name} is no batch function`)
  const rows = Array.from({ length: ROWS }, (_, i) => row(i))
  const ctx = testContext(systemClock)
  const opened = await found.openBatch({ place: 0, args: (rows[0] ?? []).map(() => ({ expression: 'a' })) }, ctx)
  const micros = await measure(ROWS, () => opened.call(rows))
  await host.close()
  return micros
}

async function source(executor: Executor): Promise<number> {
  const host = testHost({ clock: systemClock, executor })
  const definition = sourceOf(host.definitions(await packageOf(host, `${GUESTS}/numbers`)))
  const ctx = testContext(systemClock)
  const running = definition.create({ size: 100 })
  await running.connect(ctx)
  const micros = await measure(4096, () => running.read(4096, ctx))
  await host.close()
  return micros
}

/** Into a sink that does nothing: as rows of 4 columns, or encoded. */
async function sink(executor: Executor, form: 'rows' | 'encoded'): Promise<number> {
  const host = testHost({ clock: systemClock, executor })
  const wat = form === 'rows' ? sinkGuest({ collect: QUIET }) : sinkGuest({ configure: ENCODED, collect: QUIET })
  const running = (await sinkOf(host, wat)).create({})
  const ctx = testContext(systemClock)
  await running.connect(ctx)
  const { rows } = rowsOf(...Array.from({ length: ROWS }, (_, i) => [i, i * 0.5, `device-${i % 10}`, true]))
  const payloads = Array.from({ length: ROWS }, (_, i) => Buffer.from(`{"device":"device-${i % 10}","value":${i}}`))
  const batch = { rows, encoded: () => ({ payloads }) }
  const micros = await measure(ROWS, () => running.write(batch, ctx))
  await host.close()
  return micros
}

const QUIET = '(call $reset) (i32.const 64)'
const ENCODED = '(i32.store8 (i32.const 132) (i32.const 1)) (i32.const 128)'

/** A call of the host by a guest, in the guest's own thread; a batch of `ROWS` of them. */
async function hostCall(index: number, file: string): Promise<number> {
  const host = {
    direct: clockFunctions(Date.now),
    functions: new Map([['log.log', () => {}] as const]),
    wait: () => Promise.resolve(new Uint8Array()),
    drop: () => {},
  }
  const guest = new GuestInstance(new WebAssembly.Module(readFileSync(file)), new Contract(), host, 16_777_216)
  const wire = new WireWriter()
  for (const word of [index, 0, ROWS, 1]) wire.u32(word)
  wire.u8(0)
  wire.u32(0)
  const args = wire.take()
  return measure(ROWS, () => guest.call('scalar', 'exec', args))
}

const CASES: Readonly<Record<string, (executor: Executor, core: string) => Promise<number>>> = {
  numbers: (executor) => scalar(executor, 'norm4', (i) => [i, i * 0.5, -i, 1.25]),
  text: (executor) => scalar(executor, 'shout', (i) => [`device-${String(i).padStart(25, '0')}`]),
  source,
  rows: (executor) => sink(executor, 'rows'),
  encoded: (executor) => sink(executor, 'encoded'),
  trivial: (_, core) => hostCall(6, core),
  suspended: (_, core) => hostCall(7, core),
  sliding: slidingAggregate,
}

const [, file = '', wanted, executor, core = ''] = process.argv
if (file === import.meta.filename && wanted !== undefined) {
  process.stdout.write(String(await CASES[wanted]?.(executor === 'jco' ? 'jco' : 'own', core)))
  process.exit(0)
} else if (file === import.meta.filename) {
  for (const { name, value, unit, rival } of await pluginRowFigures())
    process.stdout.write(
      `${name.padEnd(64)}${value.toFixed(3).padStart(14)} ${unit}${rival === undefined ? '' : ` (jco ${rival.value.toFixed(3)})`}\n`,
    )
}

/** Each in a process of its own: what one leaves behind, the compiler above all, must not slow another down. */
export async function pluginRowFigures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'plutino-bench-'))
  const built = join(folder, 'core.wasm')
  writeFileSync(built, (await buildPlugin(`${GUESTS}/functions`)).core)
  const run = (name: string, on: Executor = 'own'): number =>
    Number(execFileSync(process.execPath, [import.meta.filename, name, on, built], { encoding: 'utf8' }))
  const micros = (name: string): Pick<Required<Figure>, 'value' | 'unit' | 'rival'> => ({
    value: run(name),
    unit: 'us',
    rival: { name: 'jco', value: run(name, 'jco') },
  })
  const perSecond = (name: string): Pick<Required<Figure>, 'value' | 'unit' | 'rival'> => ({
    value: 1e6 / run(name),
    unit: 'rows/s',
    rival: { name: 'jco', value: 1e6 / run(name, 'jco') },
  })
  const figures: readonly Figure[] = [
    { name: 'scalar function of a plugin over batches, 4 numbers, a row', ...micros('numbers'), most: 0.6 },
    { name: 'the same with a text of 32 bytes', ...micros('text'), most: 1 },
    { name: 'source of a plugin, messages of 100 bytes', ...perSecond('source'), least: 1e6 },
    { name: 'sink of a plugin, rows of 4 columns', ...perSecond('rows'), least: 1.5e6 },
    { name: 'sink of a plugin, encoded messages', ...perSecond('encoded'), least: 2e6 },
    { name: 'plugin aggregate in a sliding window of 100 rows, a row', ...micros('sliding'), most: 25 },
    { name: 'host import, trivial', value: run('trivial'), unit: 'us', most: 0.15 },
    { name: 'host import, suspended', value: run('suspended'), unit: 'us', most: 2 },
  ]
  rmSync(folder, { recursive: true })
  return figures
}
