import type { PluginDescription } from '../../api/plugin.ts'
import { isJsonObject } from '../../config/json-object.ts'
import { isDescription } from './description.ts'

/** One version of a plugin on the disk. */
export interface StoredVersion {
  /** Name of its folder. */
  readonly folder: string
  readonly description: PluginDescription
  readonly allow?: readonly string[]
  /** Why it was rolled back by itself. */
  readonly failed?: string
}

/** Content of `current.json`: which versions there are, in the order in which they came, and which of them counts. */
export interface VersionRecord {
  readonly folder: string
  readonly versions: readonly StoredVersion[]
}

/** Undefined when it cannot be read. */
export function readRecord(value: unknown): VersionRecord | undefined {
  if (!isJsonObject(value) || typeof value['folder'] !== 'string') return undefined
  // Earlier versions of this server kept one version, described beside its folder.
  const { folder, versions = [value] } = value
  if (!Array.isArray(versions)) return undefined
  const known = versions.filter(isVersion)
  return known.some((one) => one.folder === folder) ? { folder, versions: known } : undefined
}

export function currentOf({ folder, versions }: VersionRecord): StoredVersion | undefined {
  return versions.find((one) => one.folder === folder)
}

/** With a version more, which counts now; the oldest ones go when there are more than `keep`. */
export function withVersion(record: VersionRecord | undefined, added: StoredVersion, keep: number): VersionRecord {
  const { version, sha256 } = added.description
  const others = (record?.versions ?? []).filter(({ description }) => description.version !== version || description.sha256 !== sha256)
  const before = others.filter((one) => one.folder !== record?.folder)
  const current = others.filter((one) => one.folder === record?.folder)
  const kept = keep > 1 ? [...before, ...current].slice(1 - keep) : []
  return { folder: added.folder, versions: [...kept, added] }
}

/** What a rollback goes to: the version named, else the last one before the current that did not fail. */
export function versionBefore(record: VersionRecord, wanted?: string): StoredVersion | undefined {
  const { folder, versions } = record
  if (wanted !== undefined) return versions.findLast((one) => one.description.version === wanted && one.folder !== folder)
  const at = versions.findIndex((one) => one.folder === folder)
  return versions.slice(0, at).findLast((one) => one.failed === undefined)
}

function isVersion(value: unknown): value is StoredVersion {
  return isJsonObject(value) && typeof value['folder'] === 'string' && isDescription(value['description'])
}
