import { datetimeText } from '../../data/datetime-text.ts'
import { goFloatText } from '../../data/go-float.ts'
import { isStruct, type Cell, type Struct, type Value } from '../../data/value.ts'
import { rowFailed } from '../../data/row-failed.ts'

const MAX_DEPTH = 1000

/** What `{{pipeline}}` writes: like `%v`, but nothing and null are `<no value>`. */
export function outputText(value: Cell): string {
  return value === null || value === undefined ? '<no value>' : goText(value)
}

/** A value as Go's `%v` shows it: `map[a:1 b:[x <nil>]]`. */
export function goText(value: Cell, depth = 0): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return goFloatText(value)
  if (value === null || value === undefined) return '<nil>'
  return typeof value === 'object' ? compoundText(value, depth) : String(value)
}

function compoundText(value: Extract<Value, object>, depth: number): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '<invalid datetime>' : datetimeText(value)
  if (value instanceof Uint8Array) return `[${value.join(' ')}]`
  if (depth > MAX_DEPTH) throw rowFailed(`a value is nested deeper than ${MAX_DEPTH} levels`)
  if (!isStruct(value)) return `[${value.map((item) => goText(item, depth + 1)).join(' ')}]`
  return `map[${sortedNames(value)
    .map((name) => `${name}:${goText(value[name], depth + 1)}`)
    .join(' ')}]`
}

/** Names of the members in the order in which Go walks over a map: by the bytes of their UTF-8. */
export function sortedNames(value: Struct): readonly string[] {
  const names = Object.keys(value)
  // Only characters beyond U+FFFF sort otherwise in UTF-16.
  if (names.some((name) => /[\ud800-\udfff]/.test(name))) return names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return names.toSorted()
}

/** The type of a value by its name in Go, for `%T`, `typeOf` and messages. */
export function goTypeName(value: Cell): string {
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (value instanceof Date) return 'time.Time'
  if (value instanceof Uint8Array) return '[]uint8'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

/** What `if`, `and`, `or`, `not` and `default` take as true: not nothing, null, false, zero or empty. */
export function isTrue(value: Cell): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value) || Number.isNaN(value)
  if (value instanceof Date) return true
  return isStruct(value) ? Object.keys(value).length > 0 : value.length > 0
}
