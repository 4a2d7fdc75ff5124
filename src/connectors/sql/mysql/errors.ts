import type { ErrorCode } from '../../../base/errors.ts'
import { PlutinoError } from '../../../base/errors.ts'

/** What the driver throws: one of Node's socket errors, one of its own, or an answer of the server with `errno` and a name. */
interface DriverError extends Error {
  readonly code?: string
  readonly errno?: number
  readonly fatal?: boolean
  readonly sqlState?: string
}

/** Answers of the server by number, https://mariadb.com/docs/server/reference/error-codes; any other answer is `rejected`. */
const BY_NUMBER: ReadonlyMap<number, ErrorCode> = new Map([
  ...numbers('denied', [1044, 1045, 1095, 1130, 1142, 1143, 1227, 1370, 1410, 1698, 1820, 1862, 4151]),
  // 1969: max_statement_time of MariaDB, 3024: max_execution_time of MySQL.
  ...numbers('timeout', [1969, 3024]),
  // No room or no connection left, going down or only reading for the moment, a lock not got: the same statement may succeed later.
  ...numbers('unavailable', [1021, 1038, 1040, 1041, 1053, 1077, 1079, 1114, 1129, 1152, 1153, 1156, 1158, 1159, 1160, 1161, 1184, 1203]),
  ...numbers('unavailable', [1205, 1213, 1290, 1317, 1792, 1836, 1927, 3100, 3101, 4031]),
  ...numbers('config_invalid', [1049]),
])

const LOST_PACKETS = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_PACKETS_OUT_OF_ORDER',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'HANDSHAKE_NO_SSL_SUPPORT',
])
const SOCKET_ERROR = /^(E[A-Z]+|ERR_(SOCKET|STREAM|SSL|TLS)_?.*|UNABLE_TO_.*|CERT_.*|SELF_SIGNED_.*|DEPTH_.*)$/
/** The other side is gone, which the words of the system do not say. */
const CUT_OFF = new Set(['EPIPE', 'ECONNRESET'])
const TRANSACTION_ENDED = new Set([1205, 1213])

/** The driver's error in our words. It carries the database's message, never the statement nor its parameters. */
export function mysqlError(error: unknown): PlutinoError {
  if (error instanceof PlutinoError) return error
  if (!isDriverError(error)) return new PlutinoError('internal', String(error))
  const code = codeOf(error)
  const lost = CUT_OFF.has(error.code ?? '') ? 'the connection to the database was lost: ' : ''
  const name = error.code === undefined || error.message.includes(error.code) ? lost : `${error.code}: `
  const hint = hintFor(code, error)
  return new PlutinoError(code, `${name}${error.message.slice(0, 500)}`, hint === undefined ? {} : { hint })
}

/** Did the server roll back (or may it have) the whole transaction along with the statement that failed? */
export function endsTransaction(error: unknown): boolean {
  if (error instanceof PlutinoError) return error.code === 'timeout' || error.code === 'unavailable'
  return isDriverError(error) && (TRANSACTION_ENDED.has(error.errno ?? 0) || losesConnection(error))
}

/** Must the connection be thrown away? */
export function losesConnection(error: unknown): boolean {
  if (error instanceof PlutinoError) return error.code === 'timeout' || error.code === 'unavailable'
  if (!isDriverError(error)) return true
  return error.fatal === true || !isAnswer(error) || codeOf(error) === 'timeout'
}

function codeOf(error: DriverError): ErrorCode {
  if (isAnswer(error)) return BY_NUMBER.get(error.errno ?? 0) ?? (error.fatal === true ? 'unavailable' : 'rejected')
  if (error.code === 'PROTOCOL_SEQUENCE_TIMEOUT') return 'timeout'
  // The driver reads no column that is called __proto__ and gives up its connection; trying again would change nothing.
  if (error.message.startsWith('The field name (')) return 'rejected'
  if (error.fatal === true || LOST_PACKETS.has(error.code ?? '') || SOCKET_ERROR.test(error.code ?? '')) return 'unavailable'
  return /closed state|connection (is )?(closed|lost)|pool is closed/i.test(error.message) ? 'unavailable' : 'rejected'
}

/** An error that the server sent, other than one of the socket or of the driver. */
function isAnswer(error: DriverError): boolean {
  return typeof error.errno === 'number' && error.errno >= 1000 && error.sqlState !== undefined
}

function hintFor(code: ErrorCode, error: DriverError): string | undefined {
  if (code === 'denied') return 'check the user, the password and the rights that the database gives to this user'
  if (error.code === 'ECONNREFUSED') return 'check that the database runs and listens at this address'
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return 'check the name of the host'
  if (error.errno === 1049) return 'create the database, or name another one in the address'
  return undefined
}

function isDriverError(error: unknown): error is DriverError {
  return error instanceof Error
}

function numbers(code: ErrorCode, list: readonly number[]): [number, ErrorCode][] {
  return list.map((number) => [number, code])
}
