import type { Fields, Json } from '../config/field.ts'

/** How people write the address of a database: a URL of one, or a Go DSN. */
const ADDRESS = /^(mysql|mariadb|sqlite):|@(tcp|unix)\(/i

export interface GuestConfig {
  /** The configuration as the guest reads it: JSON in which the name of its field stands in the place of each database address. */
  readonly text: string
  /** What the guest may open: by the name of the field, and by the address as the rule gives it. */
  readonly addresses: ReadonlyMap<string, string>
  /** Places in the network that the rule names: URLs and `host:port`. */
  readonly network: readonly string[]
}

/**
 * Separates what the guest may know of a configuration from what the host keeps. Database fields are those that the manifest marks;
 * without a manifest (`fields` undefined) every top-level text that reads like the address of a database.
 */
export function guestConfig(config: { readonly [name: string]: Json }, fields: Fields | undefined): GuestConfig {
  const addresses = new Map<string, string>()
  const shown = Object.entries(config).map(([name, value]): [string, Json] => {
    if (typeof value !== 'string' || !isDatabase(name, value, fields)) return [name, value]
    addresses.set(name, value)
    return [name, name]
  })
  for (const value of addresses.values()) if (!addresses.has(value)) addresses.set(value, value)
  return { text: JSON.stringify(Object.fromEntries(shown)), addresses, network: networkPlaces(shown.map(([, value]) => value)) }
}

/** Every text in a configuration that is a URL of http or https, or `host:port`. */
export function networkPlaces(values: readonly Json[]): readonly string[] {
  return values.flatMap((value): readonly string[] => {
    if (typeof value === 'string') return /^https?:\/\/|^[\w.-]+:\d+$|^\[[\da-f:.]+\]:\d+$/i.test(value) ? [value] : []
    return typeof value === 'object' && value !== null ? networkPlaces(Object.values(value)) : []
  })
}

function isDatabase(name: string, value: string, fields: Fields | undefined): boolean {
  if (fields === undefined) return ADDRESS.test(value)
  return Object.hasOwn(fields, name) && fields[name]?.database === true
}
