import type { Databases, DatabaseSession, Grant } from '../../api/database.ts'
import type { Clock } from '../../base/clock.ts'
import { PlutinoError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { type Address, type MysqlAddress, parseAddress, redact, type SqliteAddress } from './address.ts'
import { Guard } from './guard/guard.ts'
import { loadParser, type StatementParser } from './guard/parser.ts'
import { MysqlPool } from './mysql/pool.ts'
import { MysqlSession } from './mysql/session.ts'
import { RESULT_LIMITS, type ResultLimits } from './result-size.ts'
import { SharedByAddress } from './shared.ts'
import { SqliteFile } from './sqlite/file.ts'
import { SqliteSession } from './sqlite/session.ts'

export interface DatabasesDeps {
  readonly log: Logger
  readonly clock: Clock
  /** Where relative paths of SQLite files begin: the data folder. */
  readonly folder: string
  /** Connections to one server database; 4 unless given. */
  readonly maxConnections?: number
  /** Milliseconds until a connection must be open; 10 s unless given here or in the address. */
  readonly connectTimeout?: number
  /** Milliseconds that one statement may take; 30 s unless given here or in the address. */
  readonly queryTimeout?: number
  /** How much one query may bring; `RESULT_LIMITS` unless given. */
  readonly result?: ResultLimits
}

/** The databases that plugins and lookup tables reach: MySQL, MariaDB and SQLite. Nothing is loaded before the first `open`. */
export function createDatabases(deps: DatabasesDeps): Databases {
  return new SqlDatabases(deps)
}

class SqlDatabases implements Databases {
  readonly #deps: DatabasesDeps
  readonly #pools: SharedByAddress<MysqlAddress, MysqlPool>
  readonly #files: SharedByAddress<SqliteAddress, SqliteFile>
  readonly #sessions = new Set<DatabaseSession>()
  #parser: Promise<StatementParser> | undefined
  #closed = false

  constructor(deps: DatabasesDeps) {
    const { clock, maxConnections = 4, connectTimeout = 10_000, queryTimeout = 30_000, result = RESULT_LIMITS } = deps
    this.#deps = deps
    this.#pools = new SharedByAddress(
      (address) => MysqlPool.create(address, { clock, maxConnections, connectTimeout, queryTimeout, result }),
      (pool) => pool.end(),
    )
    this.#files = new SharedByAddress(
      (address) => SqliteFile.open(address, { clock, queryTimeout, result }),
      async (file) => file.close(),
      // A database in memory would end with its last session.
      (address) => address.path === ':memory:',
    )
  }

  async open(url: string, grant: Grant): Promise<DatabaseSession> {
    if (this.#closed) throw new PlutinoError('unavailable', 'the databases are closed: the server is stopping')
    const address = parseAddress(url, this.#deps.folder)
    try {
      const session = address.kind === 'mysql' ? await this.#openMysql(address, grant) : await this.#openSqlite(address, grant)
      this.#deps.log.debug('database session opened', { database: redact(url) })
      return session
    } catch (error) {
      throw error instanceof PlutinoError ? error.within(`database ${redact(url)}`) : error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled([...this.#sessions].map((session) => session.close()))
    await Promise.allSettled([this.#pools.close(), this.#files.close()])
  }

  async #openMysql(address: MysqlAddress, grant: Grant): Promise<DatabaseSession> {
    const guard = await this.#guard(address, grant)
    const pool = await this.#pools.take(address)
    const session: DatabaseSession = new MysqlSession(pool, guard, async () => {
      this.#sessions.delete(session)
      await this.#pools.giveBack(address)
    })
    try {
      // Shows at once whether the server is there and lets us in.
      pool.takeBack(await pool.lend())
    } catch (error) {
      await this.#pools.giveBack(address)
      throw error
    }
    return this.#remember(session)
  }

  async #openSqlite(address: SqliteAddress, grant: Grant): Promise<DatabaseSession> {
    const guard = await this.#guard(address, grant)
    const file = await this.#files.take(address)
    const session: DatabaseSession = new SqliteSession(file, guard, async () => {
      this.#sessions.delete(session)
      await this.#files.giveBack(address)
    })
    return this.#remember(session)
  }

  #remember(session: DatabaseSession): DatabaseSession {
    this.#sessions.add(session)
    return session
  }

  async #guard(address: Address, grant: Grant): Promise<Guard> {
    this.#parser ??= loadParser()
    return new Guard(await this.#parser, grant, address.kind)
  }
}
