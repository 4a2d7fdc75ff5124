import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'

const PIECE = 1024 * 1024

/** SHA-256 in hexadecimal digits, a megabyte at a time: the server does other things between. */
export async function componentHash(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < bytes.length; at += PIECE) {
    if (at > 0) await nextTurn()
    hash.update(bytes.subarray(at, at + PIECE))
  }
  return hash.digest('hex')
}
