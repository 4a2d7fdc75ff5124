import { rowFailed } from '../../data/row-failed.ts'
import { isStruct, type Value } from '../../data/value.ts'
import { ANY, at, checkLength, countAt, define, textAt, type FunctionSet } from './function-set.ts'
import { goText } from './print.ts'
import { goQuote } from './quote.ts'

/** Sprig's functions on texts. Positions and lengths count characters. */
export const TEXT_FUNCTIONS: FunctionSet = {
  upper: define(1, (args) => textAt(args, 0).toUpperCase()),
  lower: define(1, (args) => textAt(args, 0).toLowerCase()),
  title: define(1, (args) => textAt(args, 0).replace(/(?<![\p{L}\p{Nd}_'])\p{L}/gu, (letter) => letter.toUpperCase())),
  untitle: define(1, (args) => textAt(args, 0).replace(/(?<!\S)\p{L}/gu, (letter) => letter.toLowerCase())),
  trim: define(1, (args) => textAt(args, 0).trim()),
  trimAll: define(2, (args) => trimChars(textAt(args, 1), textAt(args, 0))),
  trimPrefix: define(2, (args) => withoutPrefix(textAt(args, 1), textAt(args, 0))),
  trimSuffix: define(2, (args) => withoutSuffix(textAt(args, 1), textAt(args, 0))),
  replace: define(3, (args) => replaceAll(textAt(args, 2), textAt(args, 0), textAt(args, 1))),
  contains: define(2, (args) => textAt(args, 1).includes(textAt(args, 0))),
  hasPrefix: define(2, (args) => textAt(args, 1).startsWith(textAt(args, 0))),
  hasSuffix: define(2, (args) => textAt(args, 1).endsWith(textAt(args, 0))),
  split: define(2, (args) => Object.fromEntries(splitText(args).map((part, i) => [`_${i}`, part]))),
  splitList: define(2, (args) => splitText(args)),
  join: define(2, (args) => joinTexts(textAt(args, 0), at(args, 1))),
  substr: define(3, (args) => substring(textAt(args, 2), countAt(args, 0), countAt(args, 1))),
  trunc: define(2, (args) => truncate(textAt(args, 1), countAt(args, 0))),
  repeat: define(2, (args) => repeat(textAt(args, 1), countAt(args, 0))),
  nospace: define(1, (args) => textAt(args, 0).replace(/\s/g, '')),
  indent: define(2, (args) => indent(textAt(args, 1), countAt(args, 0))),
  nindent: define(2, (args) => `\n${indent(textAt(args, 1), countAt(args, 0))}`),
  cat: define([0, ANY], (args) => present(args).join(' ')),
  quote: define([0, ANY], (args) =>
    present(args)
      .map((text) => goQuote(text))
      .join(' '),
  ),
  squote: define([0, ANY], (args) =>
    present(args)
      .map((text) => `'${text}'`)
      .join(' '),
  ),
  toString: define(1, (args) => toText(at(args, 0))),
}

/** Any value as text: bytes as UTF-8, all else as `%v`. */
export function toText(value: Value): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : goText(value)
}

function present(args: readonly Value[]): readonly string[] {
  return args.filter((arg) => arg !== null).map((arg) => toText(arg))
}

function trimChars(text: string, chars: string): string {
  const cut = new Set(chars)
  const letters = Array.from(text)
  let from = 0
  let to = letters.length
  while (from < to && cut.has(letters[from] ?? '')) from++
  while (to > from && cut.has(letters[to - 1] ?? '')) to--
  return letters.slice(from, to).join('')
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text
}

function withoutSuffix(text: string, suffix: string): string {
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
}

function replaceAll(text: string, from: string, to: string): string {
  const parts = text.split(from)
  checkLength(text.length + parts.length * to.length)
  return from === '' ? to + parts.map((part) => part + to).join('') : parts.join(to)
}

function splitText(args: readonly Value[]): readonly string[] {
  const separator = textAt(args, 0)
  const text = textAt(args, 1)
  return separator === '' ? Array.from(text) : text.split(separator)
}

function joinTexts(separator: string, value: Value): string {
  if (value === null) return ''
  if (!Array.isArray(value)) return toText(value)
  const parts = present(value)
  checkLength(parts.reduce((sum, part) => sum + part.length + separator.length, 0))
  return parts.join(separator)
}

/** From a negative start: from the beginning; to a negative end or one behind the text: to its end. */
function substring(text: string, from: number, to: number): string {
  const letters = Array.from(text)
  if (from < 0) return letters.slice(0, Math.max(0, to)).join('')
  return letters.slice(from, to < 0 ? undefined : to).join('')
}

/** The first characters, or with a negative count the last. */
function truncate(text: string, count: number): string {
  const letters = Array.from(text)
  return count < 0 ? letters.slice(count).join('') : letters.slice(0, count).join('')
}

function repeat(text: string, count: number): string {
  if (count < 0) throw rowFailed(`repeat: expected a count of 0 or more, got ${count}`)
  checkLength(text.length * count)
  return text.repeat(count)
}

function indent(text: string, count: number): string {
  const pad = repeat(' ', count)
  const lines = text.split('\n')
  checkLength(text.length + lines.length * count)
  return lines.map((line) => pad + line).join('\n')
}

/** The kind of a value by Go's name. */
export function kindOf(value: Value): string {
  if (value === null) return 'invalid'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (isStruct(value)) return 'map'
  return value instanceof Date ? 'struct' : 'slice'
}
