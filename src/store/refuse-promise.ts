import { PlutinoError } from '../base/errors.ts'

/** A transaction whose work waits would take in whatever else is written meanwhile. */
export function refusePromise<T>(result: T): T {
  if (result instanceof Promise) throw new PlutinoError('internal', 'the work of a transaction must not be asynchronous')
  return result
}
