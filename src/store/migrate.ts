import type { DatabaseSync } from 'node:sqlite'
import { PlutinoError } from '../base/errors.ts'

/** `Plut` in ASCII: tells our files from other SQLite files, https://www.sqlite.org/pragma.html#pragma_application_id */
const APPLICATION = 0x506c7574

/**
 * Brings a database to the newest form: step i makes version i + 1 of version i, each in one transaction; the file keeps its version in
 * user_version. Throws `system` for a file of a newer Plutino or of another program, and leaves it as it is.
 */
export function migrate(database: DatabaseSync, steps: readonly string[]): void {
  const version = pragma(database, 'user_version')
  const application = pragma(database, 'application_id')
  if (application !== APPLICATION && (application !== 0 || version !== 0)) {
    throw new PlutinoError('system', 'the store in the data folder belongs to another program', {
      hint: 'choose another folder with --data',
    })
  }
  if (version > steps.length) {
    throw new PlutinoError(
      'system',
      `the data folder was written by a newer Plutino: its store has version ${version}, this one knows ${steps.length}`,
      {
        hint: 'start the newer Plutino, or choose another folder with --data',
      },
    )
  }
  for (let next = version; next < steps.length; next++) {
    database.exec('BEGIN IMMEDIATE')
    try {
      // Another process may have been faster while this one waited for the lock.
      if (pragma(database, 'user_version') === next) {
        database.exec(`${steps[next] ?? ''}; PRAGMA user_version = ${next + 1}; PRAGMA application_id = ${APPLICATION}`)
      }
      database.exec('COMMIT')
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
}
