import { nearest } from '../base/suggest.ts'
import type { StreamOption } from './ast.ts'
import type { Cursor } from './cursor.ts'
import type { OptionRule } from './stream-options.ts'
import { STREAM_OPTIONS } from './stream-options.ts'
import type { Token } from './token.ts'
import { isSymbol } from './token.ts'

/**
 * `(OPTION = value, …)`; commas may be missing. Of an option given twice the last one counts, as in eKuiper: it is alone in the result.
 * Values of flags are booleans however they are written, those of choices lower case.
 */
export function parseOptions(cursor: Cursor): StreamOption[] {
  const open = cursor.expectSymbol('(')
  const options = new Map<string, StreamOption>()
  while (!isSymbol(cursor.peek(), ')')) {
    if (cursor.symbol(',')) continue
    if (cursor.peek().kind === 'end') cursor.expectClose(open, ['an option'])
    const option = parseOption(cursor)
    options.delete(option.name)
    options.set(option.name, option)
  }
  cursor.next()
  return [...options.values()]
}

function parseOption(cursor: Cursor): StreamOption {
  const token = cursor.peek()
  if (token.kind !== 'name' && token.kind !== 'keyword') throw cursor.unexpected(['an option', '")"'])
  const rule = STREAM_OPTIONS.find(({ name }) => name === token.value.toUpperCase())
  if (rule === undefined) throw unknownOption(cursor, token)
  cursor.next()
  cursor.expectSymbol('=')
  const value = parseValue(cursor, rule)
  return { name: rule.name, value, at: token.at, end: cursor.end }
}

function unknownOption(cursor: Cursor, token: Token): Error {
  const names = STREAM_OPTIONS.map(({ name }) => name)
  const meant = nearest(token.value, names)
  const suggestion = meant === undefined ? '' : `did you mean "${meant}"? `
  return cursor.errorAt(token, `unknown option "${token.value}"`, { hint: `${suggestion}options are ${names.join(', ')}` })
}

function parseValue(cursor: Cursor, rule: OptionRule): string | boolean {
  const token = cursor.peek()
  if (rule.kind === 'flag') return parseFlag(cursor, rule)
  if (token.kind !== 'string' || token.quote !== '"') {
    const written = cursor.text.slice(token.at, token.end).replaceAll(/^'|'$/g, '')
    throw cursor.unexpected(
      ['a text in double quotes'],
      token.kind === 'end' || token.kind === 'symbol' ? {} : { hint: `${rule.name}="${written}"` },
    )
  }
  const problem = problemWith(token.value, rule)
  if (problem !== undefined) {
    throw cursor.errorAt(
      token,
      `value ${JSON.stringify(token.value)} of option ${rule.name}, expected ${problem}`,
      suggestChoice(token.value, rule),
    )
  }
  cursor.next()
  return rule.kind === 'choice' ? token.value.toLowerCase() : token.value
}

function problemWith(value: string, rule: OptionRule): string | undefined {
  if (rule.kind === 'integer' && !/^[+-]?[0-9]+$/.test(value)) return 'a whole number'
  if (rule.kind === 'object' && !isJsonObject(value)) return 'the text of a JSON object'
  if (rule.kind === 'choice' && rule.choices?.includes(value.toLowerCase()) !== true) return (rule.choices ?? []).join(' or ')
  return undefined
}

function suggestChoice(value: string, rule: OptionRule): { hint?: string } {
  const meant = nearest(value, rule.choices ?? [])
  return meant === undefined ? {} : { hint: `did you mean "${meant}"?` }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

function parseFlag(cursor: Cursor, rule: OptionRule): boolean {
  const token = cursor.peek()
  const written = token.kind === 'keyword' || (token.kind === 'string' && token.quote === '"') ? token.value.toUpperCase() : ''
  if (written !== 'TRUE' && written !== 'FALSE') throw cursor.unexpected(['TRUE', 'FALSE'], { hint: `${rule.name} is TRUE or FALSE` })
  cursor.next()
  return written === 'TRUE'
}
