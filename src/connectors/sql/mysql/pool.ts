import type { Pool, PoolConnection, PoolOptions, TypedParameter } from 'mysql2/promise'
import type { ExecResult, QueryResult } from '../../../api/database.ts'
import type { Clock } from '../../../base/clock.ts'
import { PlutinoError } from '../../../base/errors.ts'
import type { MysqlAddress } from '../address.ts'
import { type ResultLimits, ResultSize } from '../result-size.ts'
import type { DriverConnection } from './driver.ts'
import { losesConnection, mysqlError } from './errors.ts'
import { executeRows, type RowPackets, type RowsStep } from './execute-rows.ts'
import type { Parameter } from './parameters.ts'
import { execResult } from './results.ts'
import { readRows } from './rows.ts'

export interface PoolSettings {
  readonly clock: Clock
  readonly maxConnections: number
  /** Milliseconds until a connection must be open. */
  readonly connectTimeout: number
  /** Milliseconds that one statement, or the wait for a free connection, may take. */
  readonly queryTimeout: number
  readonly result: ResultLimits
}

/** A connection of the pool, lent to one session. */
export interface Lent {
  readonly connection: PoolConnection
  readonly maxPacket: number
}

/** Data that does not fit is an error, "text" is text, a backslash escapes (the guard counts on both), datetimes are in UTC. */
const SESSION = `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  time_zone = '+00:00', innodb_lock_wait_timeout = 10`

/** The connections to one MySQL or MariaDB database, for all sessions. */
export class MysqlPool {
  readonly types: TypedParameter
  readonly #pool: Pool
  readonly #settings: PoolSettings
  /** Connections whose session is set up, with their max_allowed_packet. */
  readonly #ready = new WeakMap<object, number>()
  readonly #cut = new WeakSet<Lent>()
  /** Connections on which a statement is not a transaction of its own. */
  readonly #joining = new WeakSet<object>()

  private constructor(pool: Pool, types: TypedParameter, settings: PoolSettings) {
    this.#pool = pool
    this.types = types
    this.#settings = settings
  }

  /** Connects nothing yet. */
  static async create(address: MysqlAddress, settings: PoolSettings): Promise<MysqlPool> {
    const { default: mysql } = await import('mysql2/promise')
    const { default: callbacks } = await import('mysql2')
    const own = {
      ...settings,
      connectTimeout: address.connectTimeout ?? settings.connectTimeout,
      queryTimeout: address.queryTimeout ?? settings.queryTimeout,
    }
    return new MysqlPool(mysql.createPool(options(address, own)), callbacks.TypedParameter, own)
  }

  /** Waits for a free connection. Throws `unavailable`, `denied`, `timeout`, `config_invalid`. */
  lend(): Promise<Lent> {
    return this.#lend((lent) => this.commitEach(lent, true))
  }

  /** As `lend`, for rows that are written by `commitEach` as they need it. */
  lendForRows(): Promise<Lent> {
    return this.#lend(() => Promise.resolve())
  }

  async #lend(prepare: (lent: Lent) => Promise<void>): Promise<Lent> {
    const connection = await this.#free()
    try {
      const known = this.#ready.get(connection.connection)
      const maxPacket = known ?? (await this.#setUp(connection))
      const lent = { connection, maxPacket }
      await prepare(lent)
      return lent
    } catch (error) {
      connection.destroy()
      throw mysqlError(error)
    }
  }

  /** Takes a connection back; after `error` only if it is still good. */
  takeBack(lent: Lent, error?: unknown): void {
    if (this.isCut(lent)) return
    if (error !== undefined && losesConnection(error)) lent.connection.destroy()
    else lent.connection.release()
  }

  /** Rejects with `rejected` when the answer is larger than allowed: the connection is then of no use. */
  async query(lent: Lent, sql: string, params: readonly Parameter[]): Promise<QueryResult> {
    const size = new ResultSize(this.#settings.result)
    try {
      return await this.#bounded(lent, readRows(driverOf(lent), { sql, params }, size))
    } catch (error) {
      if (size.exceeded) this.#cut.add(lent)
      throw error
    }
  }

  /** Whether an answer that was too large has cost this connection. */
  isCut(lent: Lent): boolean {
    return this.#cut.has(lent)
  }

  async exec(lent: Lent, sql: string, params: readonly Parameter[]): Promise<ExecResult> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver takes typed parameters too; its types do not say so
    const values = params as string[]
    const [header] = await this.#bounded(lent, lent.connection.execute<never>({ sql, values, rowsAsArray: true }))
    return execResult(summaryOf(header))
  }

  /** As `exec` for each step, without waiting between them. When one is refused, those behind it may be done all the same. */
  execRows(lent: Lent, rows: RowPackets, steps: readonly RowsStep[]): Promise<readonly ExecResult[]> {
    return this.#bounded(lent, executeRows(driverOf(lent), rows, steps), steps.length)
  }

  /**
   * Whether each statement is a transaction of its own, as it is at first, or all until `COMMIT` are one. It stays as it is when the connection
   * is given back: batch after batch on the same one need not say it again.
   */
  async commitEach(lent: Lent, each: boolean): Promise<void> {
    const { connection } = lent.connection
    if (each !== this.#joining.has(connection)) return
    await this.control(lent, each ? 'SET autocommit = 1' : 'SET autocommit = 0')
    if (each) this.#joining.delete(connection)
    else this.#joining.add(connection)
  }

  /** Words of a transaction; they never come from a user. */
  async control(lent: Lent, sql: Control): Promise<void> {
    await this.#bounded(lent, lent.connection.query(sql))
  }

  /** Ends the connections; does not wait long for one that does not answer. */
  async end(): Promise<void> {
    const waited = new AbortController()
    const patience = this.#settings.clock.sleep(1000, waited.signal).catch(() => {})
    await Promise.race([this.#pool.end().catch(() => {}), patience])
    waited.abort()
  }

  async #free(): Promise<PoolConnection> {
    try {
      return await this.#within(this.#pool.getConnection(), 'no connection was free', (late) => late.release())
    } catch (error) {
      throw mysqlError(error)
    }
  }

  async #setUp(connection: PoolConnection): Promise<number> {
    const lent = { connection, maxPacket: 0 }
    await this.#bounded(lent, connection.query(SESSION))
    const [rows] = await this.#bounded(lent, connection.query<never>({ sql: 'SELECT @@max_allowed_packet, VERSION()', rowsAsArray: true }))
    const [packet, version] = firstRow(rows)
    if (String(version).includes('MariaDB')) {
      // The server ends a statement that takes too long, so that it is surely not done; without this only we stop waiting.
      await this.#bounded(lent, connection.query(`SET SESSION max_statement_time = ${this.#settings.queryTimeout / 1000}`))
    }
    const maxPacket = Number(packet)
    this.#ready.set(connection.connection, maxPacket)
    return maxPacket
  }

  /** A statement that is not answered in time costs the connection, because its answer may still come. */
  async #bounded<T>(lent: Lent, answer: Promise<T>, statements = 1): Promise<T> {
    try {
      const { queryTimeout } = this.#settings
      return await this.#within(answer, 'the database did not answer', () => {}, queryTimeout * statements + GRACE)
    } catch (error) {
      if (error instanceof PlutinoError && error.code === 'timeout') lent.connection.destroy()
      throw error
    }
  }

  async #within<T>(work: Promise<T>, what: string, late: (result: T) => void, limit = this.#settings.queryTimeout): Promise<T> {
    let cancel = (): void => {}
    const tooLate = new Promise<never>((_resolve, reject) => {
      cancel = this.#settings.clock.after(limit, () => {
        reject(new PlutinoError('timeout', `${what} within ${limit} ms`))
        work.then(late, () => {})
      })
    })
    try {
      return await Promise.race([work, tooLate])
    } finally {
      cancel()
    }
  }
}

export type Control =
  | 'START TRANSACTION'
  | 'COMMIT'
  | 'ROLLBACK'
  | 'SAVEPOINT batch'
  | 'RELEASE SAVEPOINT batch'
  | 'ROLLBACK TO SAVEPOINT batch'
  | 'SET autocommit = 0'
  | 'SET autocommit = 1'
type Summary = Parameters<typeof execResult>[0]

/** Milliseconds that the server's own limit has to come first. */
const GRACE = 2000

function driverOf({ connection }: Lent): DriverConnection {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- behind a connection of promises stands the one of callbacks
  return connection.connection as unknown as DriverConnection
}

function summaryOf(answer: Summary | unknown[]): Summary {
  if (Array.isArray(answer)) throw new PlutinoError('rejected', 'expected a statement that returns no rows')
  return answer
}

function firstRow(rows: unknown): unknown[] {
  const [row]: unknown[] = Array.isArray(rows) ? rows : []
  return Array.isArray(row) ? row : []
}

function options(address: MysqlAddress, settings: PoolSettings): PoolOptions {
  return {
    ...(address.socket === undefined ? { host: address.host, port: address.port } : { socketPath: address.socket }),
    user: address.user,
    password: address.password,
    database: address.database,
    ...(address.tls === 'off' ? {} : { ssl: { rejectUnauthorized: address.tls === 'verify' } }),
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    multipleStatements: false,
    connectTimeout: settings.connectTimeout,
    connectionLimit: settings.maxConnections,
    waitForConnections: true,
    maxIdle: 1,
    idleTimeout: 60_000,
    maxPreparedStatements: 100,
    // LOAD DATA LOCAL of a hostile server could read our files. Attributes, which nobody uses here, change the form of parameters.
    flags: ['-LOCAL_FILES', '-CLIENT_QUERY_ATTRIBUTES'],
  }
}
