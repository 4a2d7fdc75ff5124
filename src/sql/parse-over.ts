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

type Part = 'PARTITION BY' | 'ORDER BY' | 'WHEN'

interface OverGrammar {
  readonly expression: ReadExpression
  readonly parts: readonly Part[]
  /** Whether the parts must stand in this order. */
  readonly ordered: boolean
}

/** The parts of OVER after a function, and after a window, as eKuiper reads them. */
export const OVER_CALL = { parts: ['PARTITION BY', 'ORDER BY', 'WHEN'], ordered: true } as const
export const OVER_WINDOW = { parts: ['PARTITION BY', 'WHEN'], ordered: false } as const

/** `OVER (PARTITION BY … ORDER BY … WHEN …)`: each part at most once, at least one. */
export function parseOver(cursor: Cursor, { expression, parts, ordered }: OverGrammar): Over | undefined {
  const start = cursor.peek()
  if (!cursor.keyword('OVER')) return undefined
  const open = cursor.expectSymbol('(')
  return cursor.nested(open, () => {
    const read: Read = { partition: [], order: [] }
    let possible = parts
    do {
      const index = possible.findIndex((part) => cursor.keyword(part.split(' ')[0] ?? part))
      const part = possible[index]
      if (part === undefined) throw cursor.unexpected(possible.length === parts.length ? possible : [...possible, '")"'])
      readPart(cursor, part, { read, expression })
      possible = ordered ? possible.slice(index + 1) : possible.filter((other) => other !== part)
    } while (!isSymbol(cursor.peek(), ')'))
    cursor.next()
    return cursor.grown({ ...read, at: start.at, end: cursor.end }, [...read.partition, ...read.order, read.when])
  })
}

type Read = { -readonly [K in keyof Omit<Over, 'at' | 'end'>]: Over[K] }

function readPart(cursor: Cursor, part: Part, { read, expression }: { read: Read; expression: ReadExpression }): void {
  if (part === 'PARTITION BY') read.partition = parsePartition(cursor, expression)
  else if (part === 'ORDER BY') read.order = parseOrder(cursor, expression)
  else read.when = expression(cursor)
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
