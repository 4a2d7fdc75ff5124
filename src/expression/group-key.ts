import { valueKey } from '../data/compare.ts'
import type { Cell } from '../data/value.ts'

/** First unit of texts that stand for other values; a text that begins with it is marked. */
const MARK = '\0'

/** The key of a group in a Map: equal for equal values and different for others. Texts are their own keys, whole numbers of either kind one. */
export function keyOf(value: Cell): string | number | bigint | boolean | null {
  if (typeof value === 'string') return textKey(value)
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (typeof value === 'boolean') return value
  return value === null || value === undefined ? null : MARK + valueKey(value)
}

function textKey(value: string): string {
  return value.startsWith(MARK) ? `${MARK}"${value}` : value
}

/** One key for several values. */
export function keyOfAll(values: readonly Cell[]): string {
  let key = ''
  for (const value of values) {
    const part = valueKey(value)
    key += `${part.length}:${part}`
  }
  return key
}
