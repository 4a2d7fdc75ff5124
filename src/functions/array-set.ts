import type { FunctionDefinition } from '../api/definition.ts'
import { valueKey } from '../data/compare.ts'
import type { Cell, Value } from '../data/value.ts'
import { isMissing, toArray } from './collections.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'

const A = parameter('a', 'array')
const B = parameter('b', 'array')
const V = parameter('v', 'any')
const define = (f: RowFunction): FunctionDefinition => rowFunction('array', f)

const searches: readonly FunctionDefinition[] = [
  define({
    name: 'array_contains',
    doc: 'Does the array hold v? False for null.',
    params: [A, V],
    returns: 'boolean',
    nulls: 'call',
    examples: [['array_contains(array_create(1, 2), 2)', true]],
    call: (_, a, v) => !isMissing(a) && places(a, v).length > 0,
  }),
  define({
    name: 'array_contains_any',
    doc: 'Does the first array hold any element of the second? False when the first is null.',
    params: [A, B],
    returns: 'boolean',
    nulls: 'call',
    examples: [['array_contains_any(array_create(1, 2), array_create(2, 3))', true]],
    call: (_, a, b) => {
      if (isMissing(a)) return false
      const known = keysOf(toArray(a))
      return toArray(b).some((element) => known.has(valueKey(element)))
    },
  }),
  define({
    name: 'array_position',
    doc: 'Place of the first v, counted from 0; -1 when there is none, or the array is null.',
    params: [A, V],
    returns: 'bigint',
    nulls: 'call',
    examples: [['array_position(array_create("a", "b", "a"), "a")', 0n]],
    call: (_, a, v) => BigInt(isMissing(a) ? -1 : (places(a, v)[0] ?? -1)),
  }),
  define({
    name: 'array_last_position',
    doc: 'Place of the last v, counted from 0; -1 when there is none, or the array is null.',
    params: [A, V],
    returns: 'bigint',
    nulls: 'call',
    examples: [['array_last_position(array_create("a", "b", "a"), "a")', 2n]],
    call: (_, a, v) => BigInt(isMissing(a) ? -1 : (places(a, v).at(-1) ?? -1)),
  }),
]

const sets: readonly FunctionDefinition[] = [
  define({
    name: 'array_distinct',
    doc: 'Each element once, at its first place. Arrays and objects inside are never equal.',
    params: [A],
    returns: 'array',
    examples: [['array_distinct(array_create(3, 1, 3))', [3n, 1n]]],
    call: (_, a) => {
      const seen = new Set<string>()
      return toArray(a).filter((element) => isCollection(element) || isNew(seen, element))
    },
  }),
  define({
    name: 'array_except',
    doc: 'Each element of a that b does not hold, once; a null b holds nothing.',
    params: [A, B],
    returns: 'array',
    nulls: 'call',
    examples: [['array_except(array_create(1, 2, 2, 3), array_create(2))', [1n, 3n]]],
    call: (_, a, b) => {
      if (isMissing(a)) return null
      const seen = keysOf(isMissing(b) ? [] : toArray(b))
      return toArray(a).filter((element) => isNew(seen, element))
    },
  }),
  define({
    name: 'array_intersect',
    doc: 'Each element that both arrays hold, once, in the order of b.',
    params: [A, B],
    returns: 'array',
    examples: [['array_intersect(array_create(1, 2), array_create(3, 2))', [2n]]],
    call: (_, a, b) => {
      const known = keysOf(toArray(a))
      return toArray(b).filter((element) => known.delete(valueKey(element)))
    },
  }),
  define({
    name: 'array_union',
    doc: 'Each element of both arrays, once; a null array holds nothing.',
    params: [A, B],
    returns: 'array',
    nulls: 'call',
    examples: [['array_union(array_create(1, 2), array_create(2, 3))', [1n, 2n, 3n]]],
    call: (_, a, b) => {
      const seen = new Set<string>()
      const all = [a, b].flatMap((array) => (isMissing(array) ? [] : toArray(array)))
      return all.filter((element) => isNew(seen, element))
    },
  }),
  define({
    name: 'array_remove',
    doc: 'The array without its elements that are v.',
    params: [A, V],
    returns: 'array',
    nulls: 'call',
    examples: [['array_remove(array_create(3, 1, 2, 1), 1)', [3n, 2n]]],
    call: (_, a, v) => {
      if (isMissing(a)) return null
      const key = valueKey(v)
      return toArray(a).filter((element) => valueKey(element) !== key)
    },
  }),
]

export const arraySetFunctions: readonly FunctionDefinition[] = [...searches, ...sets]

function places(array: Cell, value: Cell): readonly number[] {
  const key = valueKey(value)
  return toArray(array).flatMap((element, i) => (valueKey(element) === key ? [i] : []))
}

function keysOf(elements: readonly Value[]): Set<string> {
  return new Set(elements.map((element) => valueKey(element)))
}

function isNew(seen: Set<string>, element: Value): boolean {
  const before = seen.size
  return seen.add(valueKey(element)).size > before
}

function isCollection(element: Value): boolean {
  return typeof element === 'object' && element !== null && !(element instanceof Date) && !(element instanceof Uint8Array)
}
