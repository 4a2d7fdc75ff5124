import { ERROR_CODES, PlutinoError, type Position } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { maskAddresses } from '../base/secrets.ts'
import { pointAt } from '../catalog/statement.ts'
import type { Answer } from './answer.ts'

/** What an error means to the client depends on what it asked for. */
export interface ErrorPlace {
  /** Stands in front of the message, as in eKuiper. */
  readonly prefix?: string | undefined
  /** The statement that positions refer to. */
  readonly sql?: string | undefined
  /** Instead of the status of the error's code. */
  readonly status?: number | undefined
}

/** One error as the client sees it: eKuiper's `error` and `message`, then ours. */
interface ErrorBody {
  readonly error: number
  readonly message: string
  readonly code: string
  readonly position?: Position
  /** The line of the statement, and `^` under the place. */
  readonly pointer?: string
  readonly hint?: string
  /** Further errors of the same statement. */
  readonly errors?: readonly ErrorBody[]
}

/** Never holds stacks or secrets. What is not an error of ours is a mistake of ours: it goes to the log, the client only learns so. */
export function errorAnswer(thrown: unknown, place: ErrorPlace, log: Logger): Answer {
  const error = thrown instanceof PlutinoError ? thrown : unexpected(thrown, log)
  return {
    status: place.status ?? ERROR_CODES[error.code].status,
    contentType: 'application/json; charset=utf-8',
    body: `${JSON.stringify(bodyOf(error, place))}\n`,
  }
}

/** The message as text, with the path to the place and without prefix. */
export function messageOf(error: PlutinoError): string {
  return maskAddresses([...error.path, error.message].join(': '))
}

function bodyOf(error: PlutinoError, { prefix, sql }: ErrorPlace): ErrorBody {
  const { code, position, hint, others } = error
  const pointer = sql === undefined || position === undefined ? undefined : pointAt(sql, position)
  const message = messageOf(error)
  return {
    error: ERROR_CODES[code].number,
    message: prefix === undefined ? message : `${prefix}: ${message}`,
    code,
    ...(position === undefined ? {} : { position }),
    ...(pointer === undefined ? {} : { pointer }),
    ...(hint === undefined ? {} : { hint: maskAddresses(hint) }),
    ...(others.length === 0 ? {} : { errors: others.map((other) => bodyOf(other, { sql })) }),
  }
}

function unexpected(thrown: unknown, log: Logger): PlutinoError {
  log.error('a request failed unexpectedly', { stack: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) })
  return new PlutinoError('internal', 'internal error', { hint: 'the log of the server says more' })
}
