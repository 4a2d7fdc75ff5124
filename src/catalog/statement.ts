import { PlutinoError, type Position } from '../base/errors.ts'
import type { Statement } from '../sql/ast.ts'
import { parseStatement } from '../sql/parser.ts'
import { pointer } from '../sql/position.ts'

/** Far above what people write; what is longer would only keep the server busy. */
const LONGEST = 262_144

/** Reads one statement of a user. Throws `sql_syntax`, or `sql_invalid` when it is too long. */
export function readStatement(sql: string): Statement {
  if (sql.length > LONGEST) {
    throw new PlutinoError('sql_invalid', `the statement is ${sql.length} characters long, ${LONGEST} are allowed`, {
      hint: 'split it into several rules',
    })
  }
  return parseStatement(sql)
}

/** The line that `position` names and a line of `^` under what is meant; undefined when the text has no such line. */
export function pointAt(sql: string, position: Position): string | undefined {
  return sql.length > LONGEST ? undefined : pointer(sql, position)
}
