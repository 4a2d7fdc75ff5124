import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import type { IClientOptions } from 'mqtt'
import { PlutinoError } from '../../base/errors.ts'
import type { ConnectionConfig } from './fields.ts'
import type { Address } from './lane/link.ts'

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'tcp:': 1883,
  'mqtt:': 1883,
  'mqtts:': 8883,
  'ssl:': 8883,
  'tls:': 8883,
  'ws:': 80,
  'wss:': 443,
}

const SECURE = new Set(['mqtts:', 'ssl:', 'tls:', 'wss:'])

const TLS_VERSIONS = { 'tls1.0': 'TLSv1', 'tls1.1': 'TLSv1.1', 'tls1.2': 'TLSv1.2', 'tls1.3': 'TLSv1.3' } as const

/** Checks what no single field can check. Throws `config_invalid`. */
export function checkConnection(config: ConnectionConfig): void {
  brokerUrl(config.server)
  if (config.enableClientSession && clientIdOf(config) === undefined) {
    throw new PlutinoError('config_invalid', 'enableClientSession needs a clientid: the broker keeps sessions by it', {
      path: ['field clientid'],
    })
  }
  if (config.password !== undefined && config.username === undefined) {
    throw new PlutinoError('config_invalid', 'password is given, but no username', { path: ['field username'] })
  }
}

function clientIdOf({ clientid, clientId }: ConnectionConfig): string | undefined {
  const given = clientid ?? clientId
  return given === '' ? undefined : given
}

function brokerUrl(server: string): URL {
  const url = URL.parse(server)
  const invalid = (expected: string): PlutinoError =>
    new PlutinoError('config_invalid', `server: ${expected}`, { hint: 'write it as tcp://host:1883, mqtts://host:8883 or ws://host/path' })
  if (url === null || url.hostname === '') throw invalid(`expected the address of a broker, got "${server}"`)
  if (url.username !== '' || url.password !== '')
    throw invalid('expected no credentials in the address: they belong in username and password')
  return url
}

/** Where the broker is, with certificates read. Throws `config_invalid` for a file that cannot be read. */
export async function brokerAddress(config: ConnectionConfig): Promise<Address> {
  const url = brokerUrl(config.server)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 1883) : Number(url.port)
  const tls = SECURE.has(url.protocol) ? await tlsOptions(config) : undefined
  if (!url.protocol.startsWith('ws')) return { host, port, ...(tls === undefined ? {} : { tls }) }
  const { openWebSocket } = await import('./web-socket.ts')
  const transport = { transport: () => openWebSocket(url.href, tls ?? {}) }
  return { host, port, ...(tls === undefined ? {} : { tls }), ...transport }
}

async function tlsOptions(config: ConnectionConfig): Promise<ConnectionOptions> {
  const [cert, key, ca] = await Promise.all([
    pem(config.certficationRaw, config.certificationPath, 'certificationPath'),
    pem(config.privateKeyRaw, config.privateKeyPath, 'privateKeyPath'),
    pem(config.rootCARaw, config.rootCaPath, 'rootCaPath'),
  ])
  return {
    minVersion: TLS_VERSIONS[config.tlsMinVersion],
    rejectUnauthorized: !config.insecureSkipVerify,
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(ca === undefined ? {} : { ca }),
  }
}

async function pem(raw: string | undefined, path: string | undefined, field: string): Promise<Buffer | undefined> {
  if (raw !== undefined && raw !== '') return Buffer.from(raw, 'base64')
  if (path === undefined || path === '') return undefined
  try {
    return await readFile(path)
  } catch (cause) {
    throw new PlutinoError('config_invalid', `${field}: the file "${path}" cannot be read`, { cause })
  }
}

/** The session's options. `reconnectPeriod` is kept by who follows the connection. */
export function sessionOptions(config: ConnectionConfig): IClientOptions {
  const protocolVersion = config.protocolVersion === '5' ? 5 : config.protocolVersion === '3.1' ? 3 : 4
  return {
    protocolVersion,
    protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
    // MQTT 3.1 allows 23 characters
    clientId: clientIdOf(config) ?? `plutino-${randomBytes(6).toString('hex')}`,
    clean: !config.enableClientSession,
    keepalive: Math.round(config.keepalive / 1000),
    connectTimeout: config.connectionTimeout,
    resubscribe: false,
    ...(config.username === undefined ? {} : { username: config.username }),
    ...(config.password === undefined ? {} : { password: config.password }),
    // as MQTT 3.1.1 does it: the session stays until a clean one replaces it
    ...(protocolVersion === 5 && config.enableClientSession ? { properties: { sessionExpiryInterval: 0xffff_ffff } } : {}),
  }
}
