import { isStruct, type Cell, type Value } from './value.ts'

/** Rank of a type in the order of mixed values; numbers of both kinds are one type. Null comes last. */
const RANK = { boolean: 0, number: 1, string: 2, datetime: 3, bytea: 4, array: 5, struct: 6, null: 7 } as const
type Rank = keyof typeof RANK

/**
 * Equality for grouping, joining and set functions: by content, 2 and 2n are the same number, NaN is itself, null is null. True
 * exactly when `valueKey` gives the same text.
 */
export function sameValue(a: Cell, b: Cell): boolean {
  return orderValues(a, b) === 0
}

/**
 * Total order of all values: negative, zero or positive. By number, by code point, by time, by element; null and absent last;
 * values of different types by type.
 */
export function orderValues(a: Cell, b: Cell): number {
  if (a === b) return 0
  const left = a ?? null
  const right = b ?? null
  const rank = rankOf(left)
  const difference = RANK[rank] - RANK[rankOf(right)]
  return difference === 0 ? orderSameType(rank, left, right) : difference
}

/** Strings compare by code point, which is the order of their UTF-8 bytes; JavaScript's `<` compares UTF-16 units. */
export function orderText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return fixup(x) - fixup(y)
  }
  return a.length - b.length
}

/** Numbers of both kinds, exactly. NaN comes before all others and equals itself. */
export function orderNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1
  if (a > b) return 1
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a))
}

/** A text that is equal for equal values and differs for different ones: the key of a group or of a hash join. */
export function valueKey(value: Cell): string {
  return typeof value === 'string' ? `"${value}` : keyOf(value ?? null)
}

function keyOf(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? `${BigInt(value)}` : `${value}`
  if (typeof value === 'bigint') return `${value}`
  return value === null ? 'n' : compoundKey(value)
}

function compoundKey(value: Exclude<Value, null | number | bigint | boolean | string>): string {
  if (value instanceof Date) return `d${value.getTime()}`
  if (value instanceof Uint8Array) return `b${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  if (!isStruct(value)) return `[${value.map((element) => keyOf(element ?? null)).join(',')}]`
  const members = Object.keys(value).toSorted()
  return `{${members.map((name) => `${JSON.stringify(name)}:${keyOf(value[name] ?? null)}`).join(',')}}`
}

function rankOf(value: Value): Rank {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number' || typeof value === 'bigint') return 'number'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Date) return 'datetime'
  return value instanceof Uint8Array ? 'bytea' : 'struct'
}

function orderSameType(rank: Rank, a: Value, b: Value): number {
  if (rank === 'null') return 0
  if (rank === 'boolean') return Number(a) - Number(b)
  if (typeof a === 'string' && typeof b === 'string') return orderText(a, b)
  if (a instanceof Date && b instanceof Date) return orderNumbers(a.getTime(), b.getTime())
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  if (isStruct(a) && isStruct(b)) return orderArrays(entriesOf(a), entriesOf(b))
  if (Array.isArray(a) && Array.isArray(b)) return orderArrays(a, b)
  return isNumeric(a) && isNumeric(b) ? orderNumbers(a, b) : 0
}

function entriesOf(struct: { readonly [name: string]: Value }): readonly Value[] {
  return Object.keys(struct)
    .toSorted()
    .flatMap((name) => [name, struct[name] ?? null])
}

function orderArrays(a: readonly Value[], b: readonly Value[]): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const order = orderValues(a[i], b[i])
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** True for SQL's bigint and float. */
export function isNumeric(value: Cell): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** Moves surrogates, which stand for code points above U+FFFF, behind the units U+E000 .. U+FFFF. */
function fixup(unit: number): number {
  if (unit < 0xd800) return unit
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}
