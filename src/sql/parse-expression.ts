import type { Expr } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { STRUCTURE } from './keywords.ts'
import { BINARY, POWER } from './operators.ts'
import { parseCall } from './parse-call.ts'
import { parseCase } from './parse-case.ts'
import { parseNumber } from './parse-number.ts'
import { parseStar } from './parse-star.ts'
import type { Token } from './token.ts'
import { isKeyword, isSymbol, isWord } from './token.ts'

const OPERAND = 'an expression'
const PREDICATES: ReadonlySet<string> = new Set(['IN', 'LIKE', 'BETWEEN'])

/**
 * Precedence climbing: reads operators that bind at least as tightly as `power`. A chain of operators is a loop, not a recursion.
 * Nodes begin at `start` even where the left operand stands in parentheses.
 */
export function parseExpression(cursor: Cursor, power: number = POWER.or): Expr {
  const start = cursor.peek().at
  let left = parseOperand(cursor, power)
  for (;;) {
    const next = parseInfix(cursor, { left, start, power })
    if (next === undefined) return left
    left = next
  }
}

interface Left {
  readonly left: Expr
  readonly start: number
  readonly power: number
}

function parseInfix(cursor: Cursor, side: Left): Expr | undefined {
  const { left, start, power } = side
  const token = cursor.peek()
  const binary = token.kind === 'symbol' || token.kind === 'keyword' ? BINARY.get(token.value) : undefined
  if (binary !== undefined) {
    if (binary.power < power) return undefined
    cursor.next()
    const right = parseExpression(cursor, binary.power + 1)
    return cursor.grown({ kind: 'binary', op: binary.op, left, right, at: start, end: cursor.end }, [left, right])
  }
  if (power > POWER.comparison) return undefined
  if (isWord(token, 'IS')) return parseIsNull(cursor, side)
  const negated = isKeyword(token, 'NOT')
  const predicate = negated ? cursor.peek(1) : token
  if (predicate.kind !== 'keyword' || !PREDICATES.has(predicate.value)) return undefined
  if (negated) cursor.next()
  cursor.next()
  return parsePredicate(cursor, side, { name: predicate.value, negated })
}

function parsePredicate(cursor: Cursor, { left, start }: Left, { name, negated }: { name: string; negated: boolean }): Expr {
  if (name === 'IN') return parseIn(cursor, { left, start, negated })
  const right = parseExpression(cursor, POWER.sum)
  if (name === 'LIKE') {
    return cursor.grown({ kind: 'like', negated, operand: left, pattern: right, at: start, end: cursor.end }, [left, right])
  }
  cursor.expectKeyword('AND')
  const high = parseExpression(cursor, POWER.sum)
  return cursor.grown({ kind: 'between', negated, operand: left, low: right, high, at: start, end: cursor.end }, [left, right, high])
}

function parseIn(cursor: Cursor, { left, start, negated }: { left: Expr; start: number; negated: boolean }): Expr {
  const open = cursor.peek()
  if (!isSymbol(open, '(')) {
    const array = parseExpression(cursor, POWER.sum)
    return cursor.grown({ kind: 'in', negated, operand: left, array, at: start, end: cursor.end }, [left, array])
  }
  const items = cursor.nested(cursor.next(), () => {
    const list = [parseExpression(cursor)]
    while (cursor.symbol(',')) list.push(parseExpression(cursor))
    cursor.expectClose(open, ['","'])
    return list
  })
  return cursor.grown({ kind: 'in', negated, operand: left, items, at: start, end: cursor.end }, [left, ...items])
}

/** `IS` is no keyword in eKuiper: only IS NULL and IS NOT NULL are read here. */
function parseIsNull(cursor: Cursor, { left, start }: Left): Expr | undefined {
  const negated = isKeyword(cursor.peek(1), 'NOT')
  if (!isWord(cursor.peek(negated ? 2 : 1), 'NULL')) return undefined
  cursor.next()
  if (negated) cursor.next()
  cursor.next()
  return cursor.grown({ kind: 'isNull', negated, operand: left, at: start, end: cursor.end }, [left])
}

function parseOperand(cursor: Cursor, power: number): Expr {
  const token = cursor.peek()
  if (isKeyword(token, 'NOT') && power <= POWER.not) {
    cursor.next()
    const operand = cursor.nested(token, () => parseExpression(cursor, POWER.not))
    return cursor.grown({ kind: 'unary', op: 'NOT', operand, at: token.at, end: cursor.end }, [operand])
  }
  if (isSymbol(token, '-') && !isNumber(cursor.peek(1))) {
    cursor.next()
    const operand = cursor.nested(token, () => parseOperand(cursor, POWER.unary))
    return cursor.grown({ kind: 'unary', op: '-', operand, at: token.at, end: cursor.end }, [operand])
  }
  return parsePath(cursor, token.at, parsePrimary(cursor))
}

function isNumber(token: Token): boolean {
  return token.kind === 'integer' || token.kind === 'number'
}

/** What follows an operand: `->name`, `.name`, `[index]`, `[from:to]`. */
function parsePath(cursor: Cursor, start: number, operand: Expr): Expr {
  let object = operand
  for (;;) {
    const token = cursor.peek()
    if (isSymbol(token, '->') || isSymbol(token, '.')) {
      cursor.next()
      object = parseMember(cursor, start, object)
    } else if (isSymbol(token, '[')) {
      object = parseBrackets(cursor, start, object)
    } else {
      return object
    }
  }
}

/** `->*` is read and fails for every row, as in eKuiper. */
function parseMember(cursor: Cursor, start: number, object: Expr): Expr {
  if (cursor.symbol('*')) return cursor.grown({ kind: 'member', object, name: '*', wildcard: true, at: start, end: cursor.end }, [object])
  const name = cursor.expectName('the name of a member').value
  return cursor.grown({ kind: 'member', object, name, at: start, end: cursor.end }, [object])
}

function parseBrackets(cursor: Cursor, start: number, object: Expr): Expr {
  const open = cursor.next()
  return cursor.nested(open, () => {
    const at = cursor.peek()
    const from =
      isSymbol(at, ':') || isSymbol(at, ']') ? undefined : isSymbol(at, '*') ? parseStar(cursor, parseExpression) : parseExpression(cursor)
    if (from !== undefined && !isSymbol(cursor.peek(), ':')) {
      cursor.expectClose(open, ['":"'])
      return cursor.grown({ kind: 'index', object, index: from, at: start, end: cursor.end }, [object, from])
    }
    const to = cursor.symbol(':') && !isSymbol(cursor.peek(), ']') ? parseExpression(cursor) : undefined
    cursor.expectClose(open)
    const ends = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    return cursor.grown({ kind: 'slice', object, ...ends, at: start, end: cursor.end }, [object, from, to])
  })
}

function parsePrimary(cursor: Cursor): Expr {
  const token = cursor.peek()
  const place = { at: token.at, end: token.end }
  if (token.kind === 'name') return parseName(cursor)
  if (token.kind === 'string') {
    cursor.next()
    return { kind: 'string', value: token.value, ...place }
  }
  if (isNumber(token) || isSymbol(token, '-')) return parseNumber(cursor)
  if (isKeyword(token, 'TRUE') || isKeyword(token, 'FALSE')) {
    cursor.next()
    return { kind: 'boolean', value: token.value === 'TRUE', ...place }
  }
  if (isKeyword(token, 'CASE')) return parseCase(cursor, parseExpression)
  if (!isSymbol(token, '(')) throw noOperand(cursor)
  cursor.next()
  return cursor.nested(token, () => {
    const inner = parseExpression(cursor)
    cursor.expectClose(token)
    return inner
  })
}

function parseName(cursor: Cursor): Expr {
  if (isSymbol(cursor.peek(1), '(')) return parseCall(cursor, parseExpression)
  const first = cursor.next()
  if (!isSymbol(cursor.peek(), '.')) return { kind: 'column', name: first.value, at: first.at, end: first.end }
  cursor.next()
  if (cursor.symbol('*')) throw cursor.errorAt({ at: first.at, end: cursor.end }, `"${first.value}.*" cannot be part of an expression`)
  const name = cursor.expectName('the name of a column').value
  return { kind: 'column', stream: first.value, name, at: first.at, end: cursor.end }
}

function noOperand(cursor: Cursor): Error {
  const token = cursor.peek()
  if (isKeyword(token, 'NOT')) return cursor.unexpected([OPERAND], { hint: 'put the NOT and what it negates between parentheses' })
  if (isKeyword(token, 'SELECT'))
    return cursor.unexpected([OPERAND], { hint: 'there are no sub-queries: let one rule write to a memory topic and read that' })
  const afterComma = isSymbol(cursor.peek(-1), ',') && token.kind === 'keyword' && STRUCTURE.has(token.value)
  return cursor.unexpected([OPERAND], afterComma ? { hint: `remove the comma before ${token.value}` } : cursor.keywordHint(token))
}
