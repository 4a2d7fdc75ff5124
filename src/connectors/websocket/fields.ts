import { boolean, choice, type ConfigOf, type Json, json, string } from '../../config/field.ts'
import { PlutinoError } from '../../base/errors.ts'

/** Where the other side is, when this server is the client. */
export const CLIENT_FIELDS = {
  addr: string('Address of a WebSocket server to connect to, `host:port`; without it clients connect to the port for data of this server', {
    optional: true,
    examples: ['127.0.0.1:8080'],
  }),
  scheme: choice('How to connect', { ws: 'in the clear', wss: 'with TLS' }, { default: 'ws' }),
  insecureSkipVerify: boolean('Accept any certificate of the server', { default: false, advanced: true }),
  connectionSelector: json('Ignored', { optional: true, advanced: true }),
} as const

export type ClientConfig = ConfigOf<typeof CLIENT_FIELDS>

/** Undefined: clients connect to us. Throws `config_invalid`. */
export function addressOf({ addr, scheme }: ClientConfig, path: string): string | undefined {
  if (addr === undefined || addr === '') return undefined
  const address = `${/^wss?:\/\//.test(addr) ? addr.replace(/\/$/, '') : `${scheme}://${addr}`}${path}`
  if (URL.canParse(address)) return address
  const shown: Json = addr
  throw new PlutinoError('config_invalid', `addr: expected host:port, got ${JSON.stringify(shown)}`)
}
