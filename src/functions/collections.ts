import { castValue } from '../data/cast.ts'
import { describeValue } from '../data/describe-value.ts'
import { goText } from '../data/go-text.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell, type Struct, type Value } from '../data/value.ts'

/** Longest array that a function makes out of numbers, so that one row cannot fill the memory. */
export const MOST_ELEMENTS = 1 << 20

export function isMissing(value: Cell): value is null | undefined {
  return value === null || value === undefined
}

/** Throws `row_failed` for everything but an array. */
export function toArray(value: Cell): readonly Value[] {
  if (Array.isArray(value)) return value
  throw rowFailed(`expected an array, got ${describeValue(value)}`)
}

/** Throws `row_failed` for everything but an object. */
export function toStruct(value: Cell): Struct {
  if (isStruct(value)) return value
  throw rowFailed(`expected an object, got ${describeValue(value)}`)
}

/** Throws `row_failed` for everything but a text: numbers are not converted. */
export function toText(value: Cell): string {
  if (typeof value === 'string') return value
  throw rowFailed(`expected a text, got ${describeValue(value)}`)
}

/** An element of an array as text: numbers without an exponent, arrays and objects as Go prints them, null empty. */
export function elementText(element: Cell): string {
  const text = Array.isArray(element) || isStruct(element) ? goText(element) : castValue(element, 'string')
  return typeof text === 'string' ? text : ''
}

/** How much text a value makes, about; stops counting above `most`. */
export function sizeOf(value: Cell, most: number): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length + 1
  if (typeof value !== 'object' || value === null || value instanceof Date) return 1
  let size = 1
  for (const [name, member] of Object.entries(value)) {
    size += (Array.isArray(value) ? 0 : name.length) + sizeOf(member, most - size)
    if (size > most) break
  }
  return size
}
