import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { NetworkGrant } from './network-grant.ts'

/** As `dns.lookup` with all addresses. */
export type Resolve = (
  host: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Resolves names for sockets, and refuses answers that the grant does not cover: what is checked is what is connected to, however a name
 * changes its answer from one time to the next.
 */
export function grantedLookup(grant: NetworkGrant, resolve: Resolve = lookup): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      try {
        for (const { address } of addresses) grant.checkAddress(host, address)
      } catch (denied) {
        return callback(denied instanceof Error ? denied : new Error(String(denied)), '', 0)
      }
      if (options.all === true) return callback(null, addresses)
      const [first] = addresses
      return callback(null, first?.address ?? '', first?.family ?? 0)
    })
  }
}
