import { PlutinoError } from '../base/errors.ts'
import { nearest } from '../base/suggest.ts'
import type { CreateStream, StreamOption } from './ast.ts'
import { positionAt } from './position.ts'

export interface StreamRules {
  /** The text of the statement, for positions. */
  readonly text: string
  /** Names of the codecs there are, lower case. */
  readonly formats: Iterable<string>
}

/** Checks of a stream that need no connector: its format, and what goes with what. Throws `stream_invalid`. */
export function validateStream(stream: CreateStream, rules: StreamRules): void {
  const option = (name: string): StreamOption | undefined => stream.options.find((known) => known.name === name)
  const format = option('FORMAT')
  const name = typeof format?.value === 'string' && format.value !== '' ? format.value.toLowerCase() : 'json'
  if (name === 'binary') validateBinary(stream, format ?? stream, rules)
  else if (format !== undefined) validateFormat(name, format, rules)
  const lookup = option('KIND')
  const memory = String(option('TYPE')?.value).toLowerCase() === 'memory'
  if (lookup !== undefined && lookup.value === 'lookup' && memory && !option('KEY')?.value) {
    throw invalid(lookup, 'lookup table in memory without option KEY', rules, 'KEY="column" names its primary key')
  }
}

function validateFormat(name: string, format: StreamOption, rules: StreamRules): void {
  const formats = [...rules.formats]
  if (formats.includes(name)) return
  const meant = nearest(name, formats)
  const suggestion = meant === undefined ? '' : `did you mean "${meant}"? `
  throw invalid(format, `unknown format "${name}"`, rules, `${suggestion}formats are ${formats.join(', ')}`)
}

function validateBinary(stream: CreateStream, at: { at: number; end: number }, rules: StreamRules): void {
  if (stream.what === 'table') throw invalid(at, 'format binary of a table, expected another format', rules)
  const wrong = stream.columns.length > 1 ? stream.columns[1] : stream.columns.find(({ type }) => type.kind !== 'bytea')
  if (wrong !== undefined) throw invalid(wrong, `column ${wrong.name} of a binary stream, expected one column of type bytea or none`, rules)
}

function invalid(node: { at: number; end: number }, message: string, { text }: StreamRules, hint?: string): PlutinoError {
  const position = positionAt(text, node.at, node.end)
  return new PlutinoError('stream_invalid', message, hint === undefined ? { position } : { position, hint })
}
