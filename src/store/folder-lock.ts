import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PlutinoError } from '../base/errors.ts'
import { unusable } from './unusable.ts'

/** SQLITE_BUSY of https://sqlite.org/rescode.html. */
const BUSY = 5

/**
 * Takes a folder for this process alone, until the returned function is called or the process ends, in whatever way: the lock is the
 * operating system's, as SQLite takes it for a transaction that excludes everybody. Throws `system` when another process has it, or the file cannot be made.
 */
export function lockFolder(folder: string): () => void {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(join(folder, 'server.lock'), { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (!(error instanceof Error && 'errcode' in error && error.errcode === BUSY)) throw unusable(folder, error, 'server.lock: ')
    throw new PlutinoError('system', `the data folder ${folder} is used by another server`, {
      hint: 'stop that one, or name another folder with --data <folder>',
    })
  }
  return () => database.close()
}
