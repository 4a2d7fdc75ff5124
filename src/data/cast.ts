import { inRange } from './arithmetic.ts'
import { datetimeText, parseDatetime } from './datetime-text.ts'
import { describeValue } from './describe-value.ts'
import { jsonText } from './json-text.ts'
import { rowFailed } from './row-failed.ts'
import type { Cell, Value } from './value.ts'

/** What `cast(x, "…")` may name. */
export const CAST_TYPES = ['bigint', 'float', 'string', 'boolean', 'datetime', 'bytea'] as const
export type CastType = (typeof CAST_TYPES)[number]

type Present = Exclude<Cell, null | undefined>

/** The one table of conversions. A cell is never null here; undefined means: no such conversion. */
const CASTS: { readonly [To in CastType]: (value: Present) => Value | undefined } = {
  bigint: toBigint,
  float: toFloat,
  string: toText,
  boolean: toBoolean,
  datetime: toDatetime,
  bytea: toBytes,
}

export function isCastType(name: string): name is CastType {
  return Object.hasOwn(CASTS, name)
}

/** `value` as `to`; null stays null. Throws `row_failed` when it has no such form or does not fit. */
export function castValue(value: Cell, to: CastType): Value {
  if (value === null || value === undefined) return null
  const result = CASTS[to](value)
  if (result === undefined) throw rowFailed(`cannot convert ${describeValue(value)} to ${to}`)
  return result
}

function toBigint(value: Present): bigint | undefined {
  if (typeof value === 'bigint') return inRange(value)
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Number.isFinite(value) ? inRange(BigInt(Math.trunc(value))) : undefined
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : BigInt(value.getTime())
  return typeof value === 'string' ? bigintOfText(value) : undefined
}

/** Decimal, or with prefix `0x`, `0b`, `0o` or `0` (octal), with a sign and `_` between digits: what eKuiper reads. */
function bigintOfText(written: string): bigint | undefined {
  if (written.length > 80) return undefined
  const text = withoutUnderscores(written)
  const found = /^([+-]?)(0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]+|0|[1-9]\d*)$/.exec(text)
  if (found === null) return undefined
  const digits = found[2] ?? ''
  const size = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return inRange(found[1] === '-' ? -size : size)
}

function toFloat(value: Present): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime()
  return typeof value === 'string' ? floatOfText(value) : undefined
}

/** `_` may stand between two digits, and behind the prefix of a base. */
function withoutUnderscores(text: string): string {
  return text.replaceAll(/(?<=[\da-fA-F]|0[xXbBoO])_(?=[\da-fA-F])/g, '')
}

function floatOfText(written: string): number | undefined {
  const text = withoutUnderscores(written)
  const hexadecimal = HEXADECIMAL.exec(text)
  if (hexadecimal !== null) return hexadecimalFloat(hexadecimal)
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    const number = Number(text)
    return Number.isFinite(number) ? number : undefined
  }
  if (/^nan$/i.test(text)) return Number.NaN
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return undefined
}

const HEXADECIMAL = /^([+-]?)0[xX](?=[\da-fA-F.])([\da-fA-F]{0,16})(?:\.([\da-fA-F]{0,16}))?[pP]([+-]?\d{1,4})$/

/** Such as `0x1.8p1`, which is 3. */
function hexadecimalFloat([, sign, whole = '', fraction = '', power]: RegExpExecArray): number | undefined {
  if (whole === '' && fraction === '') return undefined
  const size = Number(`0x${whole}${fraction}`) * 2 ** (Number(power) - 4 * fraction.length)
  return Number.isFinite(size) ? (sign === '-' ? -size : size) : undefined
}

function toText(value: Present): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return floatText(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : datetimeText(value)
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
  return jsonText(value)
}

/** A float as text without an exponent, with as many digits as it needs. */
export function floatText(value: number): string {
  const text = String(value)
  const found = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (found === null) return text
  const [, sign, first, rest, exponent] = found
  const digits = `${first}${rest ?? ''}`
  const power = Number(exponent)
  return power < 0 ? `${sign}0.${'0'.repeat(-power - 1)}${digits}` : `${sign}${digits.padEnd(power + 1, '0')}`
}

function toBoolean(value: Present): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) !== 0
  if (typeof value !== 'string') return undefined
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value) ? false : undefined
}

function toDatetime(value: Present): Date | undefined {
  if (value instanceof Date) return value
  if (typeof value === 'string') return parseDatetime(value)
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined
  const date = new Date(Number(value))
  return Number.isNaN(date.getTime()) ? undefined : date
}

function toBytes(value: Present): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : undefined
}
