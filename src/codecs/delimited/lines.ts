import { decodeFailed } from '../../data/decode-failed.ts'

/** How fields and lines are written. */
export interface Dialect {
  readonly delimiter: string
  /** Double quotes enclose fields as RFC 4180 says; otherwise a quote is a character like any other. */
  readonly quoted: boolean
}

/**
 * The lines of a text as fields. A line break at the end ends the last line and begins no new one; an empty text is one line with one
 * empty field. Throws `decode_failed` for quotes that do not close or that something follows.
 */
export function readLines(text: string, dialect: Dialect): readonly (readonly string[])[] {
  if (dialect.quoted && text.includes('"')) return readQuoted(text, dialect.delimiter)
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines.map((line) => line.split(dialect.delimiter))
}

function readQuoted(text: string, delimiter: string): readonly (readonly string[])[] {
  const lines: string[][] = []
  let fields: string[] = []
  let at = 0
  for (;;) {
    const field = text[at] === '"' ? readQuotedField(text, at) : readBareField(text, at, delimiter)
    fields.push(field.value)
    at = field.end
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length
      continue
    }
    lines.push(fields)
    fields = []
    const lineBreak = lineBreakAt(text, at)
    if (at < text.length && lineBreak === 0) throw decodeFailed(`delimited: expected a delimiter behind the closing quote at offset ${at}`)
    at += lineBreak
    if (at >= text.length) return lines
  }
}

interface Field {
  readonly value: string
  readonly end: number
}

function readQuotedField(text: string, start: number): Field {
  const close = /(?:[^"]|"")*"/y
  close.lastIndex = start + 1
  const found = close.exec(text)
  if (found === null) throw decodeFailed(`delimited: the quote at offset ${start} is never closed`)
  return { value: found[0].slice(0, -1).replaceAll('""', '"'), end: close.lastIndex }
}

function readBareField(text: string, start: number, delimiter: string): Field {
  const delimiterAt = text.indexOf(delimiter, start)
  const breakAt = text.indexOf('\n', start)
  const limit = Math.min(delimiterAt === -1 ? text.length : delimiterAt, breakAt === -1 ? text.length : breakAt)
  const end = limit === breakAt && limit > start && text[limit - 1] === '\r' ? limit - 1 : limit
  return { value: text.slice(start, end), end }
}

function lineBreakAt(text: string, at: number): number {
  if (text[at] === '\n') return 1
  return text.startsWith('\r\n', at) ? 2 : 0
}

/** Fields as one line, without a line break. A lone empty field is written `""` where quotes are understood, so that it stays a line. */
export function writeLine(fields: readonly string[], dialect: Dialect): string {
  if (!dialect.quoted) return fields.join(dialect.delimiter)
  if (fields.length === 1 && fields[0] === '') return '""'
  return fields.map((field) => quote(field, dialect.delimiter)).join(dialect.delimiter)
}

function quote(field: string, delimiter: string): string {
  return /["\r\n]/.test(field) || field.includes(delimiter) ? `"${field.replaceAll('"', '""')}"` : field
}
