import type { PluginPackage } from '../../api/plugin.ts'
import { PlutinoError } from '../../base/errors.ts'

/** Imports that reach beyond the rule; the others (log, state, clock, random) are always allowed. */
const REACHING = ['db', 'http', 'tcp'] as const
const HARMLESS: ReadonlySet<string> = new Set(['log', 'state', 'clock', 'random'])
const PLACE = /^(?:http:https?:\/\/[^/\s]+(?:\/\S*)?|tcp:(?:\[[\da-f:.]+\]|[^:\s/]+):(?:\d+|\*))$/i

/** Throws `plugin_invalid` when the component imports what its installer does not allow. */
export function checkAllowance({ description: { name, version, capabilities }, allow }: PluginPackage): void {
  if (allow === undefined) return
  const strange = allow.find((one) => !isKnown(one))
  if (strange !== undefined) {
    throw new PlutinoError('config_invalid', `allow: ${JSON.stringify(strange)} says nothing that can be allowed`, {
      hint: 'db, http, tcp, or with a place: http:https://api.example/*, tcp:plc.example:502',
    })
  }
  const missing = REACHING.filter(
    (one) => capabilities.includes(one) && !allow.some((given) => given === one || given.startsWith(`${one}:`)),
  )
  if (missing.length === 0) return
  const allowed = allow.length === 0 ? 'nothing is allowed' : `only ${allow.join(', ')} is allowed`
  throw new PlutinoError('plugin_invalid', `version ${version} of plugin ${name} needs ${missing.join(' and ')}, but ${allowed}`, {
    hint: `to allow it, send "allow": ${JSON.stringify([...allow, ...missing])}`,
  })
}

/** The places to which what the manifest names is narrowed; a kind without places is not narrowed. */
export function placesOf(allow: readonly string[]): readonly string[] {
  const places = allow.flatMap((one) => /^(?:http|tcp):(.+)$/i.exec(one)?.[1] ?? [])
  return [...places, ...(allow.includes('http') ? ['http://*:*', 'https://*:*'] : []), ...(allow.includes('tcp') ? ['*:*'] : [])]
}

function isKnown(given: string): boolean {
  return HARMLESS.has(given) || REACHING.some((one) => one === given) || PLACE.test(given)
}
