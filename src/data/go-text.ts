import { datetimeText } from './datetime-text.ts'
import { goFloatText } from './go-float.ts'
import { isStruct, type Cell } from './value.ts'

/**
 * A value as text the way that string functions take it, which is Go's `%v`: `1.5`, `1e+06`, `true`, `[1 z]`, `map[k:1]` with sorted
 * keys, `<nil>` inside collections. Null itself is the empty text.
 */
export function goText(value: Cell): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return goFloatText(value)
  if (typeof value === 'object') return objectText(value)
  return String(value)
}

function objectText(value: Extract<Cell, object>): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '<nil>' : datetimeText(value)
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8')
  if (!isStruct(value)) return `[${value.map((element) => inner(element)).join(' ')}]`
  const members = Object.keys(value).toSorted()
  return `map[${members.map((name) => `${name}:${inner(value[name])}`).join(' ')}]`
}

function inner(value: Cell): string {
  return value === null || value === undefined ? '<nil>' : goText(value)
}
