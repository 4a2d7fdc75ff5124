import type { Expr, When } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { isKeyword } from './token.ts'

/** `CASE [x] WHEN a THEN b … [ELSE c] END`. */
export function parseCase(cursor: Cursor, expression: (cursor: Cursor) => Expr): Expr {
  const start = cursor.next()
  return cursor.nested(start, () => {
    const operand = isKeyword(cursor.peek(), 'WHEN') ? undefined : expression(cursor)
    const whens: When[] = []
    do {
      whens.push(parseWhen(cursor, expression))
    } while (isKeyword(cursor.peek(), 'WHEN'))
    const otherwise = cursor.keyword('ELSE') ? expression(cursor) : undefined
    if (!cursor.keyword('END')) throw cursor.unexpected(otherwise === undefined ? ['WHEN', 'ELSE', 'END'] : ['END'])
    const parts = { ...(operand === undefined ? {} : { operand }), ...(otherwise === undefined ? {} : { otherwise }) }
    return cursor.grown({ kind: 'case', whens, ...parts, at: start.at, end: cursor.end }, [operand, ...whens, otherwise])
  })
}

function parseWhen(cursor: Cursor, expression: (cursor: Cursor) => Expr): When {
  const start = cursor.expectKeyword('WHEN')
  const when = expression(cursor)
  cursor.expectKeyword('THEN')
  const then = expression(cursor)
  // oxlint-disable-next-line unicorn/no-thenable -- `then` is the name of the clause; a tree is never awaited
  return cursor.grown({ when, then, at: start.at, end: cursor.end }, [when, then])
}
