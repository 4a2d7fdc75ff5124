/** What an operating system says when a file cannot grow: the disk, the quota, the limit of one file. */
const CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']
/**
 * https://www.sqlite.org/rescode.html: SQLITE_FULL; and SQLITE_IOERR_WRITE, SQLITE_IOERR_SHMOPEN, SQLITE_IOERR_SHMSIZE, which stand for every
 * refusal to write but ENOSPC, so for a quota and a limit of one file too.
 */
const SQLITE_CODES: readonly unknown[] = [13, 778, 4618, 4874]

/** Did a write fail because there is no room for it? */
export function isNoRoom(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && CODES.includes(error.code)) || ('errcode' in error && SQLITE_CODES.includes(error.errcode))
}

/** What to do about it. */
export const MAKE_ROOM = 'free some space on its disk, or raise the quota or the limit of file sizes of the server'
