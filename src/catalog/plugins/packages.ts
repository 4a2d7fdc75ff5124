import { createHash } from 'node:crypto'
import type { PluginHost, PluginPackage } from '../../api/plugin.ts'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError, toPlutinoError } from '../../base/errors.ts'
import type { PluginSettings } from '../../config/setting-fields.ts'
import { checkId } from '../names.ts'
import { download } from './download.ts'
import { checkKind, type KindFolder } from './kinds.ts'

/** What a request says about a package that is to be installed. */
export interface PluginRequest {
  readonly name: string | undefined
  /** Address of the zip. */
  readonly file: string
  readonly sha256?: string | undefined
  /** What the plugin may do; undefined: what it could do before, or everything that it asks for. */
  readonly allow?: readonly string[] | undefined
}

/** With what a package must agree. */
export interface Wanted {
  readonly name?: string | undefined
  readonly kind?: KindFolder | undefined
  readonly allow?: readonly string[] | undefined
}

export interface PackageParts {
  readonly host: PluginHost
  readonly clock: Clock
  readonly settings: PluginSettings
}

/** Throws `plugin_invalid` when it cannot be had or is not the one that was meant. */
export async function fetchZip(request: PluginRequest, { settings, clock }: PackageParts): Promise<Uint8Array> {
  const zip = await download(request.file, settings, clock)
  const sha256 = createHash('sha256').update(zip).digest('hex')
  if (request.sha256 === undefined || request.sha256.toLowerCase() === sha256) return zip
  throw new PlutinoError('plugin_invalid', `the zip has the sha256 ${sha256}, expected ${request.sha256}`, {
    hint: 'it is not the file that was meant',
  })
}

/** Checks a zip completely. */
export async function unpack(zip: Uint8Array, { name, kind, allow }: Wanted, { host }: PackageParts): Promise<PluginPackage> {
  try {
    const plugin = { ...(await host.unpack(zip, name)), ...(allow === undefined ? {} : { allow }) }
    checkId(plugin.description.name)
    if (kind !== undefined) checkKind(kind, plugin.description.kinds)
    host.checkAllowed(plugin)
    return plugin
  } catch (error) {
    const cause = toPlutinoError(error, 'plugin_invalid')
    throw new PlutinoError(cause.code, `fail to install plugin: ${cause.message}`, {
      cause,
      path: cause.path,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    })
  }
}
