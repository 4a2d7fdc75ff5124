/** Who has to act: the person who wrote the rule, the system on the other side, or the developers of Plutino. */
export type ErrorDomain = 'user' | 'external' | 'internal'

/** What the engine does next. `reconnect`: call `connect` again, with back-off, then repeat the failed call. */
export type RetryHint = 'never' | 'backoff' | 'reconnect'

/** One row of the closed table: `number` is the code that eKuiper's clients read from the `error` field of an answer. */
interface ErrorKind {
  readonly domain: ErrorDomain
  readonly retry: RetryHint
  readonly number: number
  /** HTTP status of the answer whose outermost error this is. eKuiper's clients expect 400 for nearly everything. */
  readonly status: number
}

/** Every code that Plutino can report. A new way to fail is a new line here, nowhere else. */
export const ERROR_CODES = {
  /** A statement that cannot be read; has a position. */
  sql_syntax: { domain: 'user', retry: 'never', number: 2001, status: 400 },
  /** A statement that can be read but not run: unknown column, wrong types, unsupported clause; has a position. */
  sql_invalid: { domain: 'user', retry: 'never', number: 2101, status: 400 },
  /** Valid in the dialect, but this version does not execute it yet; has a position. */
  sql_unsupported: { domain: 'user', retry: 'never', number: 2101, status: 400 },
  /** A row whose evaluation failed; goes to the error path of the rule. */
  row_failed: { domain: 'user', retry: 'never', number: 2201, status: 400 },
  /** A payload that its codec cannot read or write; goes to the error path of the rule. */
  decode_failed: { domain: 'user', retry: 'never', number: 1004, status: 400 },
  /** Configuration, request body or property that is wrong. */
  config_invalid: { domain: 'user', retry: 'never', number: 1000, status: 400 },
  stream_invalid: { domain: 'user', retry: 'never', number: 3000, status: 400 },
  rule_invalid: { domain: 'user', retry: 'never', number: 4000, status: 400 },
  plugin_invalid: { domain: 'user', retry: 'never', number: 1000, status: 400 },
  /** The named thing does not exist. */
  not_found: { domain: 'user', retry: 'never', number: 1002, status: 404 },
  already_exists: { domain: 'user', retry: 'never', number: 1000, status: 400 },
  /** The other side cannot be reached now, or the connection was lost. */
  unavailable: { domain: 'external', retry: 'reconnect', number: 1003, status: 503 },
  /** The other side refused this data for good: the row goes to the error path, the rule goes on. */
  rejected: { domain: 'external', retry: 'never', number: 1001, status: 400 },
  /** The other side, or a capability that was not granted, forbids it. */
  denied: { domain: 'user', retry: 'never', number: 1001, status: 403 },
  /** The other side took longer than allowed. */
  timeout: { domain: 'external', retry: 'reconnect', number: 1003, status: 504 },
  /** A plugin trapped, exceeded a limit or broke the ABI: its instance is replaced. */
  plugin_failed: { domain: 'external', retry: 'reconnect', number: 1001, status: 500 },
  /** The disk, the data folder or a port cannot be used. */
  system: { domain: 'external', retry: 'backoff', number: 1003, status: 500 },
  /** A mistake of ours. */
  internal: { domain: 'internal', retry: 'never', number: 1000, status: 500 },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERROR_CODES

/** A place in a text: both count from 1. `length` is how many characters the pointer line underlines. */
export interface Position {
  readonly line: number
  readonly column: number
  readonly length?: number
}

export interface ErrorDetail {
  readonly cause?: unknown
  /** What to do about it: one sentence without a full stop. */
  readonly hint?: string
  readonly position?: Position
  /** Where it happened, outermost first: `rule r1`, `sink mysql`, `field url`. */
  readonly path?: readonly string[]
  /** Further errors of the same text that are independent of this one. */
  readonly others?: readonly PlutinoError[]
}

/** The one error class. `message` says what was expected and what came; secrets never stand in it. */
export class PlutinoError extends Error {
  override readonly name = 'PlutinoError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly position: Position | undefined
  readonly path: readonly string[]
  readonly others: readonly PlutinoError[]

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, { cause: detail.cause })
    this.code = code
    this.hint = detail.hint
    this.position = detail.position
    this.path = detail.path ?? []
    this.others = detail.others ?? []
  }

  get domain(): ErrorDomain {
    return ERROR_CODES[this.code].domain
  }

  get retry(): RetryHint {
    return ERROR_CODES[this.code].retry
  }

  /** The same error seen from one level further out. */
  within(segment: string): PlutinoError {
    return new PlutinoError(this.code, this.message, {
      cause: this.cause,
      path: [segment, ...this.path],
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.position === undefined ? {} : { position: this.position }),
      others: this.others,
    })
  }
}

/** Any thrown thing as one of ours; what is not ours keeps its text and becomes `fallback`. */
export function toPlutinoError(error: unknown, fallback: ErrorCode = 'internal'): PlutinoError {
  if (error instanceof PlutinoError) return error
  return new PlutinoError(fallback, error instanceof Error ? error.message : String(error), { cause: error })
}
