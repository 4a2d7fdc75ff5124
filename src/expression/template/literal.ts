import { templateInvalid } from './fault.ts'

export interface Literal {
  readonly text: string
  readonly value: bigint | number | string
}

const NUMBER = /[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*)?\.\d[\d_]*(?:[eE][+-]?\d+)?|\d[\d_]*\.?(?:[eE][+-]?\d+)?)/y
const AFTER_NUMBER = /[\p{L}\d_]/uy

/** A number as Go writes it: with `.` or an exponent a float, otherwise an int of 64 bits. */
export function readNumber(source: string, at: number): Literal | undefined {
  NUMBER.lastIndex = at
  const text = NUMBER.exec(source)?.[0]
  if (text === undefined) return undefined
  AFTER_NUMBER.lastIndex = at + text.length
  if (AFTER_NUMBER.test(source)) throw templateInvalid(source, at, `bad number, beginning with ${text}`)
  const digits = text.replaceAll('_', '')
  if (/[.eE]/.test(digits) && !/^[+-]?0[xX]/.test(digits)) return { text, value: Number(digits) }
  const size = digits.replace(/^[+-]/, '')
  const value = BigInt(/^0\d+$/.test(size) ? octal(source, at, size) : size) * (digits.startsWith('-') ? -1n : 1n)
  if (BigInt.asIntN(64, value) !== value) throw templateInvalid(source, at, `${text} does not fit an int of 64 bits`)
  return { text, value }
}

function octal(source: string, at: number, digits: string): string {
  if (/[89]/.test(digits)) throw templateInvalid(source, at, `bad octal number ${digits}`)
  return `0o${digits.slice(1)}`
}

const QUOTED = { '"': /"(?:[^"\\\n]|\\[^\n])*"/y, "'": /'(?:[^'\\\n]|\\[^\n])+'/y, '`': /`[^`]*`/y } as const
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([abfnrtv\\'"])|([^]?))/g
const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/** `"text"` with Go's escapes, a raw text in backquotes, or a character in single quotes, which is its code. */
export function readQuoted(source: string, at: number): Literal {
  const quote = source.charAt(at)
  const pattern = quote === '"' ? QUOTED['"'] : quote === '`' ? QUOTED['`'] : QUOTED["'"]
  pattern.lastIndex = at
  const text = pattern.exec(source)?.[0]
  if (text === undefined) throw templateInvalid(source, at, `the text that begins with ${quote} is not closed`)
  const body = text.slice(1, -1)
  if (quote === '`') return { text, value: body.replaceAll('\r', '') }
  const value = body.replace(ESCAPE, (all: string, ...found: readonly (string | undefined)[]) => {
    const [hex, short, long, octalDigits, simple] = found
    if (simple !== undefined) return SIMPLE[simple] ?? ''
    const code = octalDigits === undefined ? Number.parseInt(hex ?? short ?? long ?? 'z', 16) : Number.parseInt(octalDigits, 8)
    if (!(code <= 0x10ffff) || (octalDigits !== undefined && code > 255)) throw templateInvalid(source, at, `bad escape ${all}`)
    return String.fromCodePoint(code)
  })
  if (quote === '"') return { text, value }
  if (Array.from(value).length !== 1)
    throw templateInvalid(source, at, `expected one character in single quotes, got ${text}`, 'texts stand in double quotes')
  return { text, value: BigInt(value.codePointAt(0) ?? 0) }
}
