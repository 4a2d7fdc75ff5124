import * as fc from 'fast-check'
import type { SqlType } from '../../src/data/types.ts'
import type { CreateStream, Expr, Over, Select, SelectField, SourceRef, Statement, Window } from '../../src/sql/ast.ts'
import { STREAM_OPTIONS } from '../../src/sql/stream-options.ts'

/** Generated trees have no text, so all their places are 0. */
const PLACE = { at: 0, end: 0 }

const WORDS = 'a b temperature distinct is null order from outer cast ss DD count tumblingwindow key __proto__ toString constructor'.split(
  ' ',
)

const name = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
  fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.includes('`')),
)

/** Names of windows are no functions. */
const functionName = name.filter((text) => !/window$/i.test(text))

const literal: fc.Arbitrary<Expr> = fc.oneof(
  fc.boolean().map((value) => ({ kind: 'boolean' as const, value, ...PLACE })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ kind: 'integer' as const, value, ...PLACE })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ kind: 'number' as const, value, ...PLACE })),
  fc.string({ unit: 'binary', maxLength: 12 }).map((value) => ({ kind: 'string' as const, value, ...PLACE })),
)

const column: fc.Arbitrary<Expr> = fc
  .record({ kind: fc.constant('column' as const), stream: fc.option(name, { nil: undefined }), name })
  .map(place)

/** Members that are undefined are left out, as the parser does. */
function place<T extends object>(node: T): { [K in keyof T]: Exclude<T[K], undefined> } & typeof PLACE {
  const present = Object.entries(node).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(present), ...PLACE } as { [K in keyof T]: Exclude<T[K], undefined> } & typeof PLACE
}

const BINARY = ['OR', 'AND', '=', '!=', '<', '<=', '>', '>=', '+', '-', '|', '^', '*', '/', '%', '&'] as const

function optional<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined })
}

function flag(): fc.Arbitrary<true | undefined> {
  return fc.constantFrom(true as const, undefined)
}

function operators(expr: fc.Arbitrary<Expr>): fc.Arbitrary<Expr>[] {
  const negated = fc.boolean()
  const array = fc.oneof(column, fc.record({ kind: fc.constant('member' as const), object: column, name }).map(place))
  return [
    fc.record({ kind: fc.constant('unary' as const), op: fc.constantFrom('-' as const, 'NOT' as const), operand: expr }).map(place),
    fc.record({ kind: fc.constant('binary' as const), op: fc.constantFrom(...BINARY), left: expr, right: expr }).map(place),
    fc.record({ kind: fc.constant('isNull' as const), negated, operand: expr }).map(place),
    fc.record({ kind: fc.constant('like' as const), negated, operand: expr, pattern: expr }).map(place),
    fc.record({ kind: fc.constant('between' as const), negated, operand: expr, low: expr, high: expr }).map(place),
    fc
      .record({ kind: fc.constant('in' as const), negated, operand: expr, items: fc.array(expr, { minLength: 1, maxLength: 3 }) })
      .map(place),
    fc.record({ kind: fc.constant('in' as const), negated, operand: expr, array }).map(place),
    fc.record({ kind: fc.constant('member' as const), object: expr, name }).map(place),
    fc.record({ kind: fc.constant('index' as const), object: expr, index: expr }).map(place),
    fc.record({ kind: fc.constant('slice' as const), object: expr, from: optional(expr), to: optional(expr) }).map(place),
  ]
}

function orderTerms(): fc.Arbitrary<Over['order']> {
  return fc.array(fc.record({ expr: column, descending: fc.boolean() }).map(place), { maxLength: 2 })
}

function over(expr: fc.Arbitrary<Expr>, order: fc.Arbitrary<Over['order']>): fc.Arbitrary<Over> {
  const parts = fc.record({ partition: fc.array(expr, { maxLength: 2 }), order, when: optional(expr) })
  return parts.map(place).filter((clause) => clause.partition.length > 0 || clause.order.length > 0 || 'when' in clause)
}

function star(expr: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> {
  const field = fc.record({ expr, alias: name, parenthesized: flag() }).map(place)
  return fc
    .record({
      kind: fc.constant('star' as const),
      stream: optional(name),
      except: fc.array(name, { maxLength: 2 }),
      replace: fc.array(field, { maxLength: 2 }),
    })
    .map(place)
}

function calls(expr: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> {
  const args = fc.oneof(
    fc.record({ args: fc.array(fc.oneof({ weight: 5, arbitrary: expr }, { weight: 1, arbitrary: star(expr) }), { maxLength: 3 }) }),
    fc.record({ args: fc.tuple(expr), distinct: fc.constant(true as const) }),
  )
  return fc
    .tuple(args, fc.record({ name: functionName, filter: optional(expr), over: optional(over(expr, orderTerms())) }))
    .map(([list, parts]) => place({ kind: 'call' as const, ...list, ...parts }))
}

function cases(expr: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> {
  // oxlint-disable-next-line unicorn/no-thenable -- `then` is the name of the clause
  const when = fc.record({ when: expr, then: expr }).map(place)
  return fc
    .record({
      kind: fc.constant('case' as const),
      operand: optional(expr),
      whens: fc.array(when, { minLength: 1, maxLength: 2 }),
      otherwise: optional(expr),
    })
    .map(place)
}

const { expr: anyExpr } = fc.letrec<{ expr: Expr }>((tie) => {
  const inner = tie('expr')
  return {
    expr: fc.oneof({ depthSize: 'small', withCrossShrink: true }, column, literal, ...operators(inner), calls(inner), cases(inner)),
  }
})

const expression: fc.Arbitrary<Expr> = anyExpr

const source: fc.Arbitrary<SourceRef> = fc.record({ name, alias: optional(name) }).map(place)

const field: fc.Arbitrary<SelectField> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ expr: expression, alias: optional(name), invisible: flag(), parenthesized: flag() }).map(place) },
  { weight: 1, arbitrary: fc.record({ expr: star(expression), invisible: flag() }).map(place) },
)

const count = fc.integer({ min: 1, max: 1000 })
const unit = fc.constantFrom('DD' as const, 'HH' as const, 'MI' as const, 'SS' as const, 'MS' as const)

const windowShape = fc.oneof(
  fc.record({ type: fc.constant('tumbling' as const), unit, length: count }),
  fc.record({ type: fc.constantFrom('hopping' as const, 'session' as const), unit, length: count, interval: count }),
  fc.record({ type: fc.constant('sliding' as const), unit, length: count, delay: optional(fc.nat(1000)) }),
  fc.tuple(count, count).map(([a, b]) => ({ type: 'count' as const, length: Math.max(a, b), interval: Math.min(a, b) })),
  fc.record({ type: fc.constant('count' as const), length: count }),
  fc.record({ type: fc.constant('state' as const), begin: expression, emit: optional(expression) }),
)

const window: fc.Arbitrary<Window> = fc
  .tuple(windowShape, fc.record({ filter: optional(expression), over: optional(over(expression, fc.constant([]))) }))
  .map(([shape, parts]) => place({ ...shape, ...parts }))

const join = fc.oneof(
  fc
    .record({
      type: fc.constantFrom('INNER' as const, 'LEFT' as const, 'RIGHT' as const, 'FULL' as const),
      source,
      on: optional(expression),
    })
    .map(place),
  fc.record({ type: fc.constant('CROSS' as const), source }).map(place),
)

const select: fc.Arbitrary<Select> = fc
  .record({
    kind: fc.constant('select' as const),
    distinct: flag(),
    fields: fc.array(field, { minLength: 1, maxLength: 3 }),
    from: source,
    joins: fc.array(join, { maxLength: 2 }),
    where: optional(expression),
    groupBy: fc.array(expression, { maxLength: 2 }),
    window: optional(window),
    having: optional(expression),
    orderBy: orderTerms(),
    limit: optional(fc.nat()),
  })
  .map(place)
  .map(distinctMinus)

/** `SELECT DISTINCT -a` is a subtraction: as a whole field, what begins with a minus needs parentheses there. */
function distinctMinus(query: Select): Select {
  const [first, ...others] = query.fields
  if (query.distinct !== true || first === undefined) return query
  const { expr } = first
  const signed =
    expr.kind === 'integer' || expr.kind === 'number'
      ? expr.value < 0 || Object.is(expr.value, -0)
      : expr.kind === 'unary' && expr.op === '-'
  return signed ? { ...query, fields: [{ ...first, parenthesized: true }, ...others] } : query
}

const { type } = fc.letrec<{ type: SqlType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('bigint', 'float', 'string', 'boolean', 'datetime', 'bytea').map((kind): SqlType => ({ kind })),
    fc.record({ kind: fc.constant('array' as const), element: tie('type') }),
    fc.record({ kind: fc.constant('struct' as const), fields: fc.array(fc.record({ name, type: tie('type') }), { maxLength: 3 }) }),
  ),
}))

function optionValue(kind: string): fc.Arbitrary<string | boolean> {
  if (kind === 'flag') return fc.boolean()
  if (kind === 'integer') return fc.integer().map(String)
  if (kind === 'object') return fc.dictionary(name, fc.string()).map((value) => JSON.stringify(value))
  return kind === 'choice' ? fc.constantFrom('scan', 'lookup') : fc.string()
}

const options = fc
  .subarray([...STREAM_OPTIONS])
  .chain((rules) => fc.tuple(...rules.map((rule) => optionValue(rule.kind).map((value) => ({ name: rule.name, value, ...PLACE })))))

/** A default is a literal of the column's own type. */
const defaulted = fc.tuple(name, literal).map(([called, value]) => {
  const kind = value.kind === 'integer' ? 'bigint' : value.kind === 'number' ? 'float' : value.kind === 'boolean' ? 'boolean' : 'string'
  return place({ name: called, type: { kind } as const, default: value })
})

const createStream: fc.Arbitrary<CreateStream> = fc
  .record({
    kind: fc.constant('create' as const),
    what: fc.constantFrom('stream' as const, 'table' as const),
    name,
    columns: fc.array(fc.oneof({ weight: 2, arbitrary: fc.record({ name, type }).map(place) }, defaulted), { maxLength: 3 }),
    options,
  })
  .map(place)

const what = fc.constantFrom('stream' as const, 'table' as const)
const named: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({ kind: fc.constant('show' as const), what }).map(place),
  fc.record({ kind: fc.constantFrom('describe' as const, 'drop' as const), what, name }).map(place),
  fc.record({ kind: fc.constant('explain' as const), what, name }).map(place),
)

export const statement: fc.Arbitrary<Statement> = fc.oneof(
  { weight: 1, arbitrary: named },
  { weight: 6, arbitrary: select },
  { weight: 2, arbitrary: createStream },
  { weight: 1, arbitrary: select.map((query): Statement => ({ kind: 'explain', what: 'select', select: query, ...PLACE })) },
)
