import type { FunctionDefinition } from '../api/definition.ts'
import { describeValue } from '../data/describe-value.ts'
import { put } from '../data/record.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell, type Struct, type Value } from '../data/value.ts'
import { isEmptyCollection } from './arguments.ts'
import { elementText, isMissing, toArray, toStruct, toText } from './collections.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'

const O = parameter('o', 'struct')
const define = (f: RowFunction): FunctionDefinition => rowFunction('object', f)

const reads: readonly FunctionDefinition[] = [
  define({
    name: 'keys',
    doc: 'The names of the members.',
    params: [O],
    returns: 'array',
    examples: [['keys(object_construct("k", 1))', ['k']]],
    call: (_, o) => Object.keys(toStruct(o)),
  }),
  define({
    name: 'values',
    doc: 'The values of the members.',
    params: [O],
    returns: 'array',
    examples: [['values(object_construct("k", 1))', [1n]]],
    call: (_, o) => Object.values(toStruct(o)),
  }),
  define({
    name: 'items',
    doc: 'The members as pairs [name, value].',
    params: [O],
    returns: 'array',
    examples: [['items(object_construct("k", 1))', [['k', 1n]]]],
    call: (_, o) => Object.entries(toStruct(o)),
  }),
  define({
    name: 'obj_to_kvpair_array',
    doc: 'The members as an array of {"key": k, "value": v}; null for an object without members.',
    params: [O],
    returns: 'array',
    examples: [['obj_to_kvpair_array(object_construct("k", 1))', [{ key: 'k', value: 1n }]]],
    call: (_, o) => (isEmptyCollection(o) ? null : Object.entries(toStruct(o)).map(([key, value]) => ({ key, value }))),
  }),
  define({
    name: 'object_size',
    doc: 'Number of members; 0 for null.',
    params: [O],
    returns: 'bigint',
    nulls: 'zero',
    examples: [['object_size(object_construct("k", 1))', 1n]],
    call: (_, o) => BigInt(Object.keys(toStruct(o)).length),
  }),
]

const makers: readonly FunctionDefinition[] = [
  define({
    name: 'zip',
    doc: 'The object that an array of pairs [name, value] stands for; null when there are none. A null among them is passed over.',
    params: [parameter('pairs', 'array')],
    returns: 'struct',
    examples: [['zip(array_create(array_create("k", 1)))', { k: 1n }]],
    call: (_, pairs) => (isEmptyCollection(pairs) ? null : zip(toArray(pairs))),
  }),
  define({
    name: 'object',
    doc: 'An object out of an array of names and an array of values of the same length; null when one is empty.',
    params: [parameter('keys', 'array'), parameter('values', 'array')],
    returns: 'struct',
    examples: [['object(array_create("x", "y"), array_create(1, 2))', { x: 1n, y: 2n }]],
    call: (_, keys, values) => (isEmptyCollection(keys) || isEmptyCollection(values) ? null : combine(textsOf(keys), toArray(values))),
  }),
  define({
    name: 'object_construct',
    doc: 'An object of names and values in turn; a null name leaves its value out, null values stay.',
    params: [parameter('key', 'string', { repeats: true }), parameter('value', 'any', { repeats: true })],
    returns: 'struct',
    nulls: 'call',
    examples: [['object_construct("k", 1, "m", "x")', { k: 1n, m: 'x' }]],
    call: (_, ...args) => construct(args),
  }),
  define({
    name: 'object_concat',
    doc: 'The members of all objects; later ones win, null is left out.',
    params: [O, { ...O, name: 'more', repeats: true }],
    returns: 'struct',
    nulls: 'call',
    examples: [['object_concat(object_construct("x", 1), object_construct("x", 2, "y", 3))', { x: 2n, y: 3n }]],
    call: (_, ...objects) => {
      const made: Record<string, Value> = {}
      for (const object of objects) {
        if (isMissing(object)) continue
        for (const [name, value] of Object.entries(toStruct(object))) put(made, name, value)
      }
      return made
    },
  }),
]

const choices: readonly FunctionDefinition[] = [
  define({
    name: 'erase',
    doc: 'The object without a member, or without the members that an array names.',
    params: [O, parameter('keys', 'any'), parameter('none', 'any', { optional: true, repeats: true, doc: 'Refused.' })],
    returns: 'struct',
    examples: [['erase(object_construct("x", 1, "y", 2), "x")', { y: 2n }]],
    call: (_, o, keys, ...more) => {
      if (more.length > 0) throw rowFailed(`erase takes 2 arguments, got ${more.length + 2}`, 'give the names as an array')
      return withoutMembers(toStruct(o), new Set(typeof keys === 'string' ? [keys] : toArray(keys).map((key) => elementText(key))))
    },
  }),
  define({
    name: 'object_pick',
    doc: 'The object with these members only; `a.b` picks from the object a and keeps the nesting. The names are texts or an array.',
    params: [O, parameter('keys', 'any', { repeats: true })],
    returns: 'struct',
    nulls: 'call',
    examples: [['object_pick(object_construct("x", 1, "y", 2), "x")', { x: 1n }]],
    call: (_, o, ...keys) => {
      if (isMissing(o)) return null
      const names = keys.flatMap((key) => (Array.isArray(key) ? key : [key])).filter((key) => typeof key === 'string')
      return pick(toStruct(o), names)
    },
  }),
]

export const objectFunctions: readonly FunctionDefinition[] = [...reads, ...makers, ...choices]

function zip(pairs: readonly Value[]): Struct {
  const made: Record<string, Value> = {}
  for (const pair of pairs) {
    if (pair === null) continue
    const [name, value] = Array.isArray(pair) && pair.length === 2 ? (pair as readonly Value[]) : []
    if (typeof name !== 'string') throw rowFailed(`expected pairs [name, value], got ${describeValue(pair)}`)
    put(made, name, value ?? null)
  }
  return made
}

function textsOf(value: Cell): readonly string[] {
  return toArray(value).map((element) => toText(element))
}

function combine(names: readonly string[], values: readonly Value[]): Struct {
  if (names.length !== values.length) throw rowFailed(`${names.length} names and ${values.length} values do not fit together`)
  const made: Record<string, Value> = {}
  names.forEach((name, i) => put(made, name, values[i] ?? null))
  return made
}

function construct(args: readonly Cell[]): Struct {
  const made: Record<string, Value> = {}
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]
    if (!isMissing(name)) put(made, toText(name), args[i + 1] ?? null)
  }
  return made
}

function withoutMembers(object: Struct, names: ReadonlySet<string>): Struct {
  const made: Record<string, Value> = {}
  for (const [name, value] of Object.entries(object)) if (!names.has(name)) put(made, name, value)
  return made
}

/** Names of one object together, so that `a.b` and `a.c` give one member a. */
function pick(object: Struct, paths: readonly string[]): Struct {
  const made: Record<string, Value> = {}
  const inner = new Map<string, string[]>()
  for (const path of paths) {
    const dot = path.indexOf('.')
    if (Object.hasOwn(object, path)) put(made, path, object[path] ?? null)
    else if (dot > 0) inner.set(path.slice(0, dot), [...(inner.get(path.slice(0, dot)) ?? []), path.slice(dot + 1)])
  }
  for (const [name, rest] of inner) {
    const child = Object.hasOwn(object, name) ? object[name] : undefined
    const picked = isStruct(child) ? pick(child, rest) : {}
    if (Object.keys(picked).length > 0 && !Object.hasOwn(made, name)) put(made, name, picked)
  }
  return made
}
