import { goText } from '../data/go-text.ts'
import { rowFailed } from '../data/row-failed.ts'
import type { Cell } from '../data/value.ts'

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'
const UNSIGNED_MAX = (1n << 64n) - 1n
const SIGNED_MAX = (1n << 63n) - 1n

/**
 * `n`, written in base `from`, in base `to`: MySQL's CONV. Reads the longest prefix of valid digits; results are unsigned 64-bit
 * numbers unless `to` is negative. A negative `from` bounds the number to what is signed. Null when a base is not 2 to 36. Throws
 * `row_failed` for more than 64 bits.
 */
export function convertBase(n: Cell, from: number, to: number): string | null {
  if (!validBase(from) || !validBase(to)) return null
  const text = goText(n).trim().toLowerCase()
  const negative = text.startsWith('-')
  const read = readDigits(text.replace(/^[+-]/, ''), BigInt(Math.abs(from)))
  const size = from < 0 ? bounded(read, negative) : read
  const value = negative ? -size : size
  const digits = to < 0 ? BigInt.asIntN(64, value).toString(-to) : BigInt.asUintN(64, value).toString(to)
  return digits.toUpperCase()
}

function validBase(base: number): boolean {
  const size = Math.abs(base)
  return size >= 2 && size <= 36
}

function bounded(size: bigint, negative: boolean): bigint {
  const most = negative ? SIGNED_MAX + 1n : SIGNED_MAX
  return size > most ? most : size
}

function readDigits(text: string, base: bigint): bigint {
  let value = 0n
  for (const char of text) {
    const digit = BigInt(DIGITS.indexOf(char))
    if (digit < 0n || digit >= base) break
    value = value * base + digit
    if (value > UNSIGNED_MAX) throw rowFailed(`a number of more than 64 bits cannot be converted to another base`)
  }
  return value
}
