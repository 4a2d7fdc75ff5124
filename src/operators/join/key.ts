import type { Cell } from '../../data/value.ts'

/**
 * Kinds of keys. Values of one kind are equal exactly when their hash keys are; `other` is never hashed, `none` (null or absent) pairs
 * with nothing.
 */
export const KIND = { none: 0, number: 1, text: 2, truth: 3, time: 4, other: 5 } as const
export const KINDS = 6

/** What a hash table is keyed by: numbers of both kinds are one, and no digit is lost. */
export type HashKey = number | bigint | string | boolean

/** One of `KIND`. */
export function kindOf(value: Cell): number {
  if (typeof value === 'string') return KIND.text
  if (typeof value === 'number') return Number.isNaN(value) ? KIND.other : KIND.number
  if (typeof value === 'bigint') return KIND.number
  if (typeof value === 'boolean') return KIND.truth
  if (value === null || value === undefined) return KIND.none
  return value instanceof Date && !Number.isNaN(value.getTime()) ? KIND.time : KIND.other
}

/** The key of a value that is neither `none` nor `other`. */
function hashKey(value: Cell): HashKey {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'bigint') {
    const float = Number(value)
    return Number.isSafeInteger(float) ? float : value
  }
  return value instanceof Date ? value.getTime() : 0
}

/** One key for the first `count` of several values. */
export function hashKeyOf(values: readonly Cell[], count: number): HashKey {
  if (count === 1) return hashKey(values[0])
  let key = ''
  for (let i = 0; i < count; i++) {
    const part = hashKey(values[i])
    key += typeof part === 'string' ? `${part.length}:${part}` : `${part};`
  }
  return key
}
