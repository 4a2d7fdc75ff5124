import type { Cursor } from './cursor.ts'
import type { Token } from './token.ts'
import { isKeyword, isSymbol, isWord } from './token.ts'

const OPENING: ReadonlySet<string> = new Set(['CASE', 'TRUE', 'FALSE'])
const NEGATABLE: ReadonlySet<string> = new Set(['IN', 'LIKE', 'BETWEEN'])
const AFTER_STAR: ReadonlySet<string> = new Set(['FROM', 'EXCEPT', 'REPLACE', 'INVISIBLE', ',', ')'])

/** Takes DISTINCT where it is the keyword. In eKuiper `distinct` is a name, so it is the keyword only where a name would be an error. */
export function takeDistinct(cursor: Cursor): boolean {
  if (!isWord(cursor.peek(), 'DISTINCT')) return false
  const next = cursor.peek(1)
  const after = cursor.peek(2)
  const taken =
    next.kind === 'symbol' || next.kind === 'keyword' ? opensExpression(next, after) : next.kind !== 'end' && !isNullTest(next, after)
  if (taken) cursor.next()
  return taken
}

function opensExpression(next: Token, after: Token): boolean {
  if (isSymbol(next, '(')) return true
  if (isSymbol(next, '*'))
    return after.kind === 'end' || ((after.kind === 'keyword' || after.kind === 'symbol') && AFTER_STAR.has(after.value))
  if (isKeyword(next, 'NOT')) return !(after.kind === 'keyword' && NEGATABLE.has(after.value))
  return next.kind === 'keyword' && OPENING.has(next.value)
}

function isNullTest(next: Token, after: Token): boolean {
  return isWord(next, 'IS') && (isWord(after, 'NULL') || isKeyword(after, 'NOT'))
}
