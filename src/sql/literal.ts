import { PlutinoError } from '../base/errors.ts'
import { positionAt } from './position.ts'

interface Literal {
  readonly value: string
  /** Offset after the closing quote. */
  readonly end: number
}

interface Escape {
  readonly value: string
  readonly end: number
}

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\u0007'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
])

const DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
])

/** Reads the text that begins with the quote at `at`. Escapes are Go's: `\n \t \" \x41 \101 \u4e2d \U0001f600`; no line break inside. */
export function readText(text: string, at: number): Literal {
  const quote = text.charAt(at)
  const parts: string[] = []
  let from = at + 1
  let offset = from
  for (;;) {
    const character = text.charAt(offset)
    if (character === '' || character === '\n' || character === '\r') throw notClosed(text, at, offset)
    if (character === quote) break
    if (character === '\\') {
      const escape = readEscape(text, offset)
      parts.push(text.slice(from, offset), escape.value)
      from = offset = escape.end
    } else {
      offset++
    }
  }
  parts.push(text.slice(from, offset))
  return { value: parts.join(''), end: offset + 1 }
}

function notClosed(text: string, at: number, end: number): PlutinoError {
  const quote = text.charAt(at)
  return new PlutinoError('sql_syntax', `text is not closed, expected ${quote} before the end of the line`, {
    position: positionAt(text, at, end),
    hint: `end the text with ${quote}; a line break inside is written \\n`,
  })
}

function readEscape(text: string, at: number): Escape {
  const letter = text.charAt(at + 1)
  const simple = SIMPLE.get(letter)
  if (simple !== undefined) return { value: simple, end: at + 2 }
  if (letter === 'x' || (letter >= '0' && letter <= '7')) return readBytes(text, at)
  const count = DIGITS.get(letter)
  const digits = count === undefined ? '' : text.slice(at + 2, at + 2 + count)
  const code = Number.parseInt(digits, 16)
  const valid = count === digits.length && /^[0-9a-fA-F]+$/.test(digits) && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  if (count === undefined || !valid) throw badEscape(text, at)
  return { value: String.fromCodePoint(code), end: at + 2 + count }
}

/** A run of `\xhh` and `\ooo` escapes is the bytes of UTF-8 text. */
function readBytes(text: string, at: number): Escape {
  const run = /(?:\\x[0-9a-fA-F]{2}|\\[0-3][0-7]{2})+/y
  run.lastIndex = at
  const found = run.exec(text)?.[0]
  if (found === undefined) throw badEscape(text, at)
  const bytes = found.split('\\').slice(1)
  const values = bytes.map((byte) => (byte.startsWith('x') ? Number.parseInt(byte.slice(1), 16) : Number.parseInt(byte, 8)))
  return { value: new TextDecoder().decode(Uint8Array.from(values)), end: at + found.length }
}

function badEscape(text: string, at: number): PlutinoError {
  return new PlutinoError('sql_syntax', `invalid escape ${JSON.stringify(text.slice(at, at + 2))} in a text`, {
    position: positionAt(text, at, at + 2),
    hint: 'a backslash itself is written \\\\',
  })
}
