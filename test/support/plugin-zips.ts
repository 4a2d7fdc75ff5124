import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Contribution } from '../../src/api/definition.ts'
import type { PluginHost } from '../../src/api/plugin.ts'
import { service } from './services.ts'

const PLUGINS = path.join(import.meta.dirname, '../../plugins')

/** `PLUTINO_TEST_BUILT`: every plugin was built from its sources just now, and those builds are tested. Undefined: nothing says so. */
export const built: boolean = service('PLUTINO_TEST_BUILT') !== undefined

/** What a first-party plugin that another compiler makes brings: what was built just now, or else the copy that is in the repository. */
export async function pluginOf(host: PluginHost, folder: string, name = folder): Promise<readonly Contribution[]> {
  const zip = await readFile(path.join(PLUGINS, folder, built ? 'target' : 'prebuilt', `${name}.zip`))
  return host.definitions(await host.unpack(zip))
}
