import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Contribution } from '../../src/api/definition.ts'
import type { PluginHost, PluginPackage } from '../../src/api/plugin.ts'
import { service } from './services.ts'

const PLUGINS = path.join(import.meta.dirname, '../../plugins')

/** `PLUTINO_TEST_BUILT`: every plugin was built from its sources just now, and those builds are tested. Undefined: nothing says so. */
export const built: boolean = service('PLUTINO_TEST_BUILT') !== undefined

/** What a first-party plugin that another compiler makes brings: what was built just now, or else the copy that is in the repository. */
export async function pluginOf(host: PluginHost, folder: string, name = folder): Promise<readonly Contribution[]> {
  return host.definitions(await packageFrom(host, folder, name))
}

/** The same as a package. */
export async function packageFrom(host: PluginHost, folder: string, name = folder): Promise<PluginPackage> {
  return host.unpack(await zipOf(folder, name))
}

/** The same as the file that users install. */
export async function zipOf(folder: string, name = folder): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(path.join(PLUGINS, folder, built ? 'target' : 'prebuilt', `${name}.zip`)))
}

const SDK = path.join(import.meta.dirname, '../../plugin-sdk')

/** The guest of the contract suites in Rust or in Go, which is not kept in the repository: undefined where it was not built. */
export async function probeOf(host: PluginHost, language: 'rust' | 'tinygo'): Promise<readonly Contribution[] | undefined> {
  if (language === 'tinygo' && !built) return undefined
  const zip = await readFile(path.join(SDK, language, 'test/guests/probe', built ? 'target' : 'prebuilt', 'probe.zip'))
  return host.definitions(await host.unpack(zip))
}
