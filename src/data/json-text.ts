import { PlacedDate, placedText } from './placed-date.ts'
import { rowFailed } from './row-failed.ts'
import { isStruct, type Struct, type Value } from './value.ts'

/**
 * JSON of a value: bigint with all its digits, bytes as base64, datetime in ISO form. Throws `row_failed` for a number that JSON
 * cannot hold (NaN, infinity).
 */
export function jsonText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw rowFailed(`${value} has no form in JSON`)
  return typeof value === 'object' && value !== null ? compound(value) : String(value)
}

function compound(value: Exclude<Value, null | number | bigint | boolean | string>): string {
  if (value instanceof Date) return JSON.stringify(isoText(value))
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'))
  return isStruct(value) ? structText(value) : `[${value.map((element) => jsonText(element ?? null)).join(',')}]`
}

function structText(value: Struct): string {
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`).join(',')}}`
}

/** ISO form without an empty fraction: `2024-02-29T12:34:56Z`, `…56.789+02:00`. Throws `row_failed` for an invalid date. */
function isoText(date: Date): string {
  if (Number.isNaN(date.getTime())) throw rowFailed('an invalid datetime has no text')
  if (date instanceof PlacedDate) return placedText(date, '2006-01-02T15:04:05.999Z07:00')
  return date.toISOString().replace(/\.000Z$/, 'Z')
}
