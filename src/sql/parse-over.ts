import type { Expr, OrderTerm, Over } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { isSymbol } from './token.ts'

type ReadExpression = (cursor: Cursor) => Expr

/** `FILTER (WHERE condition)` of an aggregate or a window. */
export function parseFilter(cursor: Cursor, expression: ReadExpression): Expr | undefined {
  if (!cursor.keyword('FILTER')) return undefined
  const open = cursor.expectSymbol('(')
  cursor.expectKeyword('WHERE')
  return cursor.nested(open, () => {
    const filter = expression(cursor)
    cursor.expectClose(open)
    return filter
  })
}

interface OverGrammar {
  readonly expression: ReadExpression
  /** ORDER BY is allowed for calls, not for windows. */
  readonly orderBy: boolean
}

/** `OVER (PARTITION BY … ORDER BY … WHEN …)`: each part at most once, in any order, at least one. */
export function parseOver(cursor: Cursor, { expression, orderBy }: OverGrammar): Over | undefined {
  const start = cursor.peek()
  if (!cursor.keyword('OVER')) return undefined
  const open = cursor.expectSymbol('(')
  return cursor.nested(open, () => {
    let partition: Expr[] = []
    let order: OrderTerm[] = []
    let when: Expr | undefined
    do {
      if (partition.length === 0 && cursor.keyword('PARTITION')) partition = parsePartition(cursor, expression)
      else if (order.length === 0 && orderBy && cursor.keyword('ORDER')) order = parseOrder(cursor, expression)
      else if (when === undefined && cursor.keyword('WHEN')) when = expression(cursor)
      else throw cursor.unexpected(missing({ partition, order, when }, orderBy))
    } while (!isSymbol(cursor.peek(), ')'))
    cursor.next()
    const over = { partition, order, ...(when === undefined ? {} : { when }), at: start.at, end: cursor.end }
    return cursor.grown(over, [...partition, ...order, when])
  })
}

type Parts = Pick<Over, 'partition' | 'order'> & { readonly when: Expr | undefined }

function missing({ partition, order, when }: Parts, orderBy: boolean): string[] {
  const words = [
    partition.length === 0 ? 'PARTITION BY' : '',
    orderBy && order.length === 0 ? 'ORDER BY' : '',
    when === undefined ? 'WHEN' : '',
  ]
  const open = words.filter((word) => word !== '')
  return open.length === (orderBy ? 3 : 2) ? open : [...open, '")"']
}

function parsePartition(cursor: Cursor, expression: ReadExpression): Expr[] {
  cursor.expectKeyword('BY')
  const list = [expression(cursor)]
  while (cursor.symbol(',')) list.push(expression(cursor))
  return list
}

/** The rest of `ORDER BY term, …` after ORDER. */
export function parseOrder(cursor: Cursor, expression: ReadExpression): OrderTerm[] {
  cursor.expectKeyword('BY')
  const terms = [parseOrderTerm(cursor, expression)]
  while (cursor.symbol(',')) terms.push(parseOrderTerm(cursor, expression))
  return terms
}

/** A term begins with a name: `ORDER BY 1` would silently order by a constant. */
function parseOrderTerm(cursor: Cursor, expression: ReadExpression): OrderTerm {
  const start = cursor.peek()
  if (start.kind !== 'name') {
    throw cursor.unexpected(['a column'], { hint: 'give the expression an alias in SELECT and order by that' })
  }
  const expr = expression(cursor)
  const descending = cursor.keyword('DESC')
  if (!descending) cursor.keyword('ASC')
  return cursor.grown({ expr, descending, at: start.at, end: cursor.end }, [expr])
}
