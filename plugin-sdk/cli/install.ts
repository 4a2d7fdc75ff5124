import { stat } from 'node:fs/promises'
import { readFiles } from '../../src/wasm/install/files.ts'
import { build } from './build.ts'
import type { ExitCode, Given, Surroundings } from './command.ts'
import { withProgress } from './progress.ts'
import { readZip } from './read-zip.ts'
import { PluginServer } from './server.ts'

/** `plutino plugin install`. */
export async function installCommand(given: Given, around: Surroundings): Promise<ExitCode> {
  const server = PluginServer.of(given)
  const { zip, name } = await packageAt(given.args[0] ?? '.', around)
  around.terminal.out(await withProgress(`installing ${name} in ${server.url}`, around, server.install(zip, name)))
  return 0
}

async function packageAt(place: string, around: Surroundings): Promise<{ readonly zip: Uint8Array; readonly name: string }> {
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) return build(place, around)
  const { zip, files } = await readZip(place)
  return { zip, name: readFiles(files).name }
}
