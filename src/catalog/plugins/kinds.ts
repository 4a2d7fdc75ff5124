import type { PluginKind } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'

/** The kinds as addresses, folders and messages name them. */
export const KIND_FOLDERS = ['sources', 'sinks', 'functions'] as const

export type KindFolder = (typeof KIND_FOLDERS)[number]

const KINDS: Readonly<Record<KindFolder, PluginKind>> = { sources: 'source', sinks: 'sink', functions: 'function' }

function kindOf(folder: KindFolder): PluginKind {
  return KINDS[folder]
}

export function folderOf(kind: PluginKind): KindFolder {
  return kind === 'source' ? 'sources' : kind === 'sink' ? 'sinks' : 'functions'
}

/** Throws `plugin_invalid` when a package is not of the kind that it was installed as. */
export function checkKind(folder: KindFolder, kinds: readonly PluginKind[]): void {
  if (kinds.includes(kindOf(folder))) return
  throw new PlutinoError('plugin_invalid', `the package is no ${kindOf(folder)} plugin, but a ${kinds.join(' and a ')} plugin`, {
    hint: `install it under /plugins/${kinds.map(folderOf).join(' or /plugins/')}`,
  })
}
