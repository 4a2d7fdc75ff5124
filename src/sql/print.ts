import type { SqlType } from '../data/types.ts'
import type { ColumnDefinition, CreateStream, Expr, Join, Select, SelectField, SourceRef, Statement, StreamOption, Window } from './ast.ts'
import { quoteName } from './keywords.ts'
import { printAfterDistinct, printExpression, printOrder, printOver, printText } from './print-expression.ts'

/** The text of a statement, on one line; it parses to the same tree but for the places of the nodes. */
export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'select':
      return printSelect(statement)
    case 'create':
      return printCreate(statement)
    case 'show':
      return `SHOW ${statement.what.toUpperCase()}S`
    case 'describe':
    case 'drop':
      return `${statement.kind.toUpperCase()} ${statement.what.toUpperCase()} ${quoteName(statement.name)}`
    case 'explain':
      if (statement.what === 'select') return `EXPLAIN ${printSelect(statement.select)}`
      return `EXPLAIN ${statement.what.toUpperCase()} ${quoteName(statement.name)}`
  }
}

function printSelect(select: Select): string {
  const groups = [
    ...select.groupBy.map((expr) => printExpression(expr)),
    ...(select.window === undefined ? [] : [printWindow(select.window)]),
  ]
  const clauses = [
    `SELECT ${printFields(select)}`,
    `FROM ${printSource(select.from)}`,
    ...select.joins.map(printJoin),
    select.where === undefined ? '' : `WHERE ${printExpression(select.where)}`,
    groups.length === 0 ? '' : `GROUP BY ${groups.join(', ')}`,
    select.having === undefined ? '' : `HAVING ${printExpression(select.having)}`,
    select.orderBy.length === 0 ? '' : `ORDER BY ${select.orderBy.map(printOrder).join(', ')}`,
    select.limit === undefined ? '' : `LIMIT ${select.limit}`,
  ]
  return clauses.filter((clause) => clause !== '').join(' ')
}

function printFields({ distinct, fields }: Select): string {
  if (distinct !== true) return fields.map((field) => printField(field)).join(', ')
  return `DISTINCT ${fields.map((field, index) => (index === 0 ? printField(field, printAfterDistinct) : printField(field))).join(', ')}`
}

function printField({ expr, alias, invisible, parenthesized }: SelectField, print: (expr: Expr) => string = printExpression): string {
  const text = print(expr)
  const parts = [parenthesized === true ? `(${text})` : text]
  if (alias !== undefined) parts.push(`AS ${quoteName(alias)}`)
  if (invisible === true) parts.push('INVISIBLE')
  return parts.join(' ')
}

function printSource({ name, alias }: SourceRef): string {
  return alias === undefined ? quoteName(name) : `${quoteName(name)} AS ${quoteName(alias)}`
}

function printJoin({ type, source, on }: Join): string {
  return `${type} JOIN ${printSource(source)}${on === undefined ? '' : ` ON ${printExpression(on)}`}`
}

function printWindow({ type, unit, length, interval, delay, begin, emit, filter, over }: Window): string {
  const numbers = [length, interval, delay].filter((value) => value !== undefined).map(String)
  const conditions = [begin, emit].filter((expr) => expr !== undefined).map((expr) => printExpression(expr))
  const args = [...(unit === undefined ? [] : [unit]), ...numbers, ...conditions]
  const tail = `${filter === undefined ? '' : ` FILTER (WHERE ${printExpression(filter)})`}${over === undefined ? '' : ` ${printOver(over)}`}`
  return `${type.toUpperCase()}WINDOW(${args.join(', ')})${tail}`
}

function printCreate({ what, name, columns, options }: CreateStream): string {
  return `CREATE ${what.toUpperCase()} ${quoteName(name)} (${columns.map(printColumn).join(', ')}) WITH (${options.map(printOption).join(', ')})`
}

function printColumn(column: ColumnDefinition): string {
  const value = column.default === undefined ? '' : ` DEFAULT ${printExpression(column.default)}`
  return `${quoteName(column.name)} ${printType(column.type)}${value}`
}

/** A type as CREATE STREAM takes it. A struct's member without a type cannot be declared: it prints as a string. */
function printType(type: SqlType): string {
  if (type.kind === 'array') return `ARRAY(${printType(type.element)})`
  if (type.kind !== 'struct') return type.kind.toUpperCase()
  return `STRUCT(${type.fields.map((field) => `${quoteName(field.name)} ${printType(field.type ?? { kind: 'string' })}`).join(', ')})`
}

function printOption({ name, value }: StreamOption): string {
  return `${name}=${typeof value === 'boolean' ? String(value).toUpperCase() : printText(value)}`
}
