import type { Expr, TimeUnit, Window } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { TIME_UNITS } from './keywords.ts'
import { parseExpression } from './parse-expression.ts'
import { OVER_WINDOW, parseFilter, parseOver } from './parse-over.ts'
import type { Token } from './token.ts'
import { isSymbol } from './token.ts'
import { windowType } from './window-names.ts'

type Shape = Pick<Window, 'unit' | 'length' | 'interval' | 'delay' | 'begin' | 'emit'>

/** Arguments after the unit: what each is called, whether it may be left out, and be 0: a step of 0 is one of all rows. */
const COUNTS: Record<Exclude<Window['type'], 'state'>, readonly Count[]> = {
  tumbling: [{ member: 'length' }],
  hopping: [{ member: 'length' }, { member: 'interval' }],
  sliding: [
    { member: 'length', zero: true },
    { member: 'delay', optional: true, zero: true },
  ],
  session: [{ member: 'length' }, { member: 'interval' }],
  count: [{ member: 'length' }, { member: 'interval', optional: true, zero: true }],
}

interface Count {
  readonly member: 'length' | 'interval' | 'delay'
  readonly optional?: boolean
  readonly zero?: boolean
}

const USAGE: Record<Window['type'], string> = {
  tumbling: 'TUMBLINGWINDOW(unit, length)',
  hopping: 'HOPPINGWINDOW(unit, length, hop)',
  sliding: 'SLIDINGWINDOW(unit, length) or SLIDINGWINDOW(unit, length, delay)',
  session: 'SESSIONWINDOW(unit, longest, timeout)',
  count: 'COUNTWINDOW(rows) or COUNTWINDOW(rows, step)',
  state: 'STATEWINDOW(condition) or STATEWINDOW(begin, emit)',
}

export function atWindow(cursor: Cursor): boolean {
  const token = cursor.peek()
  return token.kind === 'name' && windowType(token.value) !== undefined && isSymbol(cursor.peek(1), '(')
}

/** `NAME(…) [FILTER (WHERE …)] [OVER (…)]` as an item of GROUP BY. */
export function parseWindow(cursor: Cursor): Window {
  const name = cursor.next()
  const type = windowType(name.value) ?? 'tumbling'
  const open = cursor.next()
  const shape = cursor.nested(open, () => (type === 'state' ? parseConditions(cursor) : parseCounts(cursor, type)))
  if (!isSymbol(cursor.peek(), ')')) throw cursor.unexpected(['")"'], { hint: USAGE[type] })
  cursor.next()
  const filter = parseFilter(cursor, parseExpression)
  const over = parseOver(cursor, { expression: parseExpression, ...OVER_WINDOW })
  const parts = { ...(filter === undefined ? {} : { filter }), ...(over === undefined ? {} : { over }) }
  return cursor.grown({ type, ...shape, ...parts, at: name.at, end: cursor.end }, [shape.begin, shape.emit, filter, over])
}

function parseConditions(cursor: Cursor): Shape {
  if (isSymbol(cursor.peek(), ')')) throw cursor.unexpected(['a condition'], { hint: USAGE.state })
  const begin = parseExpression(cursor)
  const emit: Expr | undefined = cursor.symbol(',') ? parseExpression(cursor) : undefined
  return emit === undefined ? { begin } : { begin, emit }
}

function parseCounts(cursor: Cursor, type: Exclude<Window['type'], 'state'>): Shape {
  const shape: { -readonly [K in keyof Shape]: Shape[K] } = {}
  if (type !== 'count') shape.unit = parseUnit(cursor, USAGE[type])
  for (const [index, count] of COUNTS[type].entries()) {
    const first = type === 'count' && index === 0
    if (count.optional === true && !isSymbol(cursor.peek(), ',')) break
    if (!first && !cursor.symbol(',')) throw cursor.unexpected(['","'], { hint: USAGE[type] })
    const token = cursor.peek()
    shape[count.member] = parseCount(cursor, count, USAGE[type])
    if (type === 'count' && (shape.interval ?? 0) > (shape.length ?? 0)) throw tooLarge(cursor, token, shape.length ?? 0)
  }
  return shape
}

function parseUnit(cursor: Cursor, usage: string): TimeUnit {
  const token = cursor.peek()
  const unit = TIME_UNITS.find((known) => token.kind === 'name' && token.quote === undefined && token.value.toUpperCase() === known)
  if (unit === undefined)
    throw cursor.unexpected([...TIME_UNITS], { hint: `${usage}, where unit is days dd, hours hh, minutes mi, seconds ss or ms` })
  cursor.next()
  return unit
}

function parseCount(cursor: Cursor, { zero }: Count, usage: string): number {
  const token = cursor.peek()
  const value = Number(token.value)
  if (token.kind !== 'integer' || value > Number.MAX_SAFE_INTEGER || (value === 0 && zero !== true)) {
    throw cursor.unexpected([zero === true ? 'a whole number' : 'a whole number above 0'], { hint: usage })
  }
  cursor.next()
  return value
}

function tooLarge(cursor: Cursor, step: Token, rows: number): Error {
  return cursor.errorAt(step, `step ${step.value} of a window of ${rows} rows, expected at most ${rows}`, { hint: USAGE.count })
}
