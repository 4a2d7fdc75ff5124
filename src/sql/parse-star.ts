import type { Expr, SelectField } from './ast.ts'
import type { Cursor } from './cursor.ts'
import type { Token } from './token.ts'
import { isKeyword, isSymbol } from './token.ts'

type Star = Extract<Expr, { kind: 'star' }>

export function atStar(cursor: Cursor): boolean {
  const token = cursor.peek()
  return isSymbol(token, '*') || (token.kind === 'name' && isSymbol(cursor.peek(1), '.') && isSymbol(cursor.peek(2), '*'))
}

/** `*` or `stream.*`, each with EXCEPT and REPLACE. */
export function parseStar(cursor: Cursor, expression: (cursor: Cursor) => Expr): Star {
  const start = cursor.next()
  const stream = start.kind === 'name' ? start.value : undefined
  if (stream !== undefined) {
    cursor.next()
    cursor.next()
  }
  let except: string[] = []
  let replace: SelectField[] = []
  for (;;) {
    if (cursor.keyword('EXCEPT')) except = parseList(cursor, () => cursor.expectName('the name of a column').value)
    else if (cursor.keyword('REPLACE')) replace = parseList(cursor, () => parseReplacement(cursor, expression))
    else break
  }
  const place = { at: start.at, end: cursor.end }
  return cursor.grown({ kind: 'star', ...(stream === undefined ? {} : { stream }), except, replace, ...place }, replace)
}

function parseList<T>(cursor: Cursor, item: () => T): T[] {
  const open = cursor.expectSymbol('(')
  return cursor.nested(open, () => {
    const items = [item()]
    while (cursor.symbol(',')) items.push(item())
    cursor.expectClose(open, ['","'])
    return items
  })
}

function parseReplacement(cursor: Cursor, expression: (cursor: Cursor) => Expr): SelectField {
  const start = cursor.peek()
  const expr = expression(cursor)
  if (!isKeyword(cursor.peek(), 'AS')) throw cursor.unexpected(['AS'], { hint: 'REPLACE(expression AS column)' })
  cursor.next()
  const alias = cursor.expectName('the name of a column').value
  return cursor.grown({ expr, alias, ...parenthesized(start, expr), at: start.at, end: cursor.end }, [expr])
}

/** The mark of a field whose whole expression stands in parentheses: then the expression begins after the field. */
export function parenthesized(start: Token, expr: Expr): { parenthesized?: true } {
  return expr.at > start.at ? { parenthesized: true } : {}
}
