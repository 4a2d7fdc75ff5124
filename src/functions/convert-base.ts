import { goText } from '../data/go-text.ts'
import type { Cell } from '../data/value.ts'

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'
const UNSIGNED_MAX = (1n << 64n) - 1n

/**
 * `n`, written in base `from`, in base `to`: MySQL's CONV. Reads the longest prefix of valid digits; results are unsigned 64-bit
 * numbers unless `to` is negative. Null when a base is not 2 to 36.
 */
export function convertBase(n: Cell, from: number, to: number): string | null {
  if (!validBase(from) || !validBase(to)) return null
  const text = goText(n).trim().toLowerCase()
  const negative = text.startsWith('-')
  const size = readDigits(text.replace(/^[+-]/, ''), BigInt(Math.abs(from)))
  const value = negative ? -size : size
  if (to < 0) return BigInt.asIntN(64, value).toString(-to)
  return (negative ? BigInt.asUintN(64, value) : value).toString(to)
}

function validBase(base: number): boolean {
  const size = Math.abs(base)
  return size >= 2 && size <= 36
}

function readDigits(text: string, base: bigint): bigint {
  let value = 0n
  for (const char of text) {
    const digit = BigInt(DIGITS.indexOf(char))
    if (digit < 0n || digit >= base) break
    value = value * base + digit
    if (value > UNSIGNED_MAX) return UNSIGNED_MAX
  }
  return value
}
