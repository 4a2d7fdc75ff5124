import type { DecodeColumn } from '../../api/codec.ts'
import { decodeFailed } from '../../data/decode-failed.ts'
import { exactNumber } from '../../data/exact-json.ts'
import type { SqlType } from '../../data/types.ts'
import { isStruct, type Value } from '../../data/value.ts'

/**
 * A column of type bigint takes `1`, and neither `1.0` nor `1e0`: whoever writes these means a float. A parsed number no longer knows how
 * it was written, so that texts with such numbers are parsed once more with a look at each number's text.
 */
export type WholeNeeds = 'none' | 'itself' | 'inside'

/** Where a column wants whole numbers. */
export function wholeNeeds(type: SqlType | undefined): WholeNeeds {
  if (type === undefined) return 'none'
  return type.kind === 'bigint' ? 'itself' : holdsBigint(type) ? 'inside' : 'none'
}

function holdsBigint(type: SqlType): boolean {
  if (type.kind === 'array') return holdsBigint(type.element)
  if (type.kind === 'struct') return type.fields.some((field) => field.type !== undefined && holdsBigint(field.type))
  return type.kind === 'bigint'
}

/** Whether a whole number may stand in `text` with a fraction or an exponent. May say yes wrongly, never no. */
export function mayHoldUnwhole(text: string): boolean {
  return /\d(?:\.\d+)?[eE][+-]?\d|\d\.0+(?!\d)/.test(text)
}

/** Holder -> names or indexes of the numbers in it that are written with a fraction or an exponent. */
type Unwhole = ReadonlyMap<unknown, ReadonlySet<string>>

export interface MarkedValue {
  readonly value: Value
  readonly unwhole: Unwhole
}

/** `parseExact` with a look at how numbers are written. Throws what `JSON.parse` throws. */
export function parseMarked(text: string): MarkedValue {
  const unwhole = new Map<unknown, Set<string>>()
  const value: Value = JSON.parse(text, function revive(this: unknown, key: string, member: Value, context?: { readonly source?: string }) {
    if (typeof member !== 'number' || context?.source === undefined) return member
    if (/[.eE]/.test(context.source)) {
      const names = unwhole.get(this)
      if (names === undefined) unwhole.set(this, new Set([key]))
      else names.add(key)
    }
    return exactNumber(context.source)
  })
  return { value, unwhole }
}

/** Throws `decode_failed` when a number that a column wants whole is not written so. */
export function checkWhole(holder: Value, { name, type }: DecodeColumn, unwhole: Unwhole): void {
  if (type !== undefined) check(holder, { key: name, name, type }, unwhole)
}

interface Place {
  readonly key: string
  readonly name: string
  readonly type: SqlType
}

function check(holder: Value, { key, name, type }: Place, unwhole: Unwhole): void {
  if (type.kind === 'bigint') {
    if (unwhole.get(holder)?.has(key) === true)
      throw decodeFailed(`${name} has a wrong value: a number with a fraction or an exponent, expect:bigint`, 'declare it as float')
    return
  }
  const value = memberOf(holder, key)
  if (type.kind === 'array' && Array.isArray(value))
    for (const index of value.keys()) check(value, { key: String(index), name: 'array', type: type.element }, unwhole)
  if (type.kind !== 'struct' || !isStruct(value)) return
  for (const field of type.fields)
    if (field.type !== undefined) check(value, { key: field.name, name: field.name, type: field.type }, unwhole)
}

function memberOf(holder: Value, key: string): Value | undefined {
  if (Array.isArray(holder)) return holder[Number(key)]
  return isStruct(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined
}
