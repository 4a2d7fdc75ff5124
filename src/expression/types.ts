import type { TypeName } from '../api/function.ts'
import type { SqlType } from '../data/types.ts'
import type { Value } from '../data/value.ts'
import type { BinaryOp } from '../sql/ast.ts'
import type { BoundExpr } from './bound.ts'
import { isArithmetic, isBitwise } from './logic.ts'

/** The static type of an expression. */
export type StaticType = BoundExpr['type']

/** Of a declared column; schemaless without a declaration. */
export function typeOfColumn(type: SqlType | undefined): StaticType {
  return type?.kind ?? 'json'
}

/** Of `a op b`. A float on either side makes a float, and the numbers of schemaless columns are floats. */
export function typeOfBinary(op: BinaryOp, a: StaticType, b: StaticType): StaticType {
  if (isBitwise(op)) return 'any'
  if (!isArithmetic(op)) return 'boolean'
  if (a === 'bigint' && b === 'bigint') return 'bigint'
  return [a, b].some((type) => type === 'float' || type === 'json') ? 'float' : 'number'
}

/** The type that all of them have, or anything. */
export function commonType(types: readonly StaticType[]): StaticType {
  const [first] = types
  return first !== undefined && types.every((type) => type === first) ? first : 'any'
}

/**
 * Whether a literal can be given to a parameter of this type; null can be given to each. There are no literals of arrays and objects:
 * for those it is an error of the row, as it is in eKuiper. A number in a statement is no datetime.
 */
export function accepts(parameter: TypeName, literal: Value): boolean {
  if (literal === null || parameter === 'any' || parameter === 'array' || parameter === 'struct') return true
  if (typeof literal === 'bigint') return ['bigint', 'float', 'number'].includes(parameter)
  if (typeof literal === 'number') return ['float', 'number'].includes(parameter) || (parameter === 'bigint' && Number.isInteger(literal))
  if (typeof literal === 'string') return ['string', 'datetime', 'bytea'].includes(parameter)
  return typeof literal !== 'boolean' || parameter === 'boolean'
}

/** Types whose values a function may find a way with, besides those of the parameter itself: numbers widen, everything has a text. */
const ALSO: Readonly<Record<TypeName, readonly StaticType[]>> = {
  any: [],
  number: ['bigint', 'float'],
  bigint: ['number', 'float', 'datetime'],
  float: ['number', 'bigint'],
  string: ['number', 'bigint', 'float', 'boolean', 'datetime', 'bytea', 'array', 'struct'],
  boolean: [],
  datetime: ['number', 'bigint', 'float', 'string'],
  bytea: ['string'],
  // There is no type for both; element_at takes objects as well.
  array: ['struct'],
  struct: [],
}

/** Whether a value of a static type may be given to a parameter; one of which nothing is known may. */
export function takes(parameter: TypeName, type: StaticType): boolean {
  return [parameter, type].includes('any') || type === 'json' || parameter === type || ALSO[parameter].includes(type)
}
