/**
 * Walks JSON text in bytes and accepts exactly what `JSON.parse` accepts of the same text. Every function returns the position behind
 * what it walked over, or `-1 - fault` where `fault` is the position of the first byte that does not fit. Bytes >= 128 stand only in
 * strings, where any sequence is allowed: decoding replaces what is not UTF-8.
 */

/** Nesting beyond this counts as a fault: callers then take `JSON.parse`, which needs no stack. */
export const MAX_SKIP_DEPTH = 512

const QUOTE = 0x22
const BACKSLASH = 0x5c
const TRUE = [0x74, 0x72, 0x75, 0x65]
const FALSE = [0x66, 0x61, 0x6c, 0x73, 0x65]
const NULL = [0x6e, 0x75, 0x6c, 0x6c]

/** `at` is the first byte of the value, not of white space. */
export function skipValue(bytes: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end) return -1 - at
  switch (bytes[at] ?? 0) {
    case QUOTE:
      return skipString(bytes, at + 1, end)
    case 0x7b:
      return depth >= MAX_SKIP_DEPTH ? -1 - at : skipObject(bytes, at + 1, end, depth + 1)
    case 0x5b:
      return depth >= MAX_SKIP_DEPTH ? -1 - at : skipArray(bytes, at + 1, end, depth + 1)
    case 0x74:
      return skipWord(bytes, at, end, TRUE)
    case 0x66:
      return skipWord(bytes, at, end, FALSE)
    case 0x6e:
      return skipWord(bytes, at, end, NULL)
    default:
      return skipNumber(bytes, at, end)
  }
}

export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let p = at
  while (p < end) {
    const c = bytes[p] ?? 0
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return p
    p++
  }
  return p
}

/** `at` is behind the opening quote. */
export function skipString(bytes: Uint8Array, at: number, end: number): number {
  let p = at
  while (p < end) {
    const c = bytes[p] ?? 0
    if (c === QUOTE) return p + 1
    if (c < 0x20) return -1 - p
    if (c === BACKSLASH) {
      p = skipEscape(bytes, p + 1, end)
      if (p < 0) return p
    } else p++
  }
  return -1 - end
}

function skipEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1 - end
  switch (bytes[at] ?? 0) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 1
    case 0x75:
      for (let p = at + 1; p < at + 5; p++) if (p >= end || !isHex(bytes[p] ?? 0)) return -1 - p
      return at + 5
    default:
      return -1 - at
  }
}

function isHex(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66)
}

export function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] === 0x2d ? at + 1 : at
  let p = skipDigits(bytes, first, end)
  if (p === first) return -1 - p
  if (bytes[first] === 0x30 && p > first + 1) return -1 - (first + 1)
  if (p < end && bytes[p] === 0x2e) {
    const fraction = p + 1
    p = skipDigits(bytes, fraction, end)
    if (p === fraction) return -1 - p
  }
  if (p < end && (bytes[p] === 0x65 || bytes[p] === 0x45)) {
    const sign = p + 1 < end && (bytes[p + 1] === 0x2b || bytes[p + 1] === 0x2d)
    const exponent = sign ? p + 2 : p + 1
    p = skipDigits(bytes, exponent, end)
    if (p === exponent) return -1 - p
  }
  return p
}

function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  let p = at
  while (p < end) {
    const c = bytes[p] ?? 0
    if (c < 0x30 || c > 0x39) return p
    p++
  }
  return p
}

function skipWord(bytes: Uint8Array, at: number, end: number, word: readonly number[]): number {
  for (let i = 0; i < word.length; i++) if (at + i >= end || bytes[at + i] !== word[i]) return -1 - Math.min(at + i, end)
  return at + word.length
}

function skipObject(bytes: Uint8Array, at: number, end: number, depth: number): number {
  let p = skipSpace(bytes, at, end)
  if (p < end && bytes[p] === 0x7d) return p + 1
  for (;;) {
    if (p >= end || bytes[p] !== QUOTE) return -1 - p
    p = skipString(bytes, p + 1, end)
    if (p < 0) return p
    p = skipSpace(bytes, p, end)
    if (p >= end || bytes[p] !== 0x3a) return -1 - p
    p = skipValue(bytes, skipSpace(bytes, p + 1, end), end, depth)
    if (p < 0) return p
    p = skipSpace(bytes, p, end)
    if (p < end && bytes[p] === 0x7d) return p + 1
    if (p >= end || bytes[p] !== 0x2c) return -1 - p
    p = skipSpace(bytes, p + 1, end)
  }
}

function skipArray(bytes: Uint8Array, at: number, end: number, depth: number): number {
  let p = skipSpace(bytes, at, end)
  if (p < end && bytes[p] === 0x5d) return p + 1
  for (;;) {
    p = skipValue(bytes, p, end, depth)
    if (p < 0) return p
    p = skipSpace(bytes, p, end)
    if (p < end && bytes[p] === 0x5d) return p + 1
    if (p >= end || bytes[p] !== 0x2c) return -1 - p
    p = skipSpace(bytes, p + 1, end)
  }
}
