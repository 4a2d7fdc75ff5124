import { isAbsolute, resolve } from 'node:path'
import { parseDuration } from '../../base/duration.ts'
import { PlutinoError } from '../../base/errors.ts'
import { nearest } from '../../base/suggest.ts'

export interface MysqlAddress {
  readonly kind: 'mysql'
  readonly host: string
  readonly port: number
  /** Instead of host and port. */
  readonly socket?: string
  readonly user: string
  readonly password: string
  readonly database: string
  readonly tls: 'off' | 'verify' | 'unverified'
  /** Milliseconds until a connection must be open; absent: the default. */
  readonly connectTimeout?: number
  /** Milliseconds that one statement may take; absent: the default. */
  readonly queryTimeout?: number
}

export interface SqliteAddress {
  readonly kind: 'sqlite'
  /** Absolute, or `:memory:`. */
  readonly path: string
}

export type Address = MysqlAddress | SqliteAddress

const FORMS = 'write user:password@tcp(host:3306)/name, mysql://user:password@host:3306/name or sqlite:path'
const MYSQL_SCHEME = /^(?:mysql|mariadb|maria):\/\//i
const SQLITE_SCHEME = /^sqlite3?:(?:\/\/)?/i
/** Options of the Go driver whose effect is always there (UTF-8, real dates) or does not exist here. */
const WITHOUT_EFFECT = [
  'charset',
  'collation',
  'parseTime',
  'loc',
  'interpolateParams',
  'allowNativePasswords',
  'checkConnLiveness',
  'columnsWithAlias',
  'clientFoundRows',
  'maxAllowedPacket',
  'rejectReadOnly',
]
const OPTIONS = [...WITHOUT_EFFECT, 'tls', 'timeout', 'readTimeout', 'writeTimeout']

/** Whether this is the address of a SQLite database, also of one that cannot be opened. */
export function isSqlite(url: string): boolean {
  return SQLITE_SCHEME.test(url)
}

/** Reads a database address; relative SQLite paths count from `folder`. Throws `config_invalid`, never with the password. */
export function parseAddress(url: string, folder: string): Address {
  const sqlite = SQLITE_SCHEME.exec(url)
  if (sqlite !== null) return sqliteAddress(url.slice(sqlite[0].length), folder)
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)
  if (scheme !== null && !MYSQL_SCHEME.test(url)) throw wrong(url, `expected a MySQL or SQLite database, got ${scheme[0]}…`)
  return mysqlAddress(url)
}

/** The address without its password, for messages and logs. */
export function redact(url: string): string {
  if (isSqlite(url)) return url
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)?.[0] ?? ''
  const rest = url.slice(scheme.length)
  const at = rest.lastIndexOf('@')
  const colon = rest.indexOf(':')
  const isPlace = at < 0 ? /^[a-z]*[46]?\(/i.test(rest) : colon > at
  if (colon < 0 || isPlace) return url
  return `${scheme}${rest.slice(0, colon)}:***${at < 0 ? '' : rest.slice(at)}`
}

function sqliteAddress(text: string, folder: string): SqliteAddress {
  const [path = ''] = text.split('?', 1)
  if (path === '') throw wrong(`sqlite:${text}`, 'expected a path after sqlite:')
  if (path.includes('\0')) throw wrong('sqlite:…', 'expected a path without a zero byte')
  if (path === ':memory:') return { kind: 'sqlite', path }
  return { kind: 'sqlite', path: isAbsolute(path) ? resolve(path) : resolve(folder, path) }
}

/**
 * Go's rule, because a password may hold any sign: the database follows the last `/`, the host the last `@` before it.
 * https://github.com/go-sql-driver/mysql#dsn-data-source-name
 */
function mysqlAddress(url: string): MysqlAddress {
  const scheme = MYSQL_SCHEME.exec(url)?.[0] ?? ''
  const escaped = scheme !== ''
  const [body, query] = splitQuery(url.slice(scheme.length))
  const slash = body.lastIndexOf('/')
  if (slash < 0) throw wrong(url, 'expected /name of the database at the end of the address')
  const at = body.lastIndexOf('@', slash)
  const database = decode(body.slice(slash + 1), url)
  if (database === '') throw wrong(url, 'expected the name of the database after the last /')
  const credentials = at < 0 ? '' : body.slice(0, at)
  const colon = credentials.indexOf(':')
  const user = colon < 0 ? credentials : credentials.slice(0, colon)
  const password = colon < 0 ? '' : credentials.slice(colon + 1)
  return {
    kind: 'mysql',
    ...endpoint(body.slice(at + 1, slash), url),
    user: escaped ? decode(user, url) : user,
    password: escaped ? decode(password, url) : password,
    database,
    ...mysqlOptions(query, url),
  }
}

/** The `?` that begins the options is the first one after the last `/`: a password may hold a `?`, an option's value no `/`. */
function splitQuery(text: string): [body: string, query: string] {
  const mark = text.indexOf('?', text.lastIndexOf('/'))
  return mark < 0 ? [text, ''] : [text.slice(0, mark), text.slice(mark + 1)]
}

function endpoint(text: string, url: string): Pick<MysqlAddress, 'host' | 'port' | 'socket'> {
  const form = /^(?:([a-z]+[46]?)\((.*)\))$/i.exec(text)
  const net = form?.[1]?.toLowerCase() ?? 'tcp'
  const place = form === null ? text : (form[2] ?? '')
  if (net === 'unix') return { host: 'localhost', port: 0, socket: place }
  if (!['tcp', 'tcp4', 'tcp6'].includes(net)) throw wrong(url, `expected tcp(host:port) or unix(path), got ${net}(…)`)
  const parts = /^(\[[^\]]+\]|[^:[\]()]*)(?::(\d+))?$/.exec(place)
  if (parts === null) throw wrong(url, 'expected host or host:port before the name of the database')
  const port = parts[2] === undefined ? 3306 : Number(parts[2])
  if (port < 1 || port > 65_535) throw wrong(url, `expected a port from 1 to 65535, got ${port}`)
  return { host: (parts[1] ?? '').replace(/^\[|\]$/g, '') || '127.0.0.1', port }
}

function mysqlOptions(query: string, url: string): Pick<MysqlAddress, 'tls' | 'connectTimeout' | 'queryTimeout'> {
  const options = new Map(new URLSearchParams(query))
  for (const name of options.keys()) {
    if (OPTIONS.includes(name)) continue
    const meant = nearest(name, OPTIONS)
    throw wrong(
      url,
      `unknown option ${name} in the address`,
      meant === undefined ? `known are ${OPTIONS.join(', ')}` : `did you mean ${meant}?`,
    )
  }
  const connectTimeout = duration(options.get('timeout'), 'timeout', url)
  const read = duration(options.get('readTimeout'), 'readTimeout', url)
  const write = duration(options.get('writeTimeout'), 'writeTimeout', url)
  const queryTimeout = read === undefined && write === undefined ? undefined : Math.max(read ?? 0, write ?? 0)
  return {
    tls: tlsMode(options.get('tls') ?? 'false', url),
    ...(connectTimeout === undefined ? {} : { connectTimeout }),
    ...(queryTimeout === undefined ? {} : { queryTimeout }),
  }
}

function duration(text: string | undefined, name: string, url: string): number | undefined {
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms === undefined || ms <= 0) throw wrong(url, `expected a duration such as 10s as ${name}, got ${JSON.stringify(text)}`)
  return ms
}

function tlsMode(text: string, url: string): MysqlAddress['tls'] {
  if (text === 'false') return 'off'
  if (text === 'true') return 'verify'
  if (text === 'skip-verify') return 'unverified'
  throw wrong(url, `expected true, false or skip-verify as tls, got ${JSON.stringify(text)}`)
}

function decode(text: string, url: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong(url, 'expected %XX escapes in the address to be whole', 'write a percent sign as %25')
  }
}

function wrong(url: string, message: string, hint: string = FORMS): PlutinoError {
  return new PlutinoError('config_invalid', `${message} (database address ${JSON.stringify(redact(url))})`, { hint })
}
