import { jsonText } from './json-text.ts'
import type { Cell } from './value.ts'

const LONGEST = 60

/** A value with its type as error messages show it: `int64(7)`, `float64(1.5)`, `string(a)`; long ones are cut. */
export function describeValue(value: Cell): string {
  return value === null || value === undefined ? 'null' : `${typeNameOf(value)}(${shortText(value)})`
}

/** The type of a value by the name that clients of eKuiper know from its messages. */
export function typeNameOf(value: Cell): string {
  if (typeof value === 'bigint') return 'int64'
  if (typeof value === 'number') return 'float64'
  if (typeof value === 'boolean') return 'bool'
  return typeof value === 'string' ? 'string' : objectTypeName(value)
}

function objectTypeName(value: Cell): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Date) return 'datetime'
  return value instanceof Uint8Array ? 'bytea' : 'object'
}

function shortText(value: Exclude<Cell, null | undefined>): string {
  const text =
    typeof value === 'object' && !(value instanceof Date) ? textOfObject(value) : String(value instanceof Date ? value.getTime() : value)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}

function textOfObject(value: Extract<Cell, object>): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  try {
    return jsonText(value)
  } catch {
    return '…'
  }
}
