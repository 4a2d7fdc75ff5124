import { put } from '../../data/record.ts'
import { rowFailed } from '../../data/row-failed.ts'
import { isStruct, type Cell, type Struct, type Value } from '../../data/value.ts'
import { isEqual } from './compare.ts'
import { ANY, at, dictAt, define, listAt, textAt, type FunctionContext, type FunctionSet } from './function-set.ts'
import { toText } from './functions-text.ts'
import { goText, isTrue, sortedNames } from './print.ts'

/** Sprig's defaults, dicts and lists. Keys come sorted, where sprig leaves their order to chance. */
export const COLLECTION_FUNCTIONS: FunctionSet = {
  default: define([1, 2], (args) => (isTrue(at(args, 1)) ? at(args, 1) : at(args, 0))),
  empty: define(1, (args) => !isTrue(at(args, 0))),
  coalesce: define([0, ANY], (args) => args.find((arg) => isTrue(arg)) ?? null),
  ternary: define(3, (args) => (isTrue(at(args, 2)) ? at(args, 0) : at(args, 1))),
  dict: define([0, ANY], makeDict),
  get: define(2, (args) => own(dictAt(args, 0), textAt(args, 1)) ?? ''),
  set: define(3, (args, context) => change(dictAt(args, 0), context, (dict) => put(dict, textAt(args, 1), at(args, 2)))),
  unset: define(2, (args, context) => change(dictAt(args, 0), context, (dict) => delete dict[textAt(args, 1)])),
  hasKey: define(2, (args) => Object.hasOwn(dictAt(args, 0), textAt(args, 1))),
  keys: define([1, ANY], (args) => args.flatMap((_, i) => sortedNames(dictAt(args, i)))),
  values: define([1, ANY], (args) => args.flatMap((_, i) => valuesOf(dictAt(args, i)))),
  pick: define([1, ANY], (args) => select(args, (chosen) => chosen)),
  omit: define([1, ANY], (args) => select(args, (chosen) => !chosen)),
  list: define([0, ANY], (args) => args),
  first: define(1, (args) => (at(args, 0) === null ? null : listAt(args, 0)[0])),
  last: define(1, (args) => (at(args, 0) === null ? null : listAt(args, 0).at(-1))),
  rest: define(1, (args) => listAt(args, 0).slice(1)),
  initial: define(1, (args) => listAt(args, 0).slice(0, -1)),
  append: define(2, (args) => [...listAt(args, 0), at(args, 1)]),
  prepend: define(2, (args) => [at(args, 1), ...listAt(args, 0)]),
  concat: define([0, ANY], (args) => args.flatMap((_, i) => listAt(args, i))),
  reverse: define(1, (args) => listAt(args, 0).toReversed()),
  uniq: define(1, (args) => unique(listAt(args, 0))),
  has: define(2, (args) => at(args, 1) !== null && listAt(args, 1).some((item) => same(item, at(args, 0)))),
  without: define([1, ANY], ([list = null, ...out]) => listAt([list], 0).filter((item) => !out.some((other) => same(item, other)))),
  sortAlpha: define(1, (args) =>
    listAt(args, 0)
      .map((item) => toText(item))
      .toSorted(),
  ),
}

function own(dict: Struct, name: string): Cell {
  return Object.hasOwn(dict, name) ? dict[name] : undefined
}

function valuesOf(dict: Struct): readonly Value[] {
  return sortedNames(dict).map((name) => dict[name] ?? null)
}

function makeDict(args: readonly Value[], context: FunctionContext): Struct {
  const dict: Record<string, Value> = {}
  for (let i = 0; i < args.length; i += 2) put(dict, toText(at(args, i)), i + 1 < args.length ? at(args, i + 1) : '')
  context.made.add(dict)
  return dict
}

/** Dicts of this template change in place, as in sprig; rows belong to the engine, so theirs is a changed copy. */
function change(dict: Struct, context: FunctionContext, edit: (dict: Record<string, Value>) => void): Struct {
  const target: Record<string, Value> = context.made.has(dict) ? dict : { ...dict }
  edit(target)
  if (holds(target, target, 0)) throw rowFailed('a dict cannot hold itself')
  context.made.add(target)
  return target
}

function holds(value: Value, dict: Struct, depth: number): boolean {
  if (depth > 100) throw rowFailed('dicts are nested deeper than 100 levels')
  if (Array.isArray(value)) return value.some((item: Value) => item === dict || holds(item, dict, depth + 1))
  return isStruct(value) && Object.values(value).some((item) => item === dict || holds(item, dict, depth + 1))
}

function select(args: readonly Value[], wanted: (chosen: boolean) => boolean): Struct {
  const names = new Set(args.slice(1).map((_, i) => textAt(args, i + 1)))
  const dict = dictAt(args, 0)
  return Object.fromEntries(Object.entries(dict).filter(([name]) => wanted(names.has(name))))
}

function unique(list: readonly Value[]): readonly Value[] {
  return list.filter((item, i) => list.findIndex((other) => same(item, other)) === i)
}

/** Scalars by `eq`, everything else by what it prints; never an error. */
function same(a: Value, b: Value): boolean {
  if (typeof a === 'object' || typeof b === 'object') return typeof a === typeof b && goText(a) === goText(b)
  return (
    (typeof a === typeof b || (typeof a !== 'string' && typeof b !== 'string' && typeof a !== 'boolean' && typeof b !== 'boolean')) &&
    isEqual(a, b)
  )
}
