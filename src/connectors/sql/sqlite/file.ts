import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ExecResult, QueryResult } from '../../../api/database.ts'
import type { Clock } from '../../../base/clock.ts'
import type { SqliteAddress } from '../address.ts'
import type { Value } from '../../../data/value.ts'
import { type ResultLimits, ResultSize } from '../result-size.ts'
import { isBusy, sqliteError } from './errors.ts'
import { Turn } from './turn.ts'
import { type SqliteValue, valueOf } from './values.ts'

export interface FileSettings {
  readonly clock: Clock
  /** Milliseconds until a wait for another writer ends. */
  readonly queryTimeout: number
  readonly result: ResultLimits
}

/** A wait for another process holds up the whole thread, so SQLite waits this long only (ms); longer waits are ours and hold up nobody. */
const SYNCHRONOUS_WAIT = 20
const PAUSE = 10
const CACHED_STATEMENTS = 100
/** Of one text, one piece of bytes, one row. */
const LONGEST_VALUE = 64 * 1024 * 1024

/** One open SQLite file, for all sessions. Its calls need the turn. */
export class SqliteFile {
  readonly turn: Turn
  readonly #database: DatabaseSync
  readonly #settings: FileSettings
  readonly #statements = new Map<string, StatementSync>()

  private constructor(database: DatabaseSync, settings: FileSettings) {
    this.#database = database
    this.#settings = settings
    this.turn = new Turn(settings.clock, settings.queryTimeout)
  }

  /** Opens, or creates, the file and the folder it stands in. Throws `unavailable`, `denied`, `config_invalid`. */
  static async open(address: SqliteAddress, settings: FileSettings): Promise<SqliteFile> {
    const { DatabaseSync: Database } = await import('node:sqlite')
    let database: DatabaseSync | undefined
    try {
      const folder = dirname(address.path)
      // One folder, not `recursive`: that never comes back where a file system such as /proc refuses.
      if (address.path !== ':memory:' && !existsSync(folder)) mkdirSync(folder)
      database = new Database(address.path, { timeout: 1000, limits: { length: LONGEST_VALUE } })
      // FULL: what is committed survives a loss of power, as with the durable defaults of the server databases.
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = ${SYNCHRONOUS_WAIT}`)
      database.function('now', () => nowText(settings.clock))
      return new SqliteFile(database, settings)
    } catch (error) {
      database?.close()
      throw sqliteError(asOpenError(error))
    }
  }

  query(sql: string, params: readonly SqliteValue[]): Promise<QueryResult> {
    return this.#patiently(() => {
      const statement = this.#prepared(sql)
      statement.setReturnArrays(true)
      const columns = statement.columns().map((column) => column.name)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- arrays were asked for; the types describe the other form only
      const found = statement.iterate(...params) as unknown as Iterable<unknown[]>
      const size = new ResultSize(this.#settings.result)
      const rows: Value[][] = []
      for (const row of found) {
        size.add(row)
        rows.push(row.map(valueOf))
      }
      return { columns, rows }
    })
  }

  exec(sql: string, params: readonly SqliteValue[]): Promise<ExecResult> {
    return this.#patiently(() => execResult(this.#prepared(sql).run(...params), isInsert(sql)))
  }

  /** Many runs of one statement; the caller sees to the transaction. */
  execRows(sql: string, rows: readonly (readonly SqliteValue[])[]): ExecResult {
    const statement = this.#prepared(sql)
    let affectedRows = 0
    let first: bigint | undefined
    for (const row of rows) {
      const result = statement.run(...row)
      affectedRows += Number(result.changes)
      first ??= BigInt(result.lastInsertRowid)
    }
    return { affectedRows, ...(first === undefined || !isInsert(sql) ? {} : { lastInsertId: first }) }
  }

  /** IMMEDIATE takes the lock of the writer now: a later statement would fail where it could not wait. */
  begin(): Promise<void> {
    return this.#patiently(() => this.#database.exec('BEGIN IMMEDIATE'))
  }

  commit(): Promise<void> {
    return this.#patiently(() => this.#database.exec('COMMIT'))
  }

  rollback(): void {
    // An error such as a full disk has rolled back already.
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
  }

  /** All of `work` or nothing of it, within an open transaction. */
  savepoint<T>(work: () => T): T {
    this.#database.exec('SAVEPOINT batch')
    try {
      const result = work()
      this.#database.exec('RELEASE batch')
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK TO batch; RELEASE batch')
      throw sqliteError(error)
    }
  }

  close(): void {
    this.#statements.clear()
    if (this.#database.isOpen) this.#database.close()
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    if (this.#statements.size >= CACHED_STATEMENTS) this.#statements.clear()
    const statement = this.#database.prepare(sql)
    statement.setReadBigInts(true)
    this.#statements.set(sql, statement)
    return statement
  }

  /** Repeats while another process holds the lock. */
  async #patiently<T>(work: () => T): Promise<T> {
    const { clock, queryTimeout } = this.#settings
    const end = clock.elapsed() + queryTimeout
    for (;;) {
      try {
        return work()
      } catch (error) {
        if (!isBusy(error) || clock.elapsed() >= end) throw sqliteError(error)
      }
      await clock.sleep(PAUSE)
    }
  }
}

function execResult(result: { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }, insert: boolean): ExecResult {
  return { affectedRows: Number(result.changes), ...(insert ? { lastInsertId: BigInt(result.lastInsertRowid) } : {}) }
}

function isInsert(sql: string): boolean {
  return /^(INSERT|REPLACE) /.test(sql)
}

function nowText(clock: Clock): string {
  return new Date(clock.now()).toISOString().slice(0, 19).replace('T', ' ')
}

/** A folder that cannot be made is a file that cannot be opened. */
function asOpenError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error
  return Object.assign(new Error(`cannot create the folder of the database: ${error.message}`), {
    errcode: error.code === 'EROFS' || error.code === 'EACCES' ? 8 : 14,
  })
}
