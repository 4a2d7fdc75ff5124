import type { Value } from '../../data/value.ts'

const [QUOTE, COMMA, COLON, OPEN, CLOSE, MINUS, ZERO, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x7b, 0x7d, 0x2d, 0x30, 0x5c] as const
/** What a member takes beside its name and its text: quotes, colon, comma, the closing brace, the longest number. */
const AROUND = 18
const WORDS: ReadonlyMap<Value, string> = new Map<Value, string>([
  [true, 'true'],
  [false, 'false'],
  [null, 'null'],
])

/**
 * Writes the JSON text of a small object of small integers, booleans, nulls and plain ASCII texts, the same as JSON.stringify makes,
 * without a string between. Gives the index after it; -1 when the object is another or does not fit before `end`.
 */
export function putShortJson(bytes: Uint8Array, from: number, end: number, value: Value & object): number {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return -1
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- dates, bytes and arrays have other prototypes
  const object = value as { readonly [name: string]: Value }
  let at = from
  bytes[at++] = OPEN
  for (const name in object) {
    if (at + name.length + AROUND > end) return -1
    if (at > from + 1) bytes[at++] = COMMA
    at = putText(bytes, at, name)
    if (at < 0) return -1
    bytes[at++] = COLON
    at = putMember(bytes, at, end, object[name])
    if (at < 0) return -1
  }
  if (at >= end) return -1
  bytes[at++] = CLOSE
  return at
}

function putMember(bytes: Uint8Array, at: number, end: number, member: Value | undefined): number {
  if (typeof member === 'number') return (member | 0) === member ? putInteger(bytes, at, member) : -1
  if (typeof member === 'string') return at + member.length + AROUND > end ? -1 : putText(bytes, at, member)
  const word = member === undefined ? undefined : WORDS.get(member)
  if (word === undefined) return -1
  for (let i = 0; i < word.length; i++) bytes[at + i] = word.charCodeAt(i)
  return at + word.length
}

/** In quotes; -1 when it needs an escape or is not ASCII. */
function putText(bytes: Uint8Array, from: number, text: string): number {
  const { length } = text
  bytes[from] = QUOTE
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) return -1
    bytes[from + 1 + i] = unit
  }
  bytes[from + 1 + length] = QUOTE
  return from + length + 2
}

function putInteger(bytes: Uint8Array, from: number, value: number): number {
  let at = from
  if (value < 0) bytes[at++] = MINUS
  let rest = Math.abs(value)
  let digits = 1
  for (let power = 10; power <= rest; power *= 10) digits++
  for (let i = at + digits - 1; i >= at; i--) {
    const tens = Math.floor(rest / 10)
    bytes[i] = ZERO + (rest - tens * 10)
    rest = tens
  }
  return at + digits
}
