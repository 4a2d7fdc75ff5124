import { PlutinoError } from '../../base/errors.ts'

/** Codes by which brokers say that the credentials are wrong: 4 and 5 of MQTT 3, 134 and 135 of MQTT 5. */
const CREDENTIALS = new Set([4, 5, 0x86, 0x87])

/** A connection that failed, in words of ours. */
export function connectionFailure(server: string, error: unknown): PlutinoError {
  if (error instanceof PlutinoError) return error
  const code = codeOf(error)
  const text = messageOf(error)
  if (typeof code === 'number' && CREDENTIALS.has(code)) {
    return new PlutinoError('denied', `the broker ${server} refused the connection: ${text}`, {
      cause: error,
      hint: 'check username and password',
    })
  }
  const certificate = typeof code === 'string' && /CERT|SIGNATURE|ALTNAME/.test(code)
  return new PlutinoError('unavailable', `no connection to the broker ${server}: ${text}`, {
    cause: error,
    hint: certificate
      ? "check rootCaPath, or the name in the broker's certificate"
      : 'check that the broker runs and that the address is right',
  })
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

/** When every address of a host fails, node gives an error without a text of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  if (error instanceof Error) return error.message === '' ? `error ${JSON.stringify(codeOf(error) ?? error.name)}` : error.message
  return String(error)
}
