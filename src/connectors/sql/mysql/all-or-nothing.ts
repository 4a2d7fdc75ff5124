import type { ExecResult } from '../../../api/database.ts'
import { losesConnection } from './errors.ts'
import type { Control, Lent, MysqlPool } from './pool.ts'

interface Words {
  readonly begin: Control
  readonly end: Control
  readonly undo: readonly Control[]
}

export const TRANSACTION: Words = { begin: 'START TRANSACTION', end: 'COMMIT', undo: ['ROLLBACK'] }

/** Within a transaction of the session: a refused batch leaves no half of itself there either. */
export const SAVEPOINT: Words = {
  begin: 'SAVEPOINT batch',
  end: 'RELEASE SAVEPOINT batch',
  undo: ['ROLLBACK TO SAVEPOINT batch'],
}

/**
 * For statements that are sent without waiting: one that follows a deadlock, which ends a transaction, begins another one instead of being
 * committed by itself. Its end commits, https://mariadb.com/docs/server/reference/sql-statements/transactions/start-transaction#autocommit
 */
export const PIPELINE: Words = { begin: 'SET autocommit = 0', end: 'SET autocommit = 1', undo: ['ROLLBACK', 'SET autocommit = 1'] }

/** Does everything or, when it rejects, nothing. */
export async function allOrNothing(
  pool: MysqlPool,
  lent: Lent,
  { words, run }: { readonly words: Words; readonly run: () => Promise<ExecResult> },
): Promise<ExecResult> {
  await pool.control(lent, words.begin)
  try {
    const result = await run()
    await pool.control(lent, words.end)
    return result
  } catch (error) {
    // Without its connection the transaction is rolled back as well.
    if (!losesConnection(error)) await undo(pool, lent, words)
    throw error
  }
}

async function undo(pool: MysqlPool, lent: Lent, words: Words): Promise<void> {
  try {
    for (const word of words.undo) await pool.control(lent, word)
  } catch {
    lent.connection.destroy()
  }
}
