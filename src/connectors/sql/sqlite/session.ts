import type { DatabaseSession, ExecResult, QueryResult } from '../../../api/database.ts'
import { PlutinoError } from '../../../base/errors.ts'
import type { Cell } from '../../../data/value.ts'
import type { CheckedStatement, Guard } from '../guard/guard.ts'
import { checkCount, expectNoRows, expectRows } from '../statement.ts'
import { sqliteError } from './errors.ts'
import type { SqliteFile } from './file.ts'
import { sqliteParameter, type SqliteValue } from './values.ts'

/** A session on an SQLite file: has the turn for each call, or for the time of a transaction. */
export class SqliteSession implements DatabaseSession {
  readonly #file: SqliteFile
  readonly #guard: Guard
  readonly #onClose: () => Promise<void>
  #inTransaction = false
  #closed = false

  constructor(file: SqliteFile, guard: Guard, onClose: () => Promise<void>) {
    this.#file = file
    this.#guard = guard
    this.#onClose = onClose
  }

  async query(sql: string, params: readonly Cell[]): Promise<QueryResult> {
    const checked = this.#guard.check(sql)
    expectRows(checked)
    const values = parameters(checked, params)
    return this.#inTurn(() => this.#file.query(checked.text, values))
  }

  async exec(sql: string, params: readonly Cell[]): Promise<ExecResult> {
    const checked = this.#guard.check(sql)
    expectNoRows(checked)
    const values = parameters(checked, params)
    return this.#inTurn(() => this.#file.exec(checked.text, values))
  }

  async execBatch(sql: string, rows: readonly (readonly Cell[])[]): Promise<ExecResult> {
    const checked = this.#guard.check(sql)
    expectNoRows(checked)
    const values = rows.map((row) => parameters(checked, row))
    if (values.length === 0) return { affectedRows: 0 }
    return this.#inTurn(() => this.#allOrNothing(checked.text, values))
  }

  async begin(): Promise<void> {
    this.#checkOpen()
    if (this.#inTransaction) throw new PlutinoError('rejected', 'a transaction is open already')
    await this.#file.turn.take()
    try {
      await this.#file.begin()
      this.#inTransaction = true
    } catch (error) {
      this.#file.turn.give()
      throw error
    }
  }

  async commit(): Promise<void> {
    this.#checkInTransaction()
    try {
      await this.#file.commit()
    } catch (error) {
      this.#file.rollback()
      throw sqliteError(error)
    } finally {
      this.#endTransaction()
    }
  }

  async rollback(): Promise<void> {
    this.#checkInTransaction()
    this.#rollback()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#inTransaction) this.#rollback()
    await this.#onClose()
  }

  #rollback(): void {
    try {
      this.#file.rollback()
    } catch (error) {
      throw sqliteError(error)
    } finally {
      this.#endTransaction()
    }
  }

  #endTransaction(): void {
    this.#inTransaction = false
    this.#file.turn.give()
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#checkOpen()
    if (this.#inTransaction) return work()
    if (!this.#file.turn.tryTake()) await this.#file.turn.take()
    try {
      return await work()
    } finally {
      this.#file.turn.give()
    }
  }

  /** In a transaction of the session a savepoint of its own, so that a refused batch leaves no half of itself there either. */
  async #allOrNothing(sql: string, rows: readonly (readonly SqliteValue[])[]): Promise<ExecResult> {
    if (this.#inTransaction) return this.#file.savepoint(() => this.#file.execRows(sql, rows))
    await this.#file.begin()
    try {
      const result = this.#file.execRows(sql, rows)
      await this.#file.commit()
      return result
    } catch (error) {
      this.#file.rollback()
      throw sqliteError(error)
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new PlutinoError('internal', 'the database session is closed')
  }

  #checkInTransaction(): void {
    this.#checkOpen()
    if (!this.#inTransaction) throw new PlutinoError('rejected', 'no transaction is open')
  }
}

function parameters(checked: CheckedStatement, cells: readonly Cell[]): SqliteValue[] {
  checkCount(checked, cells.length)
  return cells.map(sqliteParameter)
}
