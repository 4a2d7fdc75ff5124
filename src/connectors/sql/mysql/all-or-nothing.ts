import type { ExecResult } from '../../../api/database.ts'
import { losesConnection } from './errors.ts'
import type { Control, Lent, MysqlPool } from './pool.ts'

interface Words {
  /** Absent: the connection joins all statements until the end. */
  readonly begin?: Control
  readonly end: Control
  readonly undo: Control
}

export const TRANSACTION: Words = { begin: 'START TRANSACTION', end: 'COMMIT', undo: 'ROLLBACK' }

/** Within a transaction of the session: a refused batch leaves no half of itself there either. */
export const SAVEPOINT: Words = {
  begin: 'SAVEPOINT batch',
  end: 'RELEASE SAVEPOINT batch',
  undo: 'ROLLBACK TO SAVEPOINT batch',
}

/**
 * For statements that are sent without waiting: one that follows a deadlock, which ends a transaction, begins another one instead of being
 * committed by itself.
 */
export const PIPELINE: Words = { end: 'COMMIT', undo: 'ROLLBACK' }

/** Does everything or, when it rejects, nothing. */
export async function allOrNothing(
  pool: MysqlPool,
  lent: Lent,
  { words, run }: { readonly words: Words; readonly run: () => Promise<ExecResult> },
): Promise<ExecResult> {
  if (words.begin === undefined) await pool.commitEach(lent, false)
  else await pool.control(lent, words.begin)
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
    await pool.control(lent, words.undo)
  } catch {
    lent.connection.destroy()
  }
}
