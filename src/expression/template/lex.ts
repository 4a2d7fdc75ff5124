import { readNumber, readQuoted } from './literal.ts'
import { templateInvalid } from './fault.ts'

export type Token =
  | { readonly kind: 'text'; readonly at: number; readonly text: string }
  | { readonly kind: 'open' | 'close'; readonly at: number; readonly text: string }
  | { readonly kind: 'name' | 'field' | 'variable' | 'punctuation'; readonly at: number; readonly text: string; readonly spaced: boolean }
  | {
      readonly kind: 'literal'
      readonly at: number
      readonly text: string
      readonly spaced: boolean
      readonly value: bigint | number | string
    }

const OPEN = /\{\{(-(?=[ \t\r\n]))?/g
const COMMENT = /[ \t\r\n]*\/\*(?:[^*]|\*(?!\/))*\*\/([ \t\r\n]+-)?\}\}/y
const COMMENT_START = /[ \t\r\n]*\/\*/y
const CLOSE = /([ \t\r\n]-)?\}\}/y
const SPACE = /[ \t\r\n]+(?!-\}\})/y
const NAME = /[\p{L}_][\p{L}\p{Nd}_]*/uy
const FIELD = /\.[\p{L}\p{Nd}_]*/uy
const VARIABLE = /\$[\p{L}\p{Nd}_]*/uy
const PUNCTUATION = /:=|[=,|()]/y

/** The tokens of a template; text is trimmed already where `{{-` and `-}}` say so. Throws `config_invalid`. */
export function lexTemplate(source: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  let trimStart = false
  for (;;) {
    OPEN.lastIndex = at
    const open = OPEN.exec(source)
    const end = open === null ? source.length : open.index
    pushText(tokens, source.slice(at, end), { at, trimStart, trimEnd: open?.[1] !== undefined })
    if (open === null) return tokens
    const inside = open.index + open[0].length
    const comment = matchAt(COMMENT, source, inside)
    if (comment !== undefined) {
      at = inside + comment[0].length
      trimStart = comment[1] !== undefined
      continue
    }
    if (matchAt(COMMENT_START, source, inside) !== undefined) {
      throw templateInvalid(source, open.index, 'the comment is not closed', 'a comment fills its whole action: {{/* … */}}')
    }
    tokens.push({ kind: 'open', at: open.index, text: open[0] })
    const close = lexAction(source, inside, open.index, tokens)
    trimStart = close.trim
    at = close.end
  }
}

function pushText(tokens: Token[], raw: string, how: { at: number; trimStart: boolean; trimEnd: boolean }): void {
  let text = how.trimStart ? raw.replace(/^[ \t\r\n]+/, '') : raw
  if (how.trimEnd) text = trimRight(text)
  if (text !== '') tokens.push({ kind: 'text', at: how.at, text })
}

/** Linear, whatever the text: a pattern that ends in `$` tries every run of blanks. */
function trimRight(text: string): string {
  let end = text.length
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

function lexAction(source: string, start: number, open: number, tokens: Token[]): { end: number; trim: boolean } {
  let at = start
  for (;;) {
    const space = matchAt(SPACE, source, at)
    if (space !== undefined) at += space[0].length
    const close = matchAt(CLOSE, source, at)
    if (close !== undefined) {
      tokens.push({ kind: 'close', at, text: close[0] })
      return { end: at + close[0].length, trim: close[1] !== undefined }
    }
    if (at >= source.length) throw templateInvalid(source, open, 'the action is not closed', 'every {{ needs its }}')
    const token = lexToken(source, at, space !== undefined)
    tokens.push(token)
    at += token.text.length
  }
}

function lexToken(source: string, at: number, spaced: boolean): Token {
  const number = readNumber(source, at)
  if (number !== undefined) return { kind: 'literal', at, spaced, ...number }
  const char = source.charAt(at)
  if (char === '"' || char === '`' || char === "'") return { kind: 'literal', at, spaced, ...readQuoted(source, at) }
  const kinds = { name: NAME, field: FIELD, variable: VARIABLE, punctuation: PUNCTUATION } as const
  for (const kind of ['name', 'field', 'variable', 'punctuation'] as const) {
    const found = matchAt(kinds[kind], source, at)
    if (found !== undefined) return { kind, at, spaced, text: found[0] }
  }
  const shown = String.fromCodePoint(source.codePointAt(at) ?? 0)
  throw templateInvalid(source, at, `unexpected ${JSON.stringify(shown)}`)
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(source) ?? undefined
}
