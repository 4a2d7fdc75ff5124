import { join } from 'node:path'
import { packPlugin } from '../../plugin-sdk/assemblyscript/build/pack.ts'
import type { Contribution, FunctionDefinition, SourceDefinition } from '../../src/api/definition.ts'
import type { PluginHost, PluginPackage } from '../../src/api/plugin.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Builds the plugin in a folder of the repository, and checks it as an installation does. */
export async function packageOf(host: PluginHost, folder: string): Promise<PluginPackage> {
  const packed = await packPlugin(join(ROOT, folder))
  return host.unpack(packed.zip)
}

export function sourceOf(contributions: readonly Contribution[]): SourceDefinition {
  const found = contributions.find((one) => one.kind === 'source')
  if (found?.kind !== 'source') throw new Error('no source')
  return found
}

export function functionOf(contributions: readonly Contribution[], name: string): FunctionDefinition['function'] {
  const found = contributions.find((one) => one.kind === 'function' && one.name.toLowerCase() === name.toLowerCase())
  if (found?.kind !== 'function') throw new Error(`no function ${name}`)
  return found.function
}
