import { PlutinoError } from '../base/errors.ts'

/** The error of one row. Made without a stack trace, because a stream of bad rows must not cost more than one of good rows. */
export function rowFailed(message: string, hint?: string): PlutinoError {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return new PlutinoError('row_failed', message, hint === undefined ? {} : { hint })
  } finally {
    Error.stackTraceLimit = limit
  }
}
