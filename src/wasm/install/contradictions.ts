import type { PluginDescription } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { Json } from '../../config/field.ts'
import type { PluginFiles } from './files.ts'

/** Throws `plugin_invalid` when the manifest says of the plugin what the component, or the name of its file, does not. */
export function checkManifestAgrees(files: PluginFiles, { kinds, functions = [] }: Pick<PluginDescription, 'kinds' | 'functions'>): void {
  const { manifest, manifestFile, componentFile, name, version } = files
  if (!isObject(manifest)) return
  const refuse = (what: string, said: string, is: string): never => {
    throw new PlutinoError('plugin_invalid', `${manifestFile} says ${what} ${said}, but ${is}`, { hint: 'correct one of the two' })
  }
  const { name: saidName, version: saidVersion, kind } = manifest
  if (typeof saidName === 'string' && saidName.toLowerCase() !== name.toLowerCase())
    refuse('name', `"${saidName}"`, `the component is ${componentFile}`)
  if (typeof saidVersion === 'string' && componentFile.includes('@') && saidVersion.replace(/^v/, '') !== version)
    refuse('version', `"${saidVersion}"`, `the component is ${componentFile}`)
  if (typeof kind === 'string' && !kinds.some((one) => one === kind))
    refuse('kind', `"${kind}"`, `the component is a ${kinds.join(' and a ')}`)
  const known = new Set(functions.map((one) => one.name.toLowerCase()))
  const strange = functionNames(manifest['functions']).find((one) => !known.has(one.toLowerCase()))
  if (strange !== undefined)
    refuse(
      'function',
      `"${strange}"`,
      known.size === 0 ? 'the component has no functions' : `the component has ${functions.map((one) => one.name).join(', ')}`,
    )
}

/** By name, or in a list of names or of objects that have one. */
function functionNames(said: Json | undefined): readonly string[] {
  if (Array.isArray(said)) {
    return said.flatMap((one: Json) => {
      const name = isObject(one) ? one['name'] : one
      return typeof name === 'string' ? [name] : []
    })
  }
  return isObject(said) ? Object.keys(said) : []
}

function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value)
}
