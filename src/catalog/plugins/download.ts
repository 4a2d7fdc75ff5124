import { lookup } from 'node:dns/promises'
import { readFile, stat } from 'node:fs/promises'
import { BlockList, isIP } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import { maskAddresses } from '../../base/secrets.ts'
import type { PluginSettings } from '../../config/setting-fields.ts'

export type DownloadLimits = Pick<PluginSettings, 'maxZipSize' | 'downloadTimeout' | 'maxRedirects' | 'allowFile'>

/** Addresses where clouds hand out credentials to whoever asks from inside. */
const FORBIDDEN = new BlockList()
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4')
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6')
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6')

/** The zip behind an address with http, https or file. Throws `plugin_invalid` for everything that goes wrong on the way. */
export async function download(uri: string, limits: DownloadLimits, clock: Clock): Promise<Uint8Array> {
  const url = checkUri(uri, limits)
  try {
    return url.protocol === 'file:' ? await readLocal(url, limits) : await withTimeout(url, limits, clock)
  } catch (error) {
    if (error instanceof PlutinoError && error.code === 'denied') throw error
    throw new PlutinoError('plugin_invalid', `fail to download file ${maskAddresses(uri)}: ${reasonOf(error)}`, {
      cause: error,
      hint: 'check that the address can be reached from this machine and answers with the zip',
    })
  }
}

function checkUri(uri: string, limits: DownloadLimits): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  if (url === undefined || !['http:', 'https:', 'file:'].includes(url.protocol) || !url.pathname.toLowerCase().endsWith('.zip')) {
    throw new PlutinoError('plugin_invalid', `invalid uri ${maskAddresses(uri)}`, {
      hint: 'expected http://, https:// or file:// and a name that ends with .zip',
    })
  }
  if (url.protocol === 'file:' && !limits.allowFile) {
    throw new PlutinoError('denied', 'file:// addresses are not allowed here', { hint: 'the setting plugin.allowFile forbids them' })
  }
  return url
}

async function readLocal(url: URL, { maxZipSize }: DownloadLimits): Promise<Uint8Array> {
  if (url.host !== '') throw new Error(`expected a path on this machine, got the host ${url.host}`)
  const file = fileURLToPath(url)
  const found = await stat(file)
  if (!found.isFile()) throw new Error('it is not a file')
  if (found.size > maxZipSize) throw tooLarge(maxZipSize)
  return readFile(file)
}

async function withTimeout(url: URL, limits: DownloadLimits, clock: Clock): Promise<Uint8Array> {
  const abort = new AbortController()
  const reason = new Error(`no complete answer within ${limits.downloadTimeout} ms`)
  const cancel = clock.after(limits.downloadTimeout, () => abort.abort(reason))
  try {
    return await fetchZip(url, limits, abort.signal)
  } catch (error) {
    throw abort.signal.aborted ? reason : error
  } finally {
    cancel()
    abort.abort()
  }
}

async function fetchZip(first: URL, limits: DownloadLimits, signal: AbortSignal): Promise<Uint8Array> {
  let url = first
  for (let redirects = 0; ; redirects++) {
    await checkHost(url)
    const response = await fetch(url, { redirect: 'manual', signal })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) {
      if (!response.ok) throw new Error(`the server answered ${response.status}`)
      return readLimited(response, limits.maxZipSize)
    }
    if (redirects === limits.maxRedirects) throw new Error(`more than ${limits.maxRedirects} redirects`)
    await response.body?.cancel()
    url = new URL(location, url)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`a redirect to ${url.protocol} is not followed`)
  }
}

async function checkHost(url: URL): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  const addresses = family === 0 ? await lookup(host, { all: true }) : [{ address: host, family }]
  const bad = addresses.find(({ address, family: version }) => FORBIDDEN.check(address, version === 6 ? 'ipv6' : 'ipv4'))
  if (bad !== undefined) throw new Error(`addresses such as ${bad.address} are not asked`)
}

async function readLimited(response: Response, maxZipSize: number): Promise<Uint8Array> {
  if (Number(response.headers.get('content-length') ?? 0) > maxZipSize) throw tooLarge(maxZipSize)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxZipSize) throw tooLarge(maxZipSize)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const tooLarge = (limit: number): Error => new Error(`it is larger than ${limit} bytes`)

/** fetch hides why it failed in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const inner = error.cause instanceof Error && error.message === 'fetch failed' ? error.cause : error
  return maskAddresses(inner.message === '' ? inner.name : inner.message)
}
