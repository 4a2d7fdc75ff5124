import type { Value } from '../../data/value.ts'

/** JSON text of a value: 64-bit integers with all their digits, times in ISO 8601, bytes in base64. */
export function toJsonText(value: Value): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'null' : JSON.stringify(value.toISOString())
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (isList(value)) return `[${value.map(toJsonText).join(',')}]`
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${toJsonText(member)}`)
    .join(',')}}`
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** The opposite: whole numbers that a double would change become bigint. Throws a SyntaxError. */
export function fromJsonText(text: string): Value {
  return JSON.parse(text, exactInteger)
}

function exactInteger(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined || !/^-?\d+$/.test(source)) return value
  return BigInt(source)
}
