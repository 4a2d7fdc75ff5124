import type { Expr, Over, SelectField, Window } from '../../../src/sql/ast.ts'
import { parseSelect } from '../../../src/sql/parser.ts'

/** A tree as a short text in prefix form, for tests to compare: `(+ a 1)`. */
export function shape(expr: Expr | undefined): string {
  if (expr === undefined) return '_'
  switch (expr.kind) {
    case 'null':
      return 'NULL'
    case 'boolean':
      return String(expr.value)
    case 'integer':
      return String(expr.value)
    case 'number':
      return `${expr.value}f`
    case 'string':
      return JSON.stringify(expr.value)
    case 'column':
      return expr.stream === undefined ? expr.name : `${expr.stream}.${expr.name}`
    case 'star':
      return list('*', [expr.stream ?? '', ...expr.except.map((name) => `-${name}`), ...expr.replace.map(fieldShape)])
    case 'unary':
      return list(expr.op, [shape(expr.operand)])
    case 'binary':
      return list(expr.op, [shape(expr.left), shape(expr.right)])
    case 'isNull':
      return list(not('isNull', expr.negated), [shape(expr.operand)])
    case 'like':
      return list(not('like', expr.negated), [shape(expr.operand), shape(expr.pattern)])
    case 'between':
      return list(not('between', expr.negated), [shape(expr.operand), shape(expr.low), shape(expr.high)])
    case 'in':
      return list(not('in', expr.negated), [
        shape(expr.operand),
        ...(expr.items ?? []).map(shape),
        expr.array ? `array ${shape(expr.array)}` : '',
      ])
    case 'case':
      return list('case', [
        shape(expr.operand),
        ...expr.whens.map(({ when, then }) => `${shape(when)}:${shape(then)}`),
        shape(expr.otherwise),
      ])
    case 'member':
      return list('->', [shape(expr.object), expr.name])
    case 'index':
      return list('[]', [shape(expr.object), shape(expr.index)])
    case 'slice':
      return list('[:]', [shape(expr.object), shape(expr.from), shape(expr.to)])
    case 'call':
      return list(expr.name, [
        expr.distinct ? 'DISTINCT' : '',
        ...expr.args.map(shape),
        expr.filter ? `FILTER ${shape(expr.filter)}` : '',
        overShape(expr.over),
      ])
  }
}

export function fieldShape({ expr, alias, invisible, parenthesized }: SelectField): string {
  return [shape(expr), alias === undefined ? '' : `AS ${alias}`, invisible ? 'INVISIBLE' : '', parenthesized ? 'PARENTHESIZED' : '']
    .filter((part) => part !== '')
    .join(' ')
}

export function windowShape(window: Window | undefined): string {
  if (window === undefined) return '_'
  const { type, unit, length, interval, delay, begin, emit, filter, over } = window
  return list(type, [
    unit ?? '',
    ...Object.entries({ length, interval, delay }).map(([name, value]) => (value === undefined ? '' : `${name}=${value}`)),
    begin ? shape(begin) : '',
    emit ? shape(emit) : '',
    filter ? `FILTER ${shape(filter)}` : '',
    overShape(over),
  ])
}

function overShape(over: Over | undefined): string {
  if (over === undefined) return ''
  const order = over.order.map(({ expr, descending }) => `ORDER ${shape(expr)}${descending ? ' DESC' : ''}`)
  return list('over', [...over.partition.map(shape), ...order, over.when ? `WHEN ${shape(over.when)}` : ''])
}

function not(name: string, negated: boolean): string {
  return negated ? `not-${name}` : name
}

function list(head: string, parts: readonly string[]): string {
  return `(${[head, ...parts].filter((part) => part !== '').join(' ')})`
}

/** The first field of `SELECT <text> FROM s`. */
export function expressionOf(text: string): Expr {
  const field = parseSelect(`SELECT ${text} FROM s`).fields[0]
  if (field === undefined) throw new Error('no field')
  return field.expr
}

/** JSON of a tree without the places of its nodes; members in the order of their names. */
export function withoutPlaces(tree: unknown): string {
  return JSON.stringify(tree, (name, value: unknown) => {
    if (name === 'at' || name === 'end') return undefined
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return Object.is(value, -0) ? '-0' : value
    return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
