import type { DatabaseSession, ExecResult, QueryResult } from '../../../api/database.ts'
import { PlutinoError } from '../../../base/errors.ts'
import type { Cell } from '../../../data/value.ts'
import type { CheckedStatement, Guard } from '../guard/guard.ts'
import { checkCount, expectRows, expectNoRows } from '../statement.ts'
import { allOrNothing, SAVEPOINT, TRANSACTION } from './all-or-nothing.ts'
import { endsTransaction, mysqlError } from './errors.ts'
import { Insert } from './insert.ts'
import { type Parameter, typedParameter } from './parameters.ts'
import type { Lent, MysqlPool } from './pool.ts'
import { sumOf } from './results.ts'

/**
 * A session on MySQL or MariaDB: borrows a connection for each call, or for the time of a transaction. When the connection is lost between
 * the commit in the database and its answer, nobody can know that the batch is stored: the call ends with `unavailable`, and whoever
 * repeats it stores the rows twice unless a unique key and REPLACE or ON DUPLICATE KEY UPDATE prevent it. There is no other such gap.
 */
export class MysqlSession implements DatabaseSession {
  readonly #pool: MysqlPool
  readonly #guard: Guard
  readonly #onClose: () => Promise<void>
  #held: Lent | undefined
  /** A transaction whose connection is gone: nothing more may run as if it were there. */
  #lost = false
  #closed = false

  constructor(pool: MysqlPool, guard: Guard, onClose: () => Promise<void>) {
    this.#pool = pool
    this.#guard = guard
    this.#onClose = onClose
  }

  async query(sql: string, params: readonly Cell[]): Promise<QueryResult> {
    const checked = this.#guard.check(sql)
    expectRows(checked)
    const values = this.#parameters(checked, params)
    return this.#with((lent) => this.#pool.query(lent, checked.text, values))
  }

  async exec(sql: string, params: readonly Cell[]): Promise<ExecResult> {
    const checked = this.#guard.check(sql)
    expectNoRows(checked)
    const values = this.#parameters(checked, params)
    return this.#with((lent) => this.#pool.exec(lent, checked.text, values))
  }

  async execBatch(sql: string, rows: readonly (readonly Cell[])[]): Promise<ExecResult> {
    const checked = this.#guard.check(sql)
    expectNoRows(checked)
    const insert = Insert.of(checked, rows)
    const within = this.#held !== undefined
    if (insert !== undefined)
      return this.#with(
        (lent) => insert.run(this.#pool, lent, within),
        () => this.#pool.lendForRows(),
      )
    const all = rows.map((row) => this.#parameters(checked, row))
    return this.#with(async (lent) => {
      const run = (): Promise<ExecResult> => this.#each(lent, checked.text, all)
      return all.length <= 1 ? run() : allOrNothing(this.#pool, lent, { words: within ? SAVEPOINT : TRANSACTION, run })
    })
  }

  async begin(): Promise<void> {
    this.#checkOpen()
    if (this.#held !== undefined) throw new PlutinoError('rejected', 'a transaction is open already')
    this.#lost = false
    const lent = await this.#pool.lend()
    try {
      await this.#pool.control(lent, 'START TRANSACTION')
    } catch (error) {
      this.#pool.takeBack(lent, error)
      throw mysqlError(error)
    }
    this.#held = lent
  }

  async commit(): Promise<void> {
    this.#checkOpen()
    this.#checkNotLost()
    if (this.#held === undefined) throw new PlutinoError('rejected', 'no transaction is open')
    await this.#end('COMMIT')
  }

  async rollback(): Promise<void> {
    this.#checkOpen()
    if (this.#held === undefined && !this.#lost) throw new PlutinoError('rejected', 'no transaction is open')
    this.#lost = false
    if (this.#held !== undefined) await this.#end('ROLLBACK')
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    // A rollback that fails loses the connection, and with it the transaction: the same result.
    if (this.#held !== undefined) await this.#end('ROLLBACK').catch(() => {})
    await this.#onClose()
  }

  async #end(sql: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const lent = this.#held
    if (lent === undefined) return
    this.#held = undefined
    try {
      await this.#pool.control(lent, sql)
      this.#pool.takeBack(lent)
    } catch (error) {
      lent.connection.destroy()
      throw mysqlError(error)
    }
  }

  async #with<T>(work: (lent: Lent) => Promise<T>, lend = (): Promise<Lent> => this.#pool.lend()): Promise<T> {
    this.#checkOpen()
    this.#checkNotLost()
    try {
      if (this.#held !== undefined) return await work(this.#held)
      return await this.#andBack(await lend(), work)
    } catch (error) {
      if (this.#held !== undefined && (endsTransaction(error) || this.#pool.isCut(this.#held))) this.#lose()
      throw mysqlError(error)
    }
  }

  async #andBack<T>(lent: Lent, work: (lent: Lent) => Promise<T>): Promise<T> {
    let failure: unknown
    try {
      return await work(lent)
    } catch (error) {
      failure = error
      throw error
    } finally {
      this.#pool.takeBack(lent, failure)
    }
  }

  #lose(): void {
    this.#held?.connection.destroy()
    this.#held = undefined
    this.#lost = true
  }

  async #each(lent: Lent, sql: string, all: readonly (readonly Parameter[])[]): Promise<ExecResult> {
    const results: ExecResult[] = []
    for (const params of all) results.push(await this.#pool.exec(lent, sql, params))
    return sumOf(results)
  }

  #parameters(checked: CheckedStatement, cells: readonly Cell[]): Parameter[] {
    checkCount(checked, cells.length)
    return cells.map((cell) => typedParameter(cell, this.#pool.types))
  }

  #checkOpen(): void {
    if (this.#closed) throw new PlutinoError('internal', 'the database session is closed')
  }

  #checkNotLost(): void {
    if (this.#lost)
      throw new PlutinoError('unavailable', 'the transaction was lost with its connection', { hint: 'roll back and begin again' })
  }
}
