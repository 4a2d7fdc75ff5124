import { PlutinoError } from '../../../base/errors.ts'
import { isNode, type Node } from './parser.ts'

/** Tables that may stand in one statement's selects: each is read once, so that a statement costs no more than its tables are long. */
const MOST_TABLES = 2

/**
 * SQLite runs in the thread of the server, which it cannot be asked to leave: what compares every row of a table with every row of another
 * is refused, whatever the tables hold. Throws `denied`.
 */
export function checkCost(statement: Node): void {
  const found = { tables: 0, nested: false, joined: false }
  count(statement, found, false)
  if (found.tables === 0) return
  if (statement['type'] !== 'select') throw denied(`a SELECT from a table inside of ${String(statement['type']).toUpperCase()}`)
  if (found.joined || found.tables > MOST_TABLES) throw denied('a SELECT from several tables')
  if (found.nested && found.tables > 1) throw denied('a SELECT from a table inside of an expression')
}

interface Found {
  tables: number
  nested: boolean
  joined: boolean
}

/** Where a query may stand beside others, as a part of a union or in the place of a table. */
const BESIDE: ReadonlySet<string> = new Set(['from', 'with', '_next'])

function count(value: unknown, found: Found, inExpression: boolean): void {
  if (Array.isArray(value)) for (const element of value) count(element, found, inExpression)
  if (!isNode(value)) return
  const isSelect = value['type'] === 'select'
  if (isSelect && Array.isArray(value['from'])) {
    found.tables += value['from'].length
    found.joined ||= value['from'].length > 1
    found.nested ||= inExpression
  }
  for (const [name, member] of Object.entries(value)) count(member, found, isSelect ? inExpression || !BESIDE.has(name) : inExpression)
}

function denied(what: string): PlutinoError {
  return new PlutinoError('denied', `${what} is not supported on SQLite, which would hold up the server`, {
    hint: 'read one table at a time, or use MySQL or MariaDB',
  })
}
