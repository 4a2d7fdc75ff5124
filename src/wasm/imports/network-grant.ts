import { BlockList, isIP } from 'node:net'
import { PlutinoError } from '../../base/errors.ts'

/** A place in the network that a plugin may reach; `*` stands for any host or port. */
interface Target {
  readonly host: string
  readonly port: string
  /** http alone: `http` or `https`; absent: TCP. */
  readonly scheme?: string
  /** http alone: the path must begin so. */
  readonly path?: string
}

/** Addresses of this machine and of its own link: reached only by who names them. */
const LOCAL = new BlockList()
LOCAL.addSubnet('127.0.0.0', 8, 'ipv4')
LOCAL.addSubnet('0.0.0.0', 8, 'ipv4')
LOCAL.addSubnet('169.254.0.0', 16, 'ipv4')
LOCAL.addSubnet('fe80::', 10, 'ipv6')
// ::1, ::, and addresses of IPv4 in the old form ::127.0.0.1
LOCAL.addSubnet('::', 96, 'ipv6')
// the same addresses of IPv4 behind translators (64:ff9b::127.0.0.1) and in 6to4
LOCAL.addSubnet('64:ff9b::7f00:0', 104, 'ipv6')
LOCAL.addSubnet('64:ff9b::', 104, 'ipv6')
LOCAL.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
LOCAL.addSubnet('2002:7f00::', 24, 'ipv6')
LOCAL.addSubnet('2002:a9fe::', 32, 'ipv6')

const PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

/** What the http and tcp imports of a plugin instance may reach: what its manifest asks for and what its rule names. */
export class NetworkGrant {
  readonly #targets: readonly Target[]
  readonly #manifest: ReadonlySet<Target>
  readonly #within: readonly Target[] | undefined

  /**
   * `https://api.example/v1/*`, `http://*`, `host:502`, `*:502`. What is neither is passed over. `named`: by the rule; `manifest`: what the
   * plugin asks for, as far as it lies `within` what its installer allows.
   */
  constructor(
    named: readonly string[],
    manifest: { readonly patterns: readonly string[]; readonly within?: readonly string[] } = { patterns: [] },
  ) {
    const asked = targetsOf(manifest.patterns)
    this.#targets = [...asked, ...targetsOf(named)]
    this.#manifest = new Set(asked)
    this.#within = manifest.within === undefined ? undefined : targetsOf(manifest.within)
  }

  /** Throws `denied` when the origin or path is not granted. */
  checkUrl(url: URL): void {
    const scheme = url.protocol.slice(0, -1)
    const place: Target = { host: bare(url.hostname), port: url.port === '' ? (PORTS[scheme] ?? '') : url.port, scheme, path: url.pathname }
    this.#check(place, url.origin)
  }

  /** Throws `denied` when host and port are not granted. */
  checkHost(host: string, port: number): void {
    const place: Target = { host: bare(host), port: String(port) }
    this.#check(place, `${host}:${port}`)
  }

  /** Throws `denied` for an address of this machine behind a name that does not say so. */
  checkAddress(host: string, address: string): void {
    if (isLocal(address) && host !== 'localhost') throw localAddress(`${host} is ${address},`)
  }

  #check(place: Target, text: string): void {
    const allowed = this.#within?.some((target) => covers(target, place)) !== false
    const covering = this.#targets.filter((target) => covers(target, place) && (allowed || !this.#manifest.has(target)))
    if (covering.length === 0) throw this.#denied(text, place.scheme === undefined ? 'tcp' : 'http')
    const literal = place.host === 'localhost' ? '127.0.0.1' : place.host
    // A pattern that this machine happens to fit does not name it.
    if (isIP(literal) !== 0 && isLocal(literal) && !covering.some(({ host }) => host === place.host)) throw localAddress(`${place.host} is`)
  }

  #denied(place: string, kind: 'http' | 'tcp'): PlutinoError {
    const known = this.#targets.filter((target) => (target.scheme === undefined) === (kind === 'tcp')).map(textOf)
    return new PlutinoError(
      'denied',
      `the plugin may not reach ${place}; it may reach ${known.length === 0 ? 'nothing' : known.join(', ')}`,
      {
        hint: 'name the place in the configuration of the rule, or in capabilities of the manifest',
      },
    )
  }
}

function localAddress(what: string): PlutinoError {
  return new PlutinoError('denied', `${what} an address of this machine, which is not granted to the plugin`, {
    hint: 'name the address itself in the rule, or in the manifest of the plugin',
  })
}

function isLocal(given: string): boolean {
  // behind the percent sign stands the name of an interface
  const address = given.replace(/%.*$/, '')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return mapped === undefined ? LOCAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') : LOCAL.check(mapped)
}

function targetsOf(patterns: readonly string[]): readonly Target[] {
  return patterns.flatMap((pattern) => targetOf(pattern) ?? [])
}

function targetOf(pattern: string): Target | undefined {
  const web = /^(https?):\/\/([^/?#]+)(\/[^?#]*)?/i.exec(pattern)
  if (web !== null) {
    const scheme = (web[1] ?? '').toLowerCase()
    const [host, port] = split(web[2] ?? '')
    return { scheme, host, port: port ?? PORTS[scheme] ?? '', path: (web[3] ?? '/').replace(/\*$/, '') }
  }
  const [host, port] = split(pattern)
  return port === undefined || host === '' || /[\s/@]/.test(pattern) ? undefined : { host, port }
}

/** Host and port; an IPv6 address stands in brackets. */
function split(text: string): readonly [string, string | undefined] {
  const found = /^(\[[^\]]+\]|[^:]*)(?::(\d+|\*))?$/.exec(text)
  return found === null ? ['', undefined] : [bare(found[1] ?? ''), found[2]]
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase()
}

function covers(target: Target, place: Target): boolean {
  if (target.scheme !== place.scheme || (target.port !== '*' && target.port !== place.port)) return false
  if (!(place.path ?? '').startsWith(target.path ?? '')) return false
  if (target.host === '*' || target.host === place.host) return true
  return target.host.startsWith('*.') && place.host.endsWith(target.host.slice(1))
}

function textOf({ scheme, host, port, path }: Target): string {
  return scheme === undefined ? `${host}:${port}` : `${scheme}://${host}${PORTS[scheme] === port ? '' : `:${port}`}${path}*`
}
