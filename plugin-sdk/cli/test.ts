import type { PluginPackage } from '../../src/api/plugin.ts'
import { PlutinoError } from '../../src/base/errors.ts'
import { languageOf } from '../build/plugin.ts'
import { build, seconds, titleOf } from './build.ts'
import type { ExitCode, Given, Surroundings } from './command.ts'
import { Bench, onStand, type Stand } from './fixtures/bench.ts'
import { type Case, type CaseKind, readCases } from './fixtures/case.ts'
import { runAggregate, runFunction } from './fixtures/function-cases.ts'
import { runSink } from './fixtures/sink-case.ts'
import { runSource } from './fixtures/source-case.ts'
import { withProgress } from './progress.ts'

const RUN: Readonly<Record<CaseKind, (one: Case, stand: Stand) => Promise<readonly string[]>>> = {
  function: runFunction,
  aggregate: runAggregate,
  source: runSource,
  sink: runSink,
}

/** `plutino plugin test`. */
export async function testCommand({ args, options }: Given, around: Surroundings): Promise<ExitCode> {
  const started = around.clock.now()
  const folder = args[0] ?? '.'
  await languageOf(folder)
  const cases = await readCases(folder)
  const packed = await build(folder, around)
  const plugin = await withProgress('checking the component', around, checked(packed.zip))
  let failed = 0
  for (const one of cases) if (!(await passes(one, { plugin, verbose: options['verbose'] === true }, around))) failed += 1
  around.terminal.out(`${titleOf(packed)}: ${cases.length - failed} of ${cases.length} cases pass, ${seconds(around, started)}`)
  return failed === 0 ? 0 : 1
}

async function checked(zip: Uint8Array): Promise<PluginPackage> {
  const bench = await Bench.open()
  try {
    return await bench.host.unpack(zip)
  } finally {
    await bench.close()
  }
}

async function passes(
  one: Case,
  { plugin, verbose }: { readonly plugin: PluginPackage; readonly verbose: boolean },
  around: Surroundings,
): Promise<boolean> {
  const { terminal } = around
  const bench = await Bench.open()
  try {
    const contributions = bench.host.definitions(plugin)
    const running = onStand(one, { contributions, folder: bench.folder }, (stand) => differences(one, stand))
    const { result, log } = await withProgress(one.place, around, running)
    const good = result.length === 0
    const write = (text: string): void => (good ? terminal.out(text) : terminal.err(text))
    write(`${good ? 'ok  ' : 'FAIL'} ${titleOfCase(one)}`)
    for (const line of result) write(`     ${line}`)
    if (verbose || !good) for (const { level, text } of log.lines) write(`     log ${level}: ${text}`)
    return good
  } finally {
    await bench.close()
  }
}

async function differences(one: Case, stand: Stand): Promise<readonly string[]> {
  try {
    return await RUN[one.kind](one, stand)
  } catch (error) {
    if (!(error instanceof PlutinoError) || error.message.startsWith(one.place)) throw error
    return [error.message, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])]
  }
}

function titleOfCase({ place, kind, members }: Case): string {
  const { doc, name } = members
  return `${place}: ${typeof doc === 'string' ? doc : typeof name === 'string' ? `${kind} ${name}` : kind}`
}
