import { expect, test } from 'vitest'
import { PlutinoError } from '../../../../src/base/errors.ts'
import { endsTransaction, losesConnection, mysqlError } from '../../../../src/connectors/sql/mysql/errors.ts'

function answer(errno: number, code: string, message = 'text'): Error {
  return Object.assign(new Error(message), { errno, code, sqlState: 'HY000', sql: 'INSERT INTO t VALUES (SECRET)' })
}

function broken(code: string, fatal = true): Error {
  return Object.assign(new Error(`something ${code}`), { code, fatal })
}

test.each([
  [answer(1062, 'ER_DUP_ENTRY'), 'rejected', false, false],
  [answer(1406, 'ER_DATA_TOO_LONG'), 'rejected', false, false],
  [answer(1366, 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD'), 'rejected', false, false],
  [answer(1054, 'ER_BAD_FIELD_ERROR'), 'rejected', false, false],
  [answer(1146, 'ER_NO_SUCH_TABLE'), 'rejected', false, false],
  [answer(1048, 'ER_BAD_NULL_ERROR'), 'rejected', false, false],
  [answer(1452, 'ER_NO_REFERENCED_ROW_2'), 'rejected', false, false],
  [answer(1045, 'ER_ACCESS_DENIED_ERROR'), 'denied', false, false],
  [answer(1142, 'ER_TABLEACCESS_DENIED_ERROR'), 'denied', false, false],
  [answer(1205, 'ER_LOCK_WAIT_TIMEOUT'), 'unavailable', false, true],
  [answer(1213, 'ER_LOCK_DEADLOCK'), 'unavailable', false, true],
  [answer(1040, 'ER_CON_COUNT_ERROR'), 'unavailable', false, false],
  [answer(1053, 'ER_SERVER_SHUTDOWN'), 'unavailable', false, false],
  [answer(1969, 'ER_STATEMENT_TIMEOUT'), 'timeout', true, true],
  [answer(1049, 'ER_BAD_DB_ERROR'), 'config_invalid', false, false],
  [broken('PROTOCOL_CONNECTION_LOST'), 'unavailable', true, true],
  [broken('ECONNREFUSED'), 'unavailable', true, true],
  [broken('ECONNRESET', false), 'unavailable', true, true],
  [broken('EPIPE', false), 'unavailable', true, true],
  [broken('ENOTFOUND', false), 'unavailable', true, true],
  [broken('ETIMEDOUT'), 'unavailable', true, true],
  [new Error("Can't add new command when connection is in closed state"), 'unavailable', true, true],
  [new Error('Pool is closed.'), 'unavailable', true, true],
])('%s becomes %s', (error, code, lost, ended) => {
  expect(mysqlError(error)).toMatchObject({ code })
  expect([losesConnection(error), endsTransaction(error)]).toEqual([lost, ended])
})

test('the message is that of the database, with its name and without the statement', () => {
  const error = mysqlError(answer(1062, 'ER_DUP_ENTRY', "Duplicate entry '1' for key 'PRIMARY'"))
  expect(error.message).toBe("ER_DUP_ENTRY: Duplicate entry '1' for key 'PRIMARY'")
  expect(JSON.stringify([error, error.cause ?? null])).not.toContain('SECRET')
})

test('an error of ours stays as it is', () => {
  const error = new PlutinoError('denied', 'no')
  expect(mysqlError(error)).toBe(error)
  expect(losesConnection(error)).toBe(false)
})

test('a connection that was cut off is called that', () => {
  const error = mysqlError(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', errno: -32, syscall: 'write' }))
  expect(error).toMatchObject({ code: 'unavailable', message: 'the connection to the database was lost: write EPIPE' })
})
