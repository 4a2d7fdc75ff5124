import type { Grant } from '../../../api/database.ts'
import { PlutinoError } from '../../../base/errors.ts'
import { AGGREGATES, DIRECTIONS, FUNCTIONS, NODES, OPERATORS } from './allowed.ts'
import { isNode, type Node, type StatementParser } from './parser.ts'

export type Verb = Grant['verbs'][number]

const STRINGS = new Set(['string', 'single_quote_string', 'double_quote_string'])
/** Members that change what a statement does without being a node of their own; a statement with one of them is refused. */
const REFUSED_MEMBERS = ['options', 'locking_read', 'window', 'partition', 'over', 'schema', 'catalog', 'server', 'returning', 'collate']
const INSERT_PREFIXES = new Set(['into', 'ignore into', '', null, undefined])

/** The one statement of `sql`, if `grant` allows all that is in it; otherwise throws `denied`. */
export function checkedStatement(parser: StatementParser, sql: string, grant: Grant): Node {
  const { statements, tables } = parser.parse(sql)
  const [statement] = statements
  if (statement === undefined || statements.length !== 1) throw denied(`expected one SQL statement, got ${statements.length}`)
  const verb = verbOf(statement, grant)
  for (const entry of tables) checkTable(entry, verb, grant)
  if (isNode(statement['on_duplicate_update']) && !grant.verbs.includes('update'))
    throw denied('ON DUPLICATE KEY UPDATE needs the right to update')
  checkNode(statement, grant)
  return statement
}

export function verbOf(statement: Node, grant: Grant): Verb {
  const verb = grant.verbs.find((allowed) => allowed === statement['type'])
  if (verb === undefined)
    throw denied(`${String(statement['type']).toUpperCase()} statements are not allowed`, `allowed are ${grant.verbs.join(', ')}`)
  return verb
}

/** `entry` is the parser's `verb::schema::table`; it lists REPLACE as insert. */
function checkTable(entry: string, statement: Verb, grant: Grant): void {
  const [action = '', schema = '', ...rest] = entry.split('::')
  const verb = action === 'insert' && statement === 'replace' ? 'replace' : action
  if (schema !== 'null' && schema !== '') throw denied(`tables of another database are not allowed, got ${schema}.${rest.join('::')}`)
  if (!grant.verbs.some((allowed) => allowed === verb)) throw denied(`${verb.toUpperCase()} on table ${rest.join('::')} is not allowed`)
  checkTableName(rest.join('::'), grant)
}

function checkTableName(name: string, grant: Grant): void {
  if (/^(sqlite|pragma)_/i.test(name)) throw denied(`table ${name} is not allowed`)
  if (grant.tables !== undefined && !grant.tables.includes(name))
    throw denied(`table ${name} is not allowed`, `allowed are ${grant.tables.join(', ')}`)
}

function checkNode(value: unknown, grant: Grant): void {
  if (Array.isArray(value)) {
    for (const element of value) checkNode(element, grant)
  } else if (typeof value === 'string') {
    if (value.includes('`')) throw denied('names with a backtick are not allowed')
  } else if (isNode(value)) {
    checkType(value)
    checkMembers(value, grant)
    const literal = typeof value['type'] === 'string' && STRINGS.has(value['type'])
    if (!literal) for (const member of Object.values(value)) checkNode(member, grant)
  }
}

function checkType(node: Node): void {
  const type = node['type']
  if (typeof type !== 'string') return
  if (!NODES.has(type) && !DIRECTIONS.has(type))
    throw denied(type === 'param' ? 'named parameters are not allowed: write ?' : `${type} is not allowed in a statement`)
  if (type === 'function') checkFunction(node)
  if (type === 'aggr_func' && !AGGREGATES.has(String(node['name']).toLowerCase()))
    throw denied(`function ${String(node['name'])} is not allowed`)
  if (type === 'origin' && node['value'] !== '?') throw denied(`${String(node['value'])} is not allowed in a statement`)
  if ((type === 'binary_expr' || type === 'unary_expr') && !OPERATORS.has(String(node['operator']).toUpperCase())) {
    throw denied(`operator ${String(node['operator'])} is not allowed`)
  }
}

function checkFunction(node: Node): void {
  const parts = isNode(node['name']) && Array.isArray(node['name']['name']) ? node['name']['name'] : []
  const name = parts.map((part: unknown) => (isNode(part) ? String(part['value']) : '?')).join('.')
  if (!FUNCTIONS.has(name.toLowerCase()) || (isNode(node['name']) && isNode(node['name']['schema'])))
    throw denied(`function ${name} is not allowed`)
}

function checkMembers(node: Node, grant: Grant): void {
  for (const member of REFUSED_MEMBERS) {
    if (node[member] !== undefined && node[member] !== null)
      throw denied(`${member.replace('_', ' ').toUpperCase()} is not allowed in a statement`)
  }
  if (node['recursive'] === true) throw denied('WITH RECURSIVE is not allowed: it need not come to an end')
  if (isPresent(node['into'])) throw denied('INTO is not allowed in SELECT')
  if (isPresent(node['with']) && grant.tables !== undefined) throw denied('WITH is not allowed where tables are named one by one')
  if (node['type'] === 'insert' || node['type'] === 'replace') {
    if (!INSERT_PREFIXES.has(asPrefix(node['prefix']))) throw denied(`${String(node['prefix'])} is not allowed in a statement`)
  }
  if (!Object.hasOwn(node, 'db')) return
  if (node['db'] !== null && node['db'] !== undefined)
    throw denied(`tables of another database are not allowed, got ${JSON.stringify(node['db'])}`)
  if (typeof node['table'] === 'string') checkTableName(node['table'], grant)
}

function isPresent(value: unknown): boolean {
  return isNode(value)
    ? Object.values(value).some((member) => member !== null && member !== undefined)
    : Array.isArray(value) && value.length > 0
}

function asPrefix(prefix: unknown): string | null | undefined {
  return typeof prefix === 'string' ? prefix.toLowerCase() : prefix === null || prefix === undefined ? prefix : 'unknown prefix'
}

function denied(message: string, hint?: string): PlutinoError {
  return new PlutinoError('denied', message, hint === undefined ? {} : { hint })
}
