import { expect, test } from 'vitest'
import { failureOfSqlCase, isSqlCase } from './sql-case.ts'

const TREE = {
  t: 'select',
  fields: [{ expr: { t: 'col', s: '', n: 'a' }, name: 'a' }],
  from: [{ name: 's', as: '' }],
  joins: [],
  where: null,
  group: [],
  having: null,
  order: [],
  limit: null,
}

test('a case passes when verdict and tree agree', () => {
  expect(failureOfSqlCase({ sql: 'SELECT a FROM s', valid: true, ast: TREE })).toBeUndefined()
  expect(failureOfSqlCase({ sql: 'SELECT a FORM s', valid: false })).toBeUndefined()
  expect(failureOfSqlCase({ sql: 'SELECT CASE WHEN a THEN 1 END FROM s', err: 'no condition' })).toBeUndefined()
})

test.each([
  [{ sql: 'SELECT a FROM s', valid: false }, 'accepted, expected a refusal'],
  [{ sql: 'SELECT a FORM s', valid: true }, 'refused: unexpected "FORM", expected FROM or ","'],
  [{ sql: 'SELECT a FROM s LIMIT 1', ast: TREE }, '.limit: 1, expected null'],
  [{ sql: 'SELECT a AS b FROM s', ast: TREE }, '.fields.0.as: "b", expected undefined'],
  [{ sql: 'SHOW STREAMS', ast: TREE }, 'a show statement, expected a SELECT'],
])('the case %j fails', (line, failure) => {
  expect(failureOfSqlCase(line)).toBe(failure)
})

test('cases of SQL are told from others by their members', () => {
  expect(isSqlCase({ sql: 'SELECT', valid: true })).toBe(true)
  expect(isSqlCase({ sql: 'SELECT', streams: [], output: [] })).toBe(false)
})
