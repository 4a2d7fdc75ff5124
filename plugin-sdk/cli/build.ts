import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PlutinoError } from '../../src/base/errors.ts'
import { packAny, type PackedPlugin, writeZip } from '../build/plugin.ts'
import { type ExitCode, type Given, type Surroundings, textOption } from './command.ts'
import { withProgress } from './progress.ts'
import { kib, near } from './words.ts'

/** Builds and packs the plugin in a folder. Throws BuildError. */
export function build(folder: string, around: Surroundings): Promise<PackedPlugin> {
  return withProgress(`building ${near(folder)}`, around, packAny(folder))
}

/** `plutino plugin build`. */
export async function buildCommand({ args }: Given, around: Surroundings): Promise<ExitCode> {
  const started = around.clock.now()
  const packed = await build(args[0] ?? '.', around)
  const file = await writeZip(packed)
  around.terminal.out(`${titleOf(packed)}: ${near(file)}, ${kib(packed.zip.length)}, ${seconds(around, started)}`)
  return 0
}

/** `plutino plugin pack`. */
export async function packCommand(given: Given, around: Surroundings): Promise<ExitCode> {
  const packed = await build(given.args[0] ?? '.', around)
  const out = textOption(given, 'out')
  if (out !== undefined && !out.endsWith('.zip'))
    throw new PlutinoError('config_invalid', `--out: expected a name that ends with .zip, got "${out}"`)
  const file = out === undefined ? await writeZip(packed) : await writeAt(out, packed.zip)
  const width = Math.max(...[...packed.files.keys()].map((name) => name.length))
  around.terminal.out(`${near(file)}, ${kib(packed.zip.length)}:`)
  for (const [name, content] of packed.files) around.terminal.out(`  ${name.padEnd(width)}  ${kib(content.length)}`)
  return 0
}

/** `my-sink 1.0.0 (Rust)`. */
export function titleOf({ name, version, language, compiler }: PackedPlugin): string {
  return `${name} ${version} (${compiler === undefined ? language : `${language}, ${compiler}`})`
}

export function seconds({ clock }: Surroundings, started: number): string {
  return `${((clock.now() - started) / 1000).toFixed(1)} s`
}

async function writeAt(file: string, content: Uint8Array): Promise<string> {
  try {
    await writeFile(file, content)
    return path.resolve(file)
  } catch (error) {
    throw new PlutinoError('system', `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
