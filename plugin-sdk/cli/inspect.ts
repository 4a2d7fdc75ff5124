import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/log.ts'
import type { PluginDescription, PluginFunction } from '../../src/api/plugin.ts'
import type { Parameter } from '../../src/api/function.ts'
import { createPluginHost } from '../../src/wasm/plugin-host.ts'
import type { ExitCode, Given, Surroundings } from './command.ts'
import { noDatabases } from './no-databases.ts'
import { withProgress } from './progress.ts'
import { readNamed } from './read-zip.ts'
import { kib } from './words.ts'

/** `plutino plugin inspect`: the checks of an installation, without one. */
export async function inspectCommand({ args, options }: Given, around: Surroundings): Promise<ExitCode> {
  const file = args[0] ?? ''
  const zip = await readNamed(file)
  const host = createPluginHost({ databases: noDatabases, clock: systemClock, log: silentLogger })
  try {
    const { description, files } = await withProgress(`checking ${file}`, around, host.unpack(zip))
    around.terminal.out(options['json'] === true ? JSON.stringify(description, undefined, 2) : describe(description, [...files.keys()]))
    return 0
  } finally {
    await host.close()
  }
}

function describe(plugin: PluginDescription, files: readonly string[]): string {
  const { name, version, kinds, capabilities, wit, size, sha256, functions = [], source, signing } = plugin
  return [
    `${name} ${version}`,
    `  kinds         ${kinds.join(', ')}`,
    `  capabilities  ${capabilities.length === 0 ? 'none' : capabilities.join(', ')}`,
    ...(source === undefined
      ? []
      : [`  source        ${source.payload}, ${source.resumes ? 'goes on from offsets' : 'does not go on from offsets'}`]),
    ...functions.map((one, i) => `  ${i === 0 ? 'functions   ' : '            '}  ${signatureOf(one)}`),
    `  WIT           plutino:plugin@${wit}`,
    `  component     ${kib(size)}`,
    `  sha256        ${sha256}`,
    `  signed        ${signing?.signed === 'yes' ? `yes, by ${signing.signedBy ?? ''}` : 'no'}`,
    `  files         ${files.join(', ')}`,
  ].join('\n')
}

/** `slug(text: string) -> string`. */
function signatureOf({ name, params, returns, interface: from, effect }: PluginFunction): string {
  const kind = from === 'aggregate' ? ', aggregate' : effect === 'pure' ? '' : `, ${effect}`
  return `${name}(${params.map(parameterOf).join(', ')}) -> ${returns}${kind}`
}

function parameterOf({ name, type, optional, repeats }: Parameter): string {
  return `${name}${optional === true ? '?' : ''}: ${type}${repeats === true ? ' …' : ''}`
}
