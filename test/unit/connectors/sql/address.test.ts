import { expect, test } from 'vitest'
import { parseAddress, redact } from '../../../../src/connectors/sql/address.ts'
import { PlutinoError } from '../../../../src/base/errors.ts'

const BASE = { kind: 'mysql', host: 'localhost', port: 3307, user: 'user', password: 'test', database: 'user', tls: 'off' }

test.each([
  ['user:test@tcp(localhost:3307)/user?charset=utf8&parseTime=true', BASE],
  ['user:test@tcp(localhost:3307)/user', BASE],
  ['mysql://user:test@localhost:3307/user', BASE],
  ['mysql://user:test@tcp(localhost:3307)/user?charset=utf8mb4', BASE],
  ['mariadb://user:test@localhost:3307/user', BASE],
  ['MySQL://user:test@localhost/user', { ...BASE, port: 3306 }],
  ['user:test@/user', { ...BASE, host: '127.0.0.1', port: 3306 }],
  ['user:test@tcp([::1]:3307)/user', { ...BASE, host: '::1' }],
  ['user:test@unix(/run/my.sock)/user', { ...BASE, port: 0, socket: '/run/my.sock' }],
  ['user@tcp(localhost:3307)/user', { ...BASE, password: '' }],
  ['user:p@ss:w/o?rd@tcp(localhost:3307)/user', { ...BASE, password: 'p@ss:w/o?rd' }],
  ['user:100%@tcp(localhost:3307)/user', { ...BASE, password: '100%' }],
  ['mysql://user:p%40ss%2F@localhost:3307/user', { ...BASE, password: 'p@ss/' }],
  ['user:test@tcp(localhost:3307)/a%2Fb', { ...BASE, database: 'a/b' }],
  [
    'user:test@tcp(localhost:3307)/user?tls=skip-verify&timeout=5s&readTimeout=1m&writeTimeout=10s',
    { ...BASE, tls: 'unverified', connectTimeout: 5000, queryTimeout: 60_000 },
  ],
])('%s is a MySQL address', (url, address) => {
  expect(parseAddress(url, '/data')).toEqual(address)
})

test.each([
  ['sqlite:demo.db', '/data/demo.db'],
  ['sqlite://demo.db', '/data/demo.db'],
  ['sqlite3:sub/demo.db?cache=shared', '/data/sub/demo.db'],
  ['sqlite:/var/x.db', '/var/x.db'],
  ['sqlite:///var/x.db', '/var/x.db'],
  ['sqlite::memory:', ':memory:'],
  ['sqlite://:memory:', ':memory:'],
])('%s is the SQLite file %s', (url, path) => {
  expect(parseAddress(url, '/data')).toEqual({ kind: 'sqlite', path })
})

test.each([
  ['', 'expected /name of the database'],
  ['user:secret@tcp(localhost:3307)', 'expected /name of the database'],
  ['user:secret@tcp(localhost:3307)/', 'expected the name of the database'],
  ['user:secret@tcp(localhost:x)/user', 'expected host or host:port'],
  ['user:secret@tcp(localhost:99999)/user', 'expected a port from 1 to 65535, got 99999'],
  ['user:secret@udp(localhost:1)/user', 'expected tcp(host:port) or unix(path), got udp(…)'],
  ['user:secret@tcp(localhost:1)/user?chrset=utf8', 'unknown option chrset'],
  ['user:secret@tcp(localhost:1)/user?timeout=soon', 'expected a duration such as 10s as timeout, got "soon"'],
  ['user:secret@tcp(localhost:1)/user?tls=maybe', 'expected true, false or skip-verify as tls'],
  ['mysql://user:secret%zz@localhost/user', 'expected %XX escapes'],
  ['postgres://user:secret@localhost/user', 'expected a MySQL or SQLite database, got postgres://…'],
  ['sqlite:', 'expected a path after sqlite:'],
  ['user:secret/user', 'expected host or host:port'],
])('%j is refused and shows no password', (url, message) => {
  let error: unknown
  try {
    parseAddress(url, '/data')
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(PlutinoError)
  expect(error).toMatchObject({ code: 'config_invalid', hint: expect.any(String) })
  expect(String(error)).toContain(message)
  expect(JSON.stringify([String(error), (error as PlutinoError).hint])).not.toContain('secret')
})

test.each([
  ['user:test@tcp(h:1)/d', 'user:***@tcp(h:1)/d'],
  ['user:p@s:s@tcp(h:1)/d', 'user:***@tcp(h:1)/d'],
  ['mysql://user:test@h:1/d?x=1', 'mysql://user:***@h:1/d?x=1'],
  ['mysql://user@h:1/d', 'mysql://user@h:1/d'],
  ['tcp(h:1)/d', 'tcp(h:1)/d'],
  ['user:test', 'user:***'],
  ['sqlite:demo.db', 'sqlite:demo.db'],
])('%s is shown as %s', (url, shown) => {
  expect(redact(url)).toBe(shown)
})
