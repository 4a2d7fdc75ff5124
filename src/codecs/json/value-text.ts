import { infiniteText } from '../../data/go-float.ts'
import { jsonText } from '../../data/json-text.ts'
import type { Cell, Struct, Value } from '../../data/value.ts'
import { decodeFailed } from '../../data/decode-failed.ts'
import { MAX_DEPTH } from '../../data/exact-json.ts'

/**
 * A value as JSON: bigint with all digits, bytes as base64, datetime in ISO form. Throws `decode_failed` for NaN, infinities and
 * invalid datetimes.
 */
export function valueText(value: Value): string {
  return isPlain(value, 0) ? JSON.stringify(value) : jsonText(value)
}

/**
 * Whether `JSON.stringify` writes the value as we do: no bigint, bytes or datetime in it. Looks at everything inside and throws for
 * what JSON lacks.
 */
export function isPlain(value: Cell, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value) || unsupported(infiniteText(value))
  if (typeof value !== 'object' || value === null) return typeof value !== 'bigint'
  if (value instanceof Date) return Number.isNaN(value.getTime()) && unsupported('invalid datetime')
  if (value instanceof Uint8Array) return false
  if (depth > MAX_DEPTH) throw decodeFailed(`json: a value is nested deeper than ${MAX_DEPTH} levels`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every other object is a Struct
  return Array.isArray(value) ? isPlainArray(value, depth) : isPlainStruct(value as Struct, depth)
}

function isPlainArray(values: readonly Value[], depth: number): boolean {
  let plain = true
  for (const element of values) if (typeof element !== 'string') plain = isPlain(element, depth + 1) && plain
  return plain
}

/** `for … in` is the cheapest walk; what user data is made of inherits nothing enumerable. */
function isPlainStruct(struct: Struct, depth: number): boolean {
  let plain = true
  for (const name in struct) {
    const member = struct[name]
    if (typeof member !== 'string') plain = isPlain(member, depth + 1) && plain
  }
  return plain
}

function unsupported(what: string): never {
  throw decodeFailed(`json: unsupported value: ${what}`, 'leave such rows out with WHERE, or replace the value')
}
