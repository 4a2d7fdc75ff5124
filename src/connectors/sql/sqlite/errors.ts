import { type ErrorCode, PlutinoError } from '../../../base/errors.ts'
import { isNoRoom, MAKE_ROOM } from '../../../base/no-room.ts'

/** Primary result codes, https://www.sqlite.org/rescode.html; any other is `rejected`: SQLite names a missing table with its general code. */
const BY_CODE: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [2, 'internal'],
  [3, 'denied'],
  [5, 'unavailable'],
  [6, 'unavailable'],
  [7, 'unavailable'],
  [8, 'denied'],
  [10, 'unavailable'],
  [11, 'unavailable'],
  [14, 'unavailable'],
  [21, 'internal'],
  [23, 'denied'],
  [26, 'config_invalid'],
])

const HINTS: ReadonlyMap<number, string> = new Map([
  [5, 'another process is writing to this database'],
  [8, 'give the server the right to write the file and its folder'],
  [11, 'the file is damaged: restore it from a copy'],
  [14, 'check that the folder exists and that the server may write to it'],
  [26, 'name a file that is an SQLite database, or a new one'],
])

/** What node:sqlite throws, in our words. */
export function sqliteError(error: unknown): PlutinoError {
  if (error instanceof PlutinoError) return error
  if (!(error instanceof Error)) return new PlutinoError('internal', String(error))
  const primary = primaryCode(error)
  if (primary === undefined) return new PlutinoError('rejected', error.message)
  if (isNoRoom(error)) return new PlutinoError('unavailable', `the database has no room: ${error.message}`, { hint: MAKE_ROOM })
  const hint = HINTS.get(primary)
  return new PlutinoError(BY_CODE.get(primary) ?? 'rejected', error.message, hint === undefined ? {} : { hint })
}

/** Does somebody else hold the lock at this moment? */
export function isBusy(error: unknown): boolean {
  const primary = error instanceof Error ? primaryCode(error) : undefined
  return primary === 5 || primary === 6
}

function primaryCode(error: Error): number | undefined {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}
