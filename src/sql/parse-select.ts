import type { Expr, Join, OrderTerm, Select, SelectField, SourceRef, Window } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { takeDistinct } from './distinct.ts'
import { parseExpression } from './parse-expression.ts'
import { parseOrder } from './parse-over.ts'
import { parseJoins, parseSource } from './parse-source.ts'
import { atStar, parenthesized, parseStar } from './parse-star.ts'
import { atWindow, parseWindow } from './parse-window.ts'
import { isKeyword, isSymbol } from './token.ts'

const CLAUSES = ['WHERE', 'GROUP BY', 'HAVING', 'ORDER BY', 'LIMIT'] as const
const THE_END = 'the end of the statement'
/** What may also follow an expression: candidates for "did you mean". */
const OPERATORS = ['AND', 'OR', 'IN', 'LIKE', 'BETWEEN', 'NOT', 'IS'] as const

/** SELECT and its clauses; what follows is the caller's. */
export function parseSelectClauses(cursor: Cursor): Select {
  const start = cursor.peek()
  cursor.expectKeyword('SELECT')
  const distinct = takeDistinct(cursor)
  const fields = [parseField(cursor)]
  while (cursor.symbol(',')) fields.push(parseField(cursor))
  if (!cursor.keyword('FROM')) throw cursor.unexpected(['FROM', '","'], {}, ['AS', ...OPERATORS])
  const from = parseSource(cursor)
  const joins = parseJoins(cursor)
  const where = cursor.keyword('WHERE') ? parseExpression(cursor) : undefined
  const groups = parseGroupBy(cursor)
  const having = cursor.keyword('HAVING') ? parseExpression(cursor) : undefined
  const orderBy = cursor.keyword('ORDER') ? parseOrder(cursor, parseExpression) : []
  const limit = cursor.keyword('LIMIT') ? parseLimit(cursor) : undefined
  expectEnd(cursor, { from, joins, where, having, orderBy, limit, ...groups })
  return {
    kind: 'select',
    ...(distinct ? { distinct } : {}),
    fields,
    from,
    joins,
    ...(where === undefined ? {} : { where }),
    ...groups,
    ...(having === undefined ? {} : { having }),
    orderBy,
    ...(limit === undefined ? {} : { limit }),
    at: start.at,
    end: cursor.end,
  }
}

function parseField(cursor: Cursor): SelectField {
  const start = cursor.peek()
  if (atStar(cursor)) return starField(cursor)
  const expr = parseExpression(cursor)
  const alias = parseAlias(cursor)
  const invisible = cursor.keyword('INVISIBLE')
  const parts = { ...(alias === undefined ? {} : { alias }), ...(invisible ? { invisible } : {}), ...parenthesized(start, expr) }
  return { expr, ...parts, at: start.at, end: cursor.end }
}

function starField(cursor: Cursor): SelectField {
  const expr = parseStar(cursor, parseExpression)
  if (isKeyword(cursor.peek(), 'AS')) {
    throw cursor.unexpected(['FROM', '","'], {
      hint: `${cursor.text.slice(expr.at, expr.end)} stands for several columns and cannot have an alias`,
    })
  }
  const invisible = cursor.keyword('INVISIBLE')
  return { expr, ...(invisible ? { invisible } : {}), at: expr.at, end: cursor.end }
}

/** An alias without AS is read only where the statement can go on after it, so that a misspelt FROM is not taken for one. */
function parseAlias(cursor: Cursor): string | undefined {
  if (cursor.keyword('AS')) return cursor.expectName('an alias').value
  const after = cursor.peek(1)
  const goesOn = isSymbol(after, ',') || isKeyword(after, 'FROM') || isKeyword(after, 'INVISIBLE')
  return cursor.peek().kind === 'name' && goesOn ? cursor.next().value : undefined
}

interface Groups {
  readonly groupBy: readonly Expr[]
  readonly window?: Window
}

/** Of several windows the first one counts, as in eKuiper. */
function parseGroupBy(cursor: Cursor): Groups {
  const groupBy: Expr[] = []
  let window: Window | undefined
  if (!cursor.keyword('GROUP')) return { groupBy }
  cursor.expectKeyword('BY')
  do {
    if (atWindow(cursor)) {
      const read = parseWindow(cursor)
      window ??= read
    } else {
      groupBy.push(parseExpression(cursor))
    }
  } while (cursor.symbol(','))
  return window === undefined ? { groupBy } : { groupBy, window }
}

function parseLimit(cursor: Cursor): number {
  const token = cursor.peek()
  const limit = Number(token.value)
  if (token.kind !== 'integer' || !Number.isSafeInteger(limit)) throw cursor.unexpected(['a whole number'])
  cursor.next()
  return limit
}

interface Read extends Groups {
  readonly from: SourceRef
  readonly joins: readonly Join[]
  readonly where: Expr | undefined
  readonly having: Expr | undefined
  readonly orderBy: readonly OrderTerm[]
  readonly limit: number | undefined
}

function expectEnd(cursor: Cursor, read: Read): void {
  const token = cursor.peek()
  if (token.kind === 'end' || isSymbol(token, ';')) return
  const last = lastClause(read)
  const open: string[] = CLAUSES.slice(last + 1)
  if (last === -1) open.unshift(read.joins.at(-1)?.on === undefined ? 'JOIN' : 'AND', ...(read.joins.length > 0 ? ['JOIN'] : []))
  else if (last === 0 || last === 2) open.unshift('AND', 'OR')
  const late = token.kind === 'keyword' && CLAUSES.some((clause) => clause.startsWith(token.value))
  const hint = late
    ? `clauses stand in the order ${CLAUSES.join(', ')}`
    : isSymbol(token, ',') && last === -1
      ? 'write a JOIN b ON condition'
      : undefined
  throw cursor.unexpected([...new Set(open), THE_END], hint === undefined ? {} : { hint }, [
    ...OPERATORS,
    'AS',
    'INNER',
    'LEFT',
    'RIGHT',
    'FULL',
    'CROSS',
    'ON',
    'DESC',
    'ASC',
    'FILTER',
    'OVER',
  ])
}

function lastClause({ where, groupBy, window, having, orderBy, limit }: Read): number {
  return [
    where !== undefined,
    groupBy.length > 0 || window !== undefined,
    having !== undefined,
    orderBy.length > 0,
    limit !== undefined,
  ].lastIndexOf(true)
}
