import { PlutinoError } from '../base/errors.ts'
import { RESERVED } from './keywords.ts'
import { readText } from './literal.ts'
import { positionAt } from './position.ts'
import type { Token } from './token.ts'

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const NUMBER = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y
const BLANK = /[ \t\r\n]+/y
const LINE_COMMENT = /--[^\n]*/y
/** Blanks inside `! =`, `> =`, `< =` and `- >` are allowed, as in eKuiper. */
const SYMBOL = /->|<>|-[ \t\r\n]*>|[!<>][ \t\r\n]*=|[-+*/%&|^=<>()[\],.:;#]/y

/** The tokens of `text`, ended by one of kind `end`. What follows a `;` is another statement and is not read, as in eKuiper. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let offset = skipBlank(text, 0)
  while (offset < text.length) {
    const token = readToken(text, offset, tokens.at(-1))
    tokens.push(token)
    offset = token.end
    if (token.kind === 'symbol' && token.value === ';') break
    offset = skipBlank(text, offset)
  }
  tokens.push({ kind: 'end', value: '', at: offset, end: offset })
  return tokens
}

function skipBlank(text: string, from: number): number {
  let offset = from
  for (;;) {
    const next = match(BLANK, text, offset) ?? match(LINE_COMMENT, text, offset)
    if (next !== undefined) {
      offset += next.length
    } else if (text.startsWith('/*', offset)) {
      offset = endOfComment(text, offset)
    } else {
      return offset
    }
  }
}

function endOfComment(text: string, at: number): number {
  const end = text.indexOf('*/', at + 2)
  if (end >= 0) return end + 2
  throw new PlutinoError('sql_syntax', 'comment is not closed, expected */', { position: positionAt(text, at, at + 2) })
}

function readToken(text: string, at: number, previous: Token | undefined): Token {
  const character = text.charAt(at)
  if (character === '"' || character === "'") {
    const { value, end } = readText(text, at)
    return { kind: 'string', value, at, end, quote: character }
  }
  if (character === '`') return readQuotedName(text, at)
  const name = match(NAME, text, at)
  if (name !== undefined) return nameOrKeyword(name, at)
  return readNumber(text, at, previous) ?? readSymbol(text, at)
}

function nameOrKeyword(name: string, at: number): Token {
  const upper = name.toUpperCase()
  const end = at + name.length
  return RESERVED.has(upper) ? { kind: 'keyword', value: upper, at, end } : { kind: 'name', value: name, at, end }
}

function readQuotedName(text: string, at: number): Token {
  const close = text.indexOf('`', at + 1)
  if (close > at + 1) return { kind: 'name', value: text.slice(at + 1, close), at, end: close + 1, quote: '`' }
  if (close < 0) {
    throw new PlutinoError('sql_syntax', 'name is not closed, expected `', {
      position: positionAt(text, at, text.length),
      hint: 'end the name with a backtick',
    })
  }
  throw new PlutinoError('sql_syntax', 'a name between backticks cannot be empty', { position: positionAt(text, at, close + 1) })
}

function readNumber(text: string, at: number, previous: Token | undefined): Token | undefined {
  const digits = match(NUMBER, text, at) ?? detachedFraction(text, at, previous)
  if (digits === undefined) return undefined
  const end = at + digits.length
  const suffix = match(NAME, text, end)
  if (suffix !== undefined && !RESERVED.has(suffix.toUpperCase())) {
    const whole = text.slice(at, end + suffix.length)
    throw new PlutinoError('sql_syntax', `invalid number "${whole}"`, {
      position: positionAt(text, at, end + suffix.length),
      hint: 'numbers are decimal: 12, 1.5, .5, 1e3; a name that begins with a digit stands between backticks',
    })
  }
  const value = digits.replace(/[ \t\r\n]+/, '')
  return { kind: /^[0-9]+$/.test(value) ? 'integer' : 'number', value, at, end }
}

/** eKuiper reads `-. 3` as -0.3. */
function detachedFraction(text: string, at: number, previous: Token | undefined): string | undefined {
  if (text.charAt(at) !== '.' || previous?.value !== '-' || previous.kind !== 'symbol') return undefined
  return match(/\.[ \t\r\n]+[0-9]+/y, text, at)
}

function readSymbol(text: string, at: number): Token {
  const found = match(SYMBOL, text, at)
  if (found === undefined) throw unknownCharacter(text, at)
  const symbol = found.replace(/[ \t\r\n]+/, '')
  return { kind: 'symbol', value: symbol === '<>' ? '!=' : symbol, at, end: at + found.length }
}

function unknownCharacter(text: string, at: number): PlutinoError {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
  const position = positionAt(text, at, at + character.length)
  const hint = hintForCharacter(character)
  return new PlutinoError(
    'sql_syntax',
    `unexpected character ${JSON.stringify(character)}`,
    hint === undefined ? { position } : { position, hint },
  )
}

function hintForCharacter(character: string): string | undefined {
  if (character === '!') return 'write NOT before a condition, != for "not equal"'
  if ('“”„‘’'.includes(character)) return 'texts stand between straight quotes: "text"'
  if (/\p{L}/u.test(character)) return 'names with other letters than A-Z stand between backticks'
  return undefined
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
