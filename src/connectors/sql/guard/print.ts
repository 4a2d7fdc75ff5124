import { PlutinoError } from '../../../base/errors.ts'
import { isNode, type Node, type StatementParser } from './parser.ts'

/** A statement's text, and its parts where rows of parameters can be put side by side. */
export interface Text {
  readonly text: string
  /** How many `?` it has. */
  readonly parameters: number
  /** Present for an INSERT or REPLACE of one row that holds all parameters: `head` + `row` [+ `,` + `row` …] + `tail`. */
  readonly rows?: { readonly head: string; readonly row: string; readonly tail: string }
}

const ON_DUPLICATE = ' ON DUPLICATE KEY UPDATE '

/** For MySQL and MariaDB, with INSERT … SET as VALUES and with the column names of INSERT in backticks, which the printer leaves bare. */
export function inMysql(parser: StatementParser, statement: Node): Text {
  return textOf(parser, quoteColumns(withoutSet(statement)))
}

/** For SQLite: ON CONFLICT in place of ON DUPLICATE KEY, OR IGNORE, texts in single quotes. */
export function inSqlite(parser: StatementParser, statement: Node): Text {
  const { text, parameters, rows } = textOf(parser, quoteColumns(withoutSet(forSqlite(statement))))
  const isSelect = isNode(statement['values']) && statement['values']['type'] === 'select'
  if (isSelect && isNode(statement['on_duplicate_update'])) {
    throw new PlutinoError('denied', 'INSERT … SELECT … ON DUPLICATE KEY UPDATE is not supported on SQLite')
  }
  const bare = isNode(statement['on_duplicate_update'])
    ? textOf(parser, quoteColumns(withoutSet(forSqlite({ ...statement, on_duplicate_update: null })))).text
    : undefined
  const translate = (part: string): string => part.replace(/^INSERT IGNORE INTO /, 'INSERT OR IGNORE INTO ')
  if (bare === undefined) return { text: translate(text), parameters, ...(rows && { rows: { ...rows, head: translate(rows.head) } }) }
  if (!text.startsWith(`${bare}${ON_DUPLICATE}`)) throw new PlutinoError('denied', 'the SQL statement cannot be translated for SQLite')
  return { text: `${translate(bare)} ON CONFLICT DO UPDATE SET ${text.slice(bare.length + ON_DUPLICATE.length)}`, parameters }
}

function textOf(parser: StatementParser, statement: Node): Text {
  const text = parser.print(statement)
  const parameters = countParameters(statement)
  const row = onlyRow(statement)
  if (row === undefined || countParameters(row) !== parameters || parameters === 0) return { text, parameters }
  const marker = '0x706c7574696e6f'
  const marked = parser.print({
    ...statement,
    values: { type: 'values', values: [{ ...row, value: [{ type: 'number', value: marker }] }] },
  })
  const parts = marked.split(`(${marker})`)
  const [head, tail] = parts
  if (parts.length !== 2 || head === undefined || tail === undefined) return { text, parameters }
  if (!text.startsWith(head) || !text.endsWith(tail)) return { text, parameters }
  return { text, parameters, rows: { head, row: text.slice(head.length, text.length - tail.length), tail } }
}

function onlyRow(statement: Node): Node | undefined {
  const values = statement['values']
  if (!isNode(values) || values['type'] !== 'values' || !Array.isArray(values['values']) || values['values'].length !== 1) return undefined
  const row: unknown = values['values'][0]
  return isNode(row) && row['type'] === 'expr_list' && (row['prefix'] === null || row['prefix'] === undefined) ? row : undefined
}

function countParameters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + countParameters(element), 0)
  if (!isNode(value)) return 0
  return value['type'] === 'origin' ? 1 : countParameters(Object.values(value))
}

function quoteColumns(statement: Node): Node {
  if (statement['type'] !== 'insert' && statement['type'] !== 'replace') return statement
  if (!Array.isArray(statement['columns'])) return statement
  const columns = statement['columns'].map((column: unknown) => {
    if (typeof column === 'string') return `\`${column}\``
    throw new PlutinoError('denied', 'expected names as columns of INSERT')
  })
  return { ...statement, columns }
}

/** INSERT INTO t SET a = ? says the same as INSERT INTO t (a) VALUES (?), which takes many rows. */
function withoutSet(statement: Node): Node {
  const { set, ...rest } = statement
  if ((statement['type'] !== 'insert' && statement['type'] !== 'replace') || !Array.isArray(set)) return statement
  const assignments = set.filter(isNode)
  return {
    ...rest,
    columns: assignments.map((assignment) => assignment['column']),
    values: { type: 'values', values: [{ type: 'expr_list', value: assignments.map((assignment) => assignment['value']), prefix: null }] },
  }
}

function forSqlite(statement: Node): Node {
  const changed = translated(statement)
  return isNode(changed) ? changed : statement
}

function translated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translated)
  if (!isNode(value)) return value
  if (value['type'] === 'single_quote_string' || value['type'] === 'double_quote_string' || value['type'] === 'string')
    return sqliteText(value)
  if (value['type'] === 'binary_expr' && value['operator'] === '<=>')
    return { ...value, operator: 'IS', left: translated(value['left']), right: translated(value['right']) }
  const column = newValueOf(value)
  if (column !== undefined) return { ...column, table: 'excluded' }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, translated(member)]))
}

/** SQLite knows neither backslash escapes nor texts in double quotes. */
function sqliteText(node: Node): Node {
  const raw = String(node['value'])
  if (raw.includes('\\'))
    throw new PlutinoError('denied', 'a backslash in a text is not allowed on SQLite', { hint: 'write ? and give the text as a parameter' })
  const value = node['type'] === 'double_quote_string' ? raw.replaceAll('""', '"').replaceAll("'", "''") : raw
  return { type: 'single_quote_string', value }
}

/** The column of `VALUES(column)`, MySQL's name for what the INSERT would have written. */
function newValueOf(node: Node): Node | undefined {
  if (node['type'] !== 'function' || !isNode(node['name']) || !Array.isArray(node['name']['name'])) return undefined
  const [part]: unknown[] = node['name']['name']
  if (!isNode(part) || String(part['value']).toLowerCase() !== 'values') return undefined
  const args = isNode(node['args']) && Array.isArray(node['args']['value']) ? node['args']['value'] : []
  const [column]: unknown[] = args
  return isNode(column) && column['type'] === 'column_ref' ? column : undefined
}
