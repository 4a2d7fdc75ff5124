import { PlutinoError } from './errors.ts'

/** What to do about an address that cannot be had. */
export interface ListenCures {
  /** Another program has the port. */
  readonly taken: string
  /** The system does not let this user have the port. */
  readonly forbidden: string
  /** The machine has no such address. */
  readonly elsewhere: string
}

/** Why a server cannot listen, with what to do, as an error of code `system`. */
export function cannotListen(
  error: Error,
  { host, port }: { readonly host: string; readonly port: number },
  cures: ListenCures,
): PlutinoError {
  switch ('code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return new PlutinoError('system', `port ${port} of ${host} is taken by another program`, { cause: error, hint: cures.taken })
    case 'EACCES':
      return new PlutinoError('system', `port ${port} may not be used by this user`, { cause: error, hint: cures.forbidden })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new PlutinoError('system', `this machine has no address ${host}`, { cause: error, hint: cures.elsewhere })
    default:
      return new PlutinoError('system', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error })
  }
}
