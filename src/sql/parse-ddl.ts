import type { SqlType } from '../data/types.ts'
import { nearest } from '../base/suggest.ts'
import type { ColumnDefinition, CreateStream, Expr } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseNumber } from './parse-number.ts'
import { parseOptions } from './parse-options.ts'
import type { Token } from './token.ts'
import { isSymbol } from './token.ts'

type Simple = Extract<SqlType, { kind: 'bigint' | 'float' | 'string' | 'boolean' | 'datetime' | 'bytea' }>['kind']

const SIMPLE: readonly Simple[] = ['bigint', 'float', 'string', 'datetime', 'boolean', 'bytea']
const TYPES: readonly string[] = [...SIMPLE, 'array', 'struct']

/** Types of other databases and what they are here. */
const ALIEN: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bigint: ['int', 'integer', 'long', 'smallint', 'tinyint', 'int64', 'number'],
    float: ['double', 'real', 'decimal', 'numeric', 'float64'],
    string: ['text', 'varchar', 'char'],
    datetime: ['timestamp', 'date', 'time'],
    bytea: ['blob', 'bytes', 'binary', 'varbinary'],
    struct: ['object', 'json', 'map', 'record'],
    array: ['list'],
  }).flatMap(([type, names]) => names.map((name) => [name, type] as const)),
)

/** After CREATE STREAM or CREATE TABLE. */
export function parseCreate(cursor: Cursor, start: Token, what: 'stream' | 'table'): CreateStream {
  const name = cursor.expectName(`the name of a ${what}`).value
  const open = cursor.peek()
  if (!isSymbol(open, '('))
    throw cursor.unexpected(['"("'], { hint: `CREATE ${what.toUpperCase()} ${name} () WITH (…), also without columns` })
  const columns = parseColumns(cursor, what)
  if (!cursor.word('WITH')) throw cursor.unexpected(['WITH'], { hint: `CREATE ${what.toUpperCase()} ${name} (…) WITH (DATASOURCE="…")` })
  const options = parseOptions(cursor)
  return { kind: 'create', what, name, columns, options, at: start.at, end: cursor.end }
}

/** `(name type, …)`; a comma before the closing parenthesis is allowed. */
function parseColumns(cursor: Cursor, what: string): ColumnDefinition[] {
  const open = cursor.next()
  return cursor.nested(open, () => {
    const columns: ColumnDefinition[] = []
    while (!isSymbol(cursor.peek(), ')')) {
      columns.push(parseColumn(cursor, what))
      if (!cursor.symbol(',')) break
    }
    cursor.expectClose(open, ['","'])
    return columns
  })
}

function parseColumn(cursor: Cursor, what: string): ColumnDefinition {
  const start = cursor.peek()
  const name = cursor.expectName(`the name of a column`).value
  const type = parseType(cursor)
  if (what === 'struct' || !cursor.keyword('DEFAULT')) return { name, type, at: start.at, end: cursor.end }
  const value = parseDefault(cursor, type)
  return { name, type, default: value, at: start.at, end: cursor.end }
}

function parseType(cursor: Cursor): SqlType {
  const token = cursor.peek()
  const written = token.kind === 'name' ? token.value.toLowerCase() : ''
  const simple = SIMPLE.find((known) => known === written)
  if (simple === undefined && written !== 'array' && written !== 'struct') throw unknownType(cursor, token)
  cursor.next()
  if (simple !== undefined) return { kind: simple }
  const open = cursor.peek()
  if (!isSymbol(open, '(')) throw cursor.unexpected(['"("'], { hint: written === 'array' ? 'array(type)' : 'struct(name type, …)' })
  if (written === 'struct') return { kind: 'struct', fields: parseColumns(cursor, 'struct').map(({ name, type }) => ({ name, type })) }
  cursor.next()
  return cursor.nested(open, () => {
    const element = parseType(cursor)
    cursor.expectClose(open)
    return { kind: 'array', element }
  })
}

function unknownType(cursor: Cursor, token: Token): Error {
  const meant = token.kind === 'name' ? (ALIEN.get(token.value.toLowerCase()) ?? nearest(token.value, TYPES)) : undefined
  const detail = meant === undefined ? {} : { hint: `did you mean "${meant}"?` }
  return cursor.unexpected([...TYPES], detail)
}

/** Tokens that a DEFAULT of each type may be. */
const DEFAULTS: ReadonlyMap<SqlType['kind'], readonly Token['kind'][]> = new Map([
  ['bigint', ['integer']],
  ['float', ['integer', 'number']],
  ['string', ['string']],
  ['boolean', ['keyword']],
  ['datetime', ['string', 'integer']],
])

function parseDefault(cursor: Cursor, type: SqlType): Expr {
  const token = cursor.peek()
  const kinds = DEFAULTS.get(type.kind)
  if (kinds === undefined) throw cursor.errorAt(token, `a default of type ${type.kind}, expected none for this type`)
  const shown = isSymbol(token, '-') ? cursor.peek(1) : token
  const negative = shown !== token
  const flag = token.kind === 'keyword' && (token.value === 'TRUE' || token.value === 'FALSE')
  if (!kinds.includes(shown.kind) || (negative && kinds.includes('string')) || (kinds.includes('keyword') && !flag)) {
    throw cursor.unexpected([`a default of type ${type.kind}`])
  }
  if (shown.kind === 'integer' || shown.kind === 'number') return parseNumber(cursor)
  cursor.next()
  const place = { at: token.at, end: token.end }
  return flag ? { kind: 'boolean', value: token.value === 'TRUE', ...place } : { kind: 'string', value: token.value, ...place }
}
