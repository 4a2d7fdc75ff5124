import type { Join, SourceRef } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './parse-expression.ts'
import type { Token } from './token.ts'
import { isSymbol, isWord } from './token.ts'

const AFTER_SOURCE: ReadonlySet<string> = new Set([
  'INNER',
  'LEFT',
  'RIGHT',
  'FULL',
  'CROSS',
  'JOIN',
  'ON',
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  ';',
])
const JOIN_TYPES = ['INNER', 'LEFT', 'RIGHT', 'FULL', 'CROSS'] as const

/** A source's name; names like an MQTT topic, `devices/+/state/#`, need no backticks. */
export function parseSource(cursor: Cursor): SourceRef {
  const start = cursor.peek()
  const parts: string[] = []
  while (atPart(cursor.peek(), parts.length > 0 && cursor.peek(-1).kind === 'name')) parts.push(cursor.next().value)
  if (parts.length === 0) throw noSource(cursor)
  const alias = parseSourceAlias(cursor)
  return { name: parts.join(''), ...(alias === undefined ? {} : { alias }), at: start.at, end: cursor.end }
}

function atPart(token: Token, afterName: boolean): boolean {
  return (
    (token.kind === 'name' && !afterName) ||
    (token.kind === 'symbol' && (token.value === '/' || token.value === '+' || token.value === '#'))
  )
}

function noSource(cursor: Cursor): Error {
  const token = cursor.peek()
  const expected = ['the name of a stream']
  if (isSymbol(token, '('))
    return cursor.unexpected(expected, { hint: 'there are no sub-queries: let one rule write to a memory topic and read that' })
  if (token.kind === 'string') return cursor.unexpected(expected, { hint: 'names stand between backticks, not quotes' })
  return cursor.unexpected(expected, cursor.keywordHint(token))
}

/** Without AS only where the statement can go on after it, so that a misspelt WHERE is not taken for an alias. */
function parseSourceAlias(cursor: Cursor): string | undefined {
  if (cursor.keyword('AS')) return cursor.expectName('an alias').value
  const after = cursor.peek(1)
  const goesOn = after.kind === 'end' || ((after.kind === 'keyword' || after.kind === 'symbol') && AFTER_SOURCE.has(after.value))
  const outer = isWord(cursor.peek(), 'OUTER')
  return cursor.peek().kind === 'name' && goesOn && !outer ? cursor.next().value : undefined
}

export function parseJoins(cursor: Cursor): Join[] {
  const joins: Join[] = []
  for (;;) {
    const start = cursor.peek()
    const type = JOIN_TYPES.find((known) => cursor.keyword(known))
    if (type !== undefined) {
      if (isWord(cursor.peek(), 'OUTER')) throw cursor.unexpected(['JOIN'], { hint: `write ${type} JOIN: it is the outer join` })
      cursor.expectKeyword('JOIN')
    } else if (!cursor.keyword('JOIN')) {
      return joins
    }
    joins.push(parseJoin(cursor, start, type ?? 'INNER'))
  }
}

function parseJoin(cursor: Cursor, start: Token, type: Join['type']): Join {
  const source = parseSource(cursor)
  const at = cursor.peek()
  const on = cursor.keyword('ON') ? parseExpression(cursor) : undefined
  if (on !== undefined && type === 'CROSS') {
    throw cursor.errorAt(at, 'ON after a CROSS JOIN, expected no condition', { hint: 'write INNER JOIN … ON …' })
  }
  return { type, source, ...(on === undefined ? {} : { on }), at: start.at, end: cursor.end }
}
