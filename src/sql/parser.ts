import type { Select, Statement } from './ast.ts'
import { Cursor } from './cursor.ts'
import { parseCreate } from './parse-ddl.ts'
import { parseSelectClauses } from './parse-select.ts'
import type { Token } from './token.ts'
import { isKeyword } from './token.ts'

const VERBS = ['CREATE', 'SHOW', 'DESCRIBE', 'DROP', 'EXPLAIN'] as const

/**
 * Reads one statement; a `;` ends it and what follows is ignored, as in eKuiper. Throws a `sql_syntax` error with the position of
 * what could not be read. Every text ends in a tree or such an error, in time that grows with the length of the text alone.
 */
export function parseStatement(text: string): Statement {
  return readStatement(new Cursor(text))
}

/** As `parseStatement`, for places where only a SELECT makes sense. */
export function parseSelect(text: string): Select {
  const cursor = new Cursor(text)
  return ended(cursor, parseSelectClauses(cursor))
}

/** For tests that count the reads of a cursor. */
export function readStatement(cursor: Cursor): Statement {
  const token = cursor.peek()
  if (isKeyword(token, 'SELECT')) return ended(cursor, parseSelectClauses(cursor))
  const verb = VERBS.find((known) => cursor.word(known))
  if (verb === undefined) throw cursor.unexpected(['SELECT', ...VERBS])
  return ended(cursor, readCommand(cursor, token, verb))
}

function readCommand(cursor: Cursor, start: Token, verb: (typeof VERBS)[number]): Statement {
  if (verb === 'SHOW') {
    const what = cursor.word('STREAMS') ? 'stream' : cursor.word('TABLES') ? 'table' : undefined
    if (what === undefined) throw cursor.unexpected(['STREAMS', 'TABLES'])
    return { kind: 'show', what, at: start.at, end: cursor.end }
  }
  if (verb === 'EXPLAIN' && isKeyword(cursor.peek(), 'SELECT')) {
    const select = parseSelectClauses(cursor)
    return { kind: 'explain', what: 'select', select, at: start.at, end: cursor.end }
  }
  const what = cursor.word('STREAM') ? 'stream' : cursor.word('TABLE') ? 'table' : undefined
  if (what === undefined) throw cursor.unexpected(verb === 'EXPLAIN' ? ['STREAM', 'TABLE', 'SELECT'] : ['STREAM', 'TABLE'])
  if (verb === 'CREATE') return parseCreate(cursor, start, what)
  const name = cursor.expectName(`the name of a ${what}`).value
  const kind = verb === 'DESCRIBE' ? 'describe' : verb === 'DROP' ? 'drop' : 'explain'
  return { kind, what, name, at: start.at, end: cursor.end }
}

function ended<T>(cursor: Cursor, statement: T): T {
  if (!cursor.symbol(';') && cursor.peek().kind !== 'end') throw cursor.unexpected(['the end of the statement'])
  return statement
}
