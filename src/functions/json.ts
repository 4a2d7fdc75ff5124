import type { FunctionDefinition } from '../api/definition.ts'
import { describeValue } from '../data/describe-value.ts'
import { parseExact } from '../data/exact-json.ts'
import { jsonText } from '../data/json-text.ts'
import { put } from '../data/record.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell, type Value } from '../data/value.ts'
import { isMissing, toText } from './collections.ts'
import { parsePath } from './json-path/parse.ts'
import { query } from './json-path/query.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'

const X = parameter('x', 'any')
const PATH = parameter('path', 'string', {
  literal: true,
  doc: 'A JSONPath such as $.store.book[?(@.price > 10)].title; texts in it are in double quotes.',
})
const BOOKS = String.raw`parse_json("{\"b\":[{\"t\":\"A\",\"p\":8},{\"t\":\"B\",\"p\":12}]}")`
const define = (f: RowFunction): FunctionDefinition => rowFunction('json', f)

export const jsonFunctions: readonly FunctionDefinition[] = [
  define({
    name: 'to_json',
    doc: 'The value as JSON text, members in alphabetical order; <, > and & are written as escapes.',
    params: [X],
    returns: 'string',
    nulls: 'call',
    examples: [['to_json(object_construct("b", 1, "a", array_create("x")))', '{"a":["x"],"b":1}']],
    call: (_, x) => (isMissing(x) ? null : escapeMarkup(jsonText(sorted(x)))),
  }),
  define({
    name: 'parse_json',
    doc: 'The value that a JSON text stands for; its numbers are floats. Null for null.',
    params: [parameter('s', 'string')],
    returns: 'any',
    nulls: 'call',
    examples: [
      ['parse_json("[1,null]")', [1, null]],
      [String.raw`parse_json("{\"k\":true}")`, { k: true }],
    ],
    call: (_, s) => (isMissing(s) ? null : parse(toText(s), (text) => JSON.parse(text))),
  }),
  define({
    name: 'json_path_query',
    doc: 'The value at a path, which must be there; the array of all values when the path may lead to several. A text is read as JSON first.',
    params: [X, PATH],
    returns: 'any',
    nulls: 'call',
    examples: [
      [`json_path_query(${BOOKS}, "$.b[0].t")`, 'A'],
      [`json_path_query(${BOOKS}, "$.b[*].p")`, [8, 12]],
      [`json_path_query(${BOOKS}, "$.b[?(@.p > 10)].t")`, ['B']],
    ],
    call: (_, x, path) => query(parsePath(toText(path)), documentOf(x)),
  }),
  define({
    name: 'json_path_query_first',
    doc: 'The first element of the array at a path, or of the values that the path leads to. An error when there is none.',
    params: [X, PATH],
    returns: 'any',
    nulls: 'call',
    examples: [[`json_path_query_first(${BOOKS}, "$..p")`, 8]],
    call: (_, x, path) => {
      const found = query(parsePath(toText(path)), documentOf(x))
      if (!Array.isArray(found)) throw rowFailed(`the path leads to ${describeValue(found)}, expected an array`)
      if (found.length === 0) throw rowFailed('the path leads to nothing')
      return found[0]
    },
  }),
  define({
    name: 'json_path_exists',
    doc: 'Does the path lead to a value that is neither null nor an empty array? False where json_path_query fails.',
    params: [X, PATH],
    returns: 'boolean',
    nulls: 'call',
    examples: [[`json_path_exists(${BOOKS}, "$.b[1].p")`, true]],
    call: (_, x, path) => exists(x, path),
  }),
]

function exists(x: Cell, path: Cell): boolean {
  let found: Value
  try {
    found = query(parsePath(toText(path)), documentOf(x))
  } catch {
    return false
  }
  return found !== null && (!Array.isArray(found) || found.length > 0)
}

function documentOf(x: Cell): Value {
  if (typeof x === 'string') return parse(x, parseExact)
  if (Array.isArray(x) || isStruct(x)) return x
  throw rowFailed(`expected an object, an array or a JSON text, got ${describeValue(x)}`)
}

/** Deepest nesting of a JSON text, so that what walks the value may be recursive. */
const DEEPEST = 1000

function parse(text: string, read: (text: string) => Value): Value {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[{}\]]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    if (depth > DEEPEST) throw rowFailed(`the JSON text is nested deeper than ${DEEPEST} levels`)
  }
  try {
    return read(text)
  } catch (error) {
    throw rowFailed(`expected a JSON text, got ${describeValue(text)}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map((element: Value) => sorted(element))
  if (!isStruct(value)) return value
  const made: Record<string, Value> = {}
  for (const name of Object.keys(value).toSorted()) put(made, name, sorted(value[name] ?? null))
  return made
}

const MARKUP: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

function escapeMarkup(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => MARKUP[char] ?? char)
}
