import { describeValue, typeNameOf } from '../data/describe-value.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell, type Value } from '../data/value.ts'

/** `object->name`: absent when there is no such member, or the object is null or a scalar. Throws `row_failed` for an array. */
export function member(object: Cell, name: string): Cell {
  if (isStruct(object)) return Object.hasOwn(object, name) ? object[name] : undefined
  if (Array.isArray(object)) throw rowFailed(`the result ${describeValue(object)} is not an object`)
  return undefined
}

/** `object->*`: as in eKuiper no value at all. */
export function everyMember(_object: Cell): never {
  throw rowFailed('* is not the name of a member', 'name the members, or write extract(object)')
}

/** `array[position]`: from 0, negative from the end; a fraction is cut off. Throws `row_failed` outside of the array. */
export function index(array: Cell, position: Cell): Cell {
  if (array === null || array === undefined) return null
  const at = integerOf(position)
  const elements = elementsOf(array)
  const found = at < 0 ? at + elements.length : at
  if (found < 0 || found >= elements.length) throw rowFailed(`out of index: ${at} of ${elements.length}`)
  return elements[found]
}

/** `array[from:to]`: `to` exclusive, negative from the end; out of range or empty gives an empty array. */
export function slice(array: Cell, from: Cell, to: Cell): Cell {
  if (array === null || array === undefined) return null
  const start = integerOf(from)
  const end = to === undefined ? undefined : integerOf(to)
  return elementsOf(array).slice(start, end)
}

function elementsOf(array: Cell): readonly Value[] {
  if (Array.isArray(array)) return array
  if (isStruct(array)) throw rowFailed(`[] is an invalid operation for ${typeNameOf(array)}`)
  throw rowFailed(`invalid operation ${describeValue(array)} []`)
}

function integerOf(position: Cell): number {
  const number = typeof position === 'bigint' ? Number(position) : position
  if (typeof number === 'number' && Number.isFinite(number)) return Math.trunc(number)
  throw rowFailed(`an index must be a number, but found ${describeValue(position)}`)
}
