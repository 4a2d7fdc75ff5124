import { PlutinoError } from '../base/errors.ts'
import { isNoRoom, MAKE_ROOM } from '../base/no-room.ts'

/** What is wrong with the data folder, in our words. `file`: the one in it that cannot be used, with what separates it from the reason. */
export function unusable(folder: string, error: unknown, file = ''): PlutinoError {
  if (error instanceof PlutinoError) return error
  const reason = error instanceof Error ? error.message : String(error)
  if (isNoRoom(error)) {
    return new PlutinoError('system', `the data folder ${folder} has no room: ${file}${reason}`, {
      hint: `${MAKE_ROOM}, and try again; what was stored before is unchanged`,
      cause: error,
    })
  }
  return new PlutinoError('system', `cannot use the data folder ${folder}: ${file}${reason}`, {
    hint: 'check that the folder is there, may be written to and has room, or choose another one with --data',
    cause: error,
  })
}
