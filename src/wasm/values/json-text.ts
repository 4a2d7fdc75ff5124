import type { Value } from '../../data/value.ts'

/** JSON text of a value: 64-bit integers with all their digits, times in ISO 8601, bytes in base64. */
export function toJsonText(value: Value): string {
  if (isOrdinary(value)) return JSON.stringify(value)
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (isList(value)) return `[${value.map(toJsonText).join(',')}]`
  return `{${Object.entries(value ?? {})
    .map(([name, member]) => `${JSON.stringify(name)}:${toJsonText(member)}`)
    .join(',')}}`
}

/** The engine's own JSON.stringify does it right, and much faster. */
function isOrdinary(value: Value): boolean {
  if (typeof value !== 'object') return typeof value !== 'bigint'
  if (value === null || value instanceof Date) return true
  if (value instanceof Uint8Array) return false
  if (isList(value)) return value.every(isOrdinary)
  for (const name in value) if (!isOrdinary(value[name] ?? null)) return false
  return true
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** The opposite: whole numbers that a double would change become bigint. Throws a SyntaxError. */
export function fromJsonText(text: string): Value {
  return LONG_NUMBER.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text)
}

/** Fewer digits always fit into a double. */
const LONG_NUMBER = /\d{16}/

function exactInteger(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined || !/^-?\d+$/.test(source)) return value
  return BigInt(source)
}
