import { rowFailed } from '../../data/row-failed.ts'
import { isStruct, type Cell, type Value } from '../../data/value.ts'
import { isEqual, isLess } from './compare.ts'
import { ANY, at, countAt, define, textAt, type FunctionSet } from './function-set.ts'
import { goText, goTypeName, isTrue } from './print.ts'
import { sprintf } from './printf.ts'

/** The functions that Go's text/template brings; `and` and `or` are part of the language (they stop early). */
export const GO_FUNCTIONS: FunctionSet = {
  not: define(1, (args) => !isTrue(at(args, 0))),
  eq: define([2, ANY], ([first = null, ...others]) => others.some((other) => isEqual(first, other))),
  ne: define(2, (args) => !isEqual(at(args, 0), at(args, 1))),
  lt: define(2, (args) => isLess(at(args, 0), at(args, 1))),
  le: define(2, (args) => isLess(at(args, 0), at(args, 1)) || isEqual(at(args, 0), at(args, 1))),
  gt: define(2, (args) => !isLess(at(args, 0), at(args, 1)) && !isEqual(at(args, 0), at(args, 1))),
  ge: define(2, (args) => !isLess(at(args, 0), at(args, 1))),
  len: define(1, (args) => BigInt(lengthOf(at(args, 0)))),
  index: define([1, ANY], ([first = null, ...keys]) => keys.reduce<Value>((value, key) => member(value, key), first)),
  slice: define([1, 4], (args) => sliceOf(args)),
  print: define([0, ANY], (args) => sprint(args)),
  println: define([0, ANY], (args) => `${args.map((arg) => goText(arg)).join(' ')}\n`),
  printf: define([1, ANY], (args) => sprintf(textAt(args, 0), args.slice(1))),
  html: define([1, ANY], (args) => sprintArguments(args).replace(/[\0"'&<>]/g, (char) => HTML[char] ?? char)),
  js: define([1, ANY], (args) => escapeJs(sprintArguments(args))),
  urlquery: define([1, ANY], (args) => queryEscape(sprintArguments(args))),
}

function lengthOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length
  if (isStruct(value)) return Object.keys(value).length
  throw rowFailed(value === null ? 'len of nothing' : `len of type ${goTypeName(value)}`)
}

function member(value: Value, key: Value): Value {
  if (value === null) throw rowFailed('index of nothing')
  if (isStruct(value)) {
    if (typeof key !== 'string') throw rowFailed(`expected a string to index a map, got ${goTypeName(key)}`)
    return Object.hasOwn(value, key) ? (value[key] ?? null) : null
  }
  const index = countAt([key], 0)
  const list = typeof value === 'string' ? Buffer.from(value) : value
  if (!Array.isArray(list) && !(list instanceof Uint8Array)) throw rowFailed(`cannot index a value of type ${goTypeName(value)}`)
  if (index < 0 || index >= list.length) throw rowFailed(`index out of range: ${index}`)
  const found: Value = list[index] ?? null
  return typeof found === 'number' && list instanceof Uint8Array ? BigInt(found) : found
}

function sliceOf(args: readonly Value[]): Cell {
  const value = at(args, 0)
  const list = typeof value === 'string' ? Buffer.from(value) : value
  if (!Array.isArray(list) && !(list instanceof Uint8Array)) throw rowFailed(`slice of type ${goTypeName(value)}`)
  const bounds = args.slice(1).map((_, i) => countAt(args, i + 1))
  const wrong = bounds.find((bound) => bound < 0 || bound > list.length)
  if (wrong !== undefined) throw rowFailed(`index out of range: ${wrong}`)
  const [from = 0, to = list.length] = bounds
  if (from > to) throw rowFailed(`invalid slice index: ${from} > ${to}`)
  return typeof value === 'string' ? Buffer.from(value).toString('utf8', from, to) : list.slice(from, to)
}

/** Go puts a blank between two operands when neither is a text. */
function sprint(args: readonly Value[]): string {
  let text = ''
  for (const [i, arg] of args.entries()) {
    if (i > 0 && typeof arg !== 'string' && typeof args[i - 1] !== 'string') text += ' '
    text += goText(arg)
  }
  return text
}

/** As `html`, `js` and `urlquery` read their arguments. */
function sprintArguments(args: readonly Value[]): string {
  return sprint(args.map((arg) => arg ?? '<no value>'))
}

const HTML: Readonly<Record<string, string>> = { '\0': '\ufffd', '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": String.raw`\'`,
  '"': String.raw`\"`,
  '<': String.raw`\u003C`,
  '>': String.raw`\u003E`,
  '&': String.raw`\u0026`,
  '=': String.raw`\u003D`,
}

function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, (char) => {
    const hex = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return JS[char] ?? `\\u${hex}`
  })
}

function queryEscape(text: string): string {
  const escaped = encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+')
  return escaped.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
