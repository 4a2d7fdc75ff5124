import { isIPv4 } from 'node:net'

/** Headers by their names in lower case; null when there is none. */
export interface HeaderLookup {
  get(name: string): string | null
}

/**
 * Why a request may come from a page of another site that the user's browser has open; undefined when it may not. A server on loopback
 * trusts its machine, and a browser on it runs pages of strangers: they can send requests there (CSRF), and by a name that they point
 * to 127.0.0.1 even read the answers (DNS rebinding). Programs other than browsers send none of these headers but Host.
 */
export function foreignRequest(headers: HeaderLookup, host: string): string | undefined {
  const asked = hostName(headers.get('host') ?? '')
  if (asked !== undefined && !isLoopback(asked) && asked !== host.toLowerCase()) return `host ${asked} is not this machine`
  const origin = headers.get('origin')
  if (origin !== null) {
    const from = URL.canParse(origin) ? hostName(new URL(origin).host) : undefined
    if (from === undefined || !isLoopback(from)) return 'requests of pages of other sites are not accepted'
  }
  return headers.get('sec-fetch-site') === 'cross-site' ? 'requests of pages of other sites are not accepted' : undefined
}

/** Does this name or address never leave the machine? */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || (isIPv4(name) && name.startsWith('127.'))
}

/** Of `name:port`, in lower case; undefined when there is none. */
function hostName(text: string): string | undefined {
  const name = text.startsWith('[') ? text.slice(0, text.indexOf(']') + 1) : (text.split(':')[0] ?? '')
  return name === '' ? undefined : name.toLowerCase()
}
