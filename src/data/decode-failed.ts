import { PlutinoError } from '../base/errors.ts'

/** The error of one payload. Made without a stack trace, because a stream of bad payloads must not cost more than one of good ones. */
export function decodeFailed(message: string, hint?: string): PlutinoError {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return new PlutinoError('decode_failed', message, hint === undefined ? {} : { hint })
  } finally {
    Error.stackTraceLimit = limit
  }
}
