import { isStruct, type Cell, type Value } from '../../../src/data/value.ts'
import type { Answer } from './case.ts'

/** Relative difference of numbers that count as equal. */
const TOLERANCE = 1e-9

/**
 * Is this the recorded answer? Messages in order, object keys in any order, rows of a message in any order when `unordered`; an error
 * must stand where one was recorded, its text may be another.
 */
export function sameAnswer(expected: Answer, actual: Answer, unordered = false): boolean {
  if (actual.error?.phase === 'harness') return false
  if (expected.error?.phase === 'create' || actual.error?.phase === 'create') return expected.error?.phase === actual.error?.phase
  const [want, got] = [messagesOf(expected), messagesOf(actual)]
  return want.length === got.length && want.every((message, i) => sameMessage(message, got[i], unordered))
}

/** One form of both: the only message was an error, or messages. */
function messagesOf({ error, output = [] }: Answer): readonly Value[] {
  return error === undefined ? output : [{ $error: error.text }]
}

function sameMessage(want: Value, got: Cell, unordered: boolean): boolean {
  if (isError(want) || isError(got)) return isError(want) && isError(got)
  return unordered ? sameRows(want, got) : sameJson(want, got)
}

function isError(message: Cell): boolean {
  return isStruct(message) && Object.hasOwn(message, '$error')
}

function sameRows(want: Value, got: Cell): boolean {
  if (!Array.isArray(want) || !Array.isArray(got)) return sameJson(want, got)
  if (want.length !== got.length) return false
  const rest: Value[] = [...got]
  return want.every((row: Value) => {
    const at = rest.findIndex((other) => sameJson(row, other))
    if (at >= 0) rest.splice(at, 1)
    return at >= 0
  })
}

/** Equality of JSON values: 1 and 1.0 are the same, numbers may differ by a billionth. */
function sameJson(a: Cell, b: Cell): boolean {
  if (a === b) return true
  if (isNumber(a) && isNumber(b)) return sameNumber(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
  if (!isStruct(a) || !isStruct(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
}

function isNumber(value: Cell): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function sameNumber(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a === b
  const [x, y] = [Number(a), Number(b)]
  return x === y || Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y))
}
