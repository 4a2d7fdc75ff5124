import { inRange } from './arithmetic.ts'
import { castValue } from './cast.ts'
import { parseDatetime } from './datetime-text.ts'
import { goFloatText } from './go-float.ts'
import { put } from './record.ts'
import type { Column, SqlType } from './types.ts'
import { isStruct, type Cell, type Value } from './value.ts'
import { decodeFailed } from './decode-failed.ts'

/** From what the payload holds (never null or absent) to what the column's type says. Throws `decode_failed`. */
type Convert = (value: Exclude<Value, null>) => Value

/** A column as far as its values go: `api/codec.ts` says what the members mean. */
interface TypedColumn extends Column {
  readonly default?: Value
}

/** What becomes of a decoded member on its way into its slot. */
export type ToCell = (value: Cell) => Cell

/**
 * The way of one column: the default for a missing one, conversion to the declared type, and with STRICT_VALIDATION the refusal of
 * what is missing or null. Null into arrays and structs, and where a default says what missing means, stays null even then.
 */
export function compileColumn(column: TypedColumn, { strict }: { readonly strict: boolean }): ToCell {
  const { name, type } = column
  const missing = column.default
  const convert = type === undefined ? undefined : compileType(name, type, strict)
  const refusesNull = strict && missing === undefined && type !== undefined && type.kind !== 'array' && type.kind !== 'struct'
  return (value) => {
    if (value === undefined) {
      if (missing !== undefined || !strict) return missing
      throw decodeFailed(`error in preprocessor: field ${name} is not found`, 'send the column, or give it a DEFAULT')
    }
    if (value === null) {
      if (refusesNull) throw decodeFailed(`error in preprocessor: field ${name} type mismatch: cannot convert null to ${type.kind}`)
      return null
    }
    return convert === undefined ? value : convert(value)
  }
}

function compileType(name: string, type: SqlType, strict: boolean): Convert {
  switch (type.kind) {
    case 'bigint':
      return (value) => toBigint(name, value)
    case 'float':
      return (value) => (typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : wrong(name, value, type))
    case 'string':
      return (value) => (typeof value === 'string' ? value : isNumeric(value) ? numberText(value) : wrong(name, value, type))
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : toBoolean(name, value))
    case 'datetime':
      return strict ? (value) => toDate(name, value) : (value) => asDatetime(name, value)
    case 'bytea':
      return (value) => (typeof value === 'string' ? toBytes(value) : value instanceof Uint8Array ? value : wrong(name, value, type))
    case 'array':
      return compileArray(name, type.element, strict)
    case 'struct':
      return compileStruct(name, type.fields, strict)
  }
}

function compileArray(name: string, element: SqlType, strict: boolean): Convert {
  // Elements have no name of their own: messages call them "array".
  const convert = compileType('array', element, strict)
  return (value) =>
    Array.isArray(value) ? value.map((item: Value) => (item === null ? null : convert(item))) : wrong(name, value, { kind: 'array' })
}

/** Members are like columns: those without a declaration are left out, those that are missing stay so. */
function compileStruct(name: string, fields: readonly Column[], strict: boolean): Convert {
  const members = fields.map((field) => ({
    name: field.name,
    convert: field.type === undefined ? undefined : compileType(field.name, field.type, strict),
  }))
  return (given) => {
    const value = strict && typeof given === 'string' ? parseStruct(name, given) : given
    if (!isStruct(value)) return wrong(name, value, { kind: 'struct' })
    const struct: Record<string, Value> = {}
    for (const member of members) {
      const before = Object.hasOwn(value, member.name) ? value[member.name] : undefined
      if (before !== undefined) put(struct, member.name, before === null || member.convert === undefined ? before : member.convert(before))
    }
    return struct
  }
}

function parseStruct(name: string, text: string): Exclude<Value, null> {
  try {
    const value: Value = JSON.parse(text)
    return value ?? wrong(name, text, { kind: 'struct' })
  } catch {
    return wrong(name, text, { kind: 'struct' })
  }
}

function toBigint(name: string, value: Exclude<Value, null>): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value !== 'number') return wrong(name, value, { kind: 'bigint' })
  if (!Number.isInteger(value)) throw decodeFailed(`${name} has wrong value:${value}, expect:bigint`, 'declare the column as float')
  return inRange(BigInt(value))
}

function toBoolean(name: string, value: Exclude<Value, null>): boolean {
  if (isNumeric(value)) return Number(value) !== 0
  if (typeof value !== 'string') return wrong(name, value, { kind: 'boolean' })
  try {
    return castValue(value, 'boolean') === true
  } catch {
    throw decodeFailed(`${name} has a wrong text, expect:boolean`, 'boolean columns take true, false, 1, 0, t and f')
  }
}

/** Without STRICT_VALIDATION a datetime stays what it is: a text, or milliseconds. */
function asDatetime(name: string, value: Exclude<Value, null>): Value {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' || typeof value === 'string' || value instanceof Date ? value : wrong(name, value, { kind: 'datetime' })
}

function toDate(name: string, value: Exclude<Value, null>): Date {
  if (value instanceof Date) return value
  if (!isNumeric(value) && typeof value !== 'string') return wrong(name, value, { kind: 'datetime' })
  const date = typeof value === 'string' ? parseDatetime(value) : new Date(Number(value))
  if (date === undefined || Number.isNaN(date.getTime())) {
    throw decodeFailed(
      `error in preprocessor: field ${name} type mismatch: no datetime`,
      'expected milliseconds or a text such as 2024-02-29T12:34:56Z',
    )
  }
  return date
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** A text that is base64, with padding, is taken as that; any other text gives its bytes in UTF-8. */
function toBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, BASE64.test(text) ? 'base64' : 'utf8'))
}

function isNumeric(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function numberText(value: number | bigint): string {
  return typeof value === 'bigint' ? String(value) : goFloatText(value)
}

/** The words of these messages are eKuiper's. */
function wrong(name: string, value: Value, type: { readonly kind: string }): never {
  throw decodeFailed(`${name} has wrong type:${jsonTypeName(value)}, expect:${type.kind}`)
}

/** The type of a decoded JSON value as messages name it; a boolean is named by itself. */
export function jsonTypeName(value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (isNumeric(value)) return 'number'
  if (typeof value === 'string') return 'string'
  return Array.isArray(value) ? 'array' : 'object'
}
