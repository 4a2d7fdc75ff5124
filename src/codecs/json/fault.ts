import type { PlutinoError } from '../../base/errors.ts'
import { decodeFailed } from '../../data/decode-failed.ts'
import { skipSpace, skipValue } from './skip.ts'

const BEFORE = 16
const AFTER = 24

/** The error of a payload that `JSON.parse` refuses: where it stops being JSON, with at most 40 bytes around that place. */
export function faultOf(bytes: Buffer, start: number, end: number): PlutinoError {
  const first = skipSpace(bytes, start, end)
  if (first === end) return decodeFailed('cannot parse JSON: the payload is empty')
  const behind = skipValue(bytes, first, end, 0)
  const at = behind < 0 ? -1 - behind : skipSpace(bytes, behind, end)
  const place = at >= end ? 'it ends too early' : `unexpected ${nameOf(bytes[at] ?? 0)}`
  const excerpt = JSON.stringify(bytes.toString('utf8', Math.max(start, at - BEFORE), Math.min(end, at + AFTER)))
  return decodeFailed(`cannot parse JSON: ${place} at offset ${at - start}, near ${excerpt}`)
}

function nameOf(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte ${byte}`
}
