import type { FunctionDefinition } from '../api/definition.ts'
import { isNumeric, orderNumbers, orderText } from '../data/compare.ts'
import { describeValue } from '../data/describe-value.ts'
import { goText } from '../data/go-text.ts'
import { put } from '../data/record.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell, type Value } from '../data/value.ts'
import { toIndex } from './arguments.ts'
import { elementText, isMissing, MOST_ELEMENTS, sizeOf, toArray, toStruct, toText } from './collections.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'

const A = parameter('a', 'array')
const V = parameter('v', 'any')
const define = (f: RowFunction): FunctionDefinition => rowFunction('array', f)

const sizes: readonly FunctionDefinition[] = [
  define({
    name: 'cardinality',
    doc: 'Number of elements; 0 for everything that is no array.',
    params: [parameter('a', 'array', { also: ['any'] })],
    returns: 'bigint',
    nulls: 'zero',
    examples: [['cardinality(array_create(3, 1, 3))', 3n]],
    call: (_, a) => BigInt(Array.isArray(a) ? a.length : 0),
  }),
  define({
    name: 'array_cardinality',
    doc: 'Number of elements that are not null; 0 for null.',
    params: [A],
    returns: 'bigint',
    nulls: 'zero',
    examples: [['array_cardinality(array_create("x", "a"))', 2n]],
    call: (_, a) => BigInt(toArray(a).filter((element) => !isMissing(element)).length),
  }),
]

const makers: readonly FunctionDefinition[] = [
  define({
    name: 'array_create',
    doc: 'An array of the arguments that are not null; null when all are.',
    params: [{ ...V, repeats: true }],
    returns: 'array',
    nulls: 'call',
    examples: [['array_create(1, "x")', [1n, 'x']]],
    call: (_, ...values) => {
      const present = values.filter((value) => !isMissing(value))
      return present.length === 0 ? null : present
    },
  }),
  define({
    name: 'array_concat',
    doc: 'The elements of all arrays, one behind the other; null is left out.',
    params: [{ ...A, repeats: true }],
    returns: 'array',
    nulls: 'call',
    examples: [['array_concat(array_create(1), array_create(2, 3))', [1n, 2n, 3n]]],
    call: (_, ...arrays) => arrays.flatMap((array) => (isMissing(array) ? [] : toArray(array))),
  }),
  define({
    name: 'array_flatten',
    doc: 'Elements that are arrays give way to their elements, one level deep.',
    params: [A],
    returns: 'array',
    examples: [['array_flatten(array_create(1, array_create(2, 3)))', [1n, 2n, 3n]]],
    call: (_, a) => toArray(a).flat(),
  }),
  define({
    name: 'repeat',
    doc: 'An array that holds v n times. n is the result of a function such as cast(x, "bigint"): literals and columns are refused.',
    params: [V, parameter('n', 'any', { computed: true })],
    returns: 'array',
    examples: [['repeat("x", cast("2", "bigint"))', ['x', 'x']]],
    call: (_, v, n) => Array.from({ length: countOf(n, v) }, () => v ?? null),
  }),
  define({
    name: 'sequence',
    doc: 'The whole numbers from `start` to `end`, both included, `step` apart (1 or -1 when it is left out). The arguments are results of functions such as cast(x, "bigint"): literals and columns are refused.',
    params: [
      parameter('start', 'any', { computed: true }),
      parameter('end', 'any', { computed: true }),
      parameter('step', 'any', { computed: true, optional: true }),
    ],
    returns: 'array',
    examples: [['sequence(cast("1", "bigint"), cast("3", "bigint"))', [1n, 2n, 3n]]],
    call: (_, start, end, step) => sequence(toInteger(start), toInteger(end), step === undefined ? undefined : toInteger(step)),
  }),
]

const orders: readonly FunctionDefinition[] = [
  define({
    name: 'array_sort',
    doc: 'The elements in ascending order of their texts.',
    params: [A],
    returns: 'array',
    examples: [['array_sort(array_create(10, 9, 1))', [1n, 10n, 9n]]],
    call: (_, a) => {
      const texts = toArray(a).map((element) => ({ element, text: isMissing(element) ? '<nil>' : goText(element) }))
      return texts.toSorted((x, y) => orderText(x.text, y.text)).map(({ element }) => element)
    },
  }),
  define({
    name: 'array_shuffle',
    doc: 'The elements in random order.',
    params: [A],
    returns: 'array',
    pure: false,
    examples: [['array_sort(array_shuffle(array_create(2, 1)))', [1n, 2n]]],
    call: (_, a) => shuffled(toArray(a)),
  }),
  define({
    name: 'array_max',
    doc: 'The largest element; all are numbers or all are texts, nulls do not count.',
    params: [A],
    returns: 'any',
    examples: [['array_max(array_create(3, 10, 2))', 10n]],
    call: (_, a) => extreme(toArray(a), 1),
  }),
  define({
    name: 'array_min',
    doc: 'The smallest element; all are numbers or all are texts, nulls do not count.',
    params: [A],
    returns: 'any',
    examples: [['array_min(array_create("x", "a"))', 'a']],
    call: (_, a) => extreme(toArray(a), -1),
  }),
]

const access: readonly FunctionDefinition[] = [
  define({
    name: 'element_at',
    doc: 'The element at a place of an array, counted from 0, negative from the end; or a member of an object by its name.',
    params: [parameter('collection', 'array'), parameter('key', 'any')],
    returns: 'any',
    examples: [
      ['element_at(array_create(5, 6), -1)', 6n],
      ['element_at(object_construct("k", 7), "k")', 7n],
    ],
    call: (_, collection, key) => (isStruct(collection) ? memberOf(collection, key) : elementOf(collection, key)),
  }),
  define({
    name: 'array_join',
    doc: 'The texts of the elements with `separator` between them; nulls are left out, or written as `nullText` when it is not empty.',
    params: [A, parameter('separator', 'any'), parameter('nullText', 'any', { optional: true })],
    returns: 'string',
    examples: [
      ['array_join(array_create(1, "x"), "-")', '1-x'],
      ['array_join(parse_json("[1,null]"), "-", "none")', '1-none'],
    ],
    call: (_, a, separator, nullText) => {
      const instead = nullText === undefined ? '' : toText(nullText)
      const texts = toArray(a).flatMap((element) => (!isMissing(element) ? [elementText(element)] : instead === '' ? [] : [instead]))
      return texts.join(toText(separator))
    },
  }),
  define({
    name: 'kvpair_array_to_obj',
    doc: 'The object that an array of {"key": k, "value": v} stands for; other members are an error.',
    params: [A],
    returns: 'struct',
    examples: [['kvpair_array_to_obj(array_create(object_construct("key", "x", "value", 1)))', { x: 1n }]],
    call: (_, a) => {
      const made: Record<string, Value> = {}
      for (const pair of toArray(a)) {
        const key = isStruct(pair) && Object.hasOwn(pair, 'key') ? pair['key'] : undefined
        if (!isStruct(pair) || typeof key !== 'string' || !Object.hasOwn(pair, 'value') || Object.keys(pair).length !== 2)
          throw rowFailed(`expected {"key": text, "value": …}, got ${describeValue(pair)}`)
        put(made, key, pair['value'] ?? null)
      }
      return made
    },
  }),
]

export const arrayFunctions: readonly FunctionDefinition[] = [...sizes, ...makers, ...orders, ...access]

/** Most characters and values in copies together. */
const MOST_COPIED = 1 << 24

function countOf(n: Cell, v: Cell): number {
  const count = Number(toInteger(n))
  if (count < 0 || count > MOST_ELEMENTS) throw rowFailed(`expected 0 to ${MOST_ELEMENTS} copies, got ${count}`)
  if (count * sizeOf(v, MOST_COPIED) > MOST_COPIED) throw rowFailed(`${count} copies of a value of this size are too many`)
  return count
}

/** A float is none, even without a fraction. */
function toInteger(value: Cell): bigint {
  if (typeof value === 'bigint') return value
  throw rowFailed(`expected a bigint, got ${describeValue(value)}`, 'write cast(x, "bigint")')
}

function sequence(start: bigint, end: bigint, given: bigint | undefined): readonly Value[] {
  const step = given ?? (start <= end ? 1n : -1n)
  if (step === 0n) throw rowFailed('expected a step that is not 0')
  if (start !== end && start < end !== step > 0n) throw rowFailed(`a step of ${step} does not lead from ${start} to ${end}`)
  const length = (end - start) / step + 1n
  if (length > MOST_ELEMENTS) throw rowFailed(`expected at most ${MOST_ELEMENTS} elements, got ${length}`)
  return Array.from({ length: Number(length) }, (_, i) => start + step * BigInt(i))
}

function shuffled(elements: readonly Value[]): readonly Value[] {
  const rest = [...elements]
  return elements.map(() => {
    const at = Math.floor(Math.random() * rest.length)
    const taken = rest[at] ?? null
    rest[at] = rest.at(-1) ?? null
    rest.pop()
    return taken
  })
}

/** `sign`: 1 for the largest, -1 for the smallest. */
function extreme(elements: readonly Value[], sign: 1 | -1): Value {
  let best: Value = null
  for (const element of elements) {
    if (isMissing(element)) continue
    if (!isNumeric(element) && typeof element !== 'string') throw rowFailed(`expected numbers or texts, got ${describeValue(element)}`)
    if (best === null || sign * orderOf(element, best) > 0) best = element
  }
  return best
}

function orderOf(a: Value, b: Value): number {
  if (isNumeric(a) && isNumeric(b)) return orderNumbers(a, b)
  if (typeof a === 'string' && typeof b === 'string') return orderText(a, b)
  throw rowFailed(`${describeValue(a)} and ${describeValue(b)} cannot be compared`)
}

function memberOf(collection: Cell, key: Cell): Cell {
  const object = toStruct(collection)
  const name = toText(key)
  return Object.hasOwn(object, name) ? object[name] : null
}

function elementOf(collection: Cell, key: Cell): Cell {
  const elements = toArray(collection)
  const at = toIndex(key)
  const found = at < 0 ? at + elements.length : at
  if (found < 0 || found >= elements.length) throw rowFailed(`index ${at} is out of range: the array has ${elements.length} elements`)
  return elements[found]
}
