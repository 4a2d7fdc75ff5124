import type { Call, Expr } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { takeDistinct } from './distinct.ts'
import { OVER_CALL, parseFilter, parseOver } from './parse-over.ts'
import { atStar, parseStar } from './parse-star.ts'
import type { Token } from './token.ts'
import { isKeyword, isSymbol } from './token.ts'
import { windowType } from './window-names.ts'

type ReadExpression = (cursor: Cursor) => Expr

/** `name(args) [FILTER (WHERE …)] [OVER (…)]`. Whether the function exists and takes these is not known here. */
export function parseCall(cursor: Cursor, expression: ReadExpression): Call {
  const name = cursor.next()
  if (windowType(name.value) !== undefined) {
    throw cursor.errorAt(name, `window "${name.value}" in an expression, expected it in GROUP BY`, {
      hint: `GROUP BY ${name.value}(…), as an item of its own`,
    })
  }
  const open = cursor.next()
  return cursor.nested(open, () => {
    const distinct = takeDistinct(cursor)
    const args = parseArguments(cursor, { name, open, expression })
    const filter = parseFilter(cursor, expression)
    const over = parseOver(cursor, { expression, ...OVER_CALL })
    const parts = {
      ...(distinct ? { distinct } : {}),
      ...(filter === undefined ? {} : { filter }),
      ...(over === undefined ? {} : { over }),
    }
    const call: Call = { kind: 'call', name: name.value, args, ...parts, at: name.at, end: cursor.end }
    return cursor.grown(call, [...args, filter, over])
  })
}

interface Head {
  readonly name: Token
  readonly open: Token
  readonly expression: ReadExpression
}

/** A comma before the closing parenthesis is allowed, as in eKuiper. */
function parseArguments(cursor: Cursor, { name, open, expression }: Head): Expr[] {
  const args: Expr[] = []
  while (!isSymbol(cursor.peek(), ')')) {
    args.push(atStar(cursor) ? parseStar(cursor, expression) : expression(cursor))
    if (isKeyword(cursor.peek(), 'AS') && name.value.toLowerCase() === 'cast' && args.length === 1) args.push(parseCastType(cursor))
    if (!cursor.symbol(',')) break
  }
  cursor.expectClose(open, ['","'])
  return args
}

/** `cast(x AS bigint)` is `cast(x, "bigint")`. */
function parseCastType(cursor: Cursor): Expr {
  cursor.next()
  const type = cursor.expectName('a type')
  return { kind: 'string', value: type.value.toLowerCase(), at: type.at, end: type.end }
}
