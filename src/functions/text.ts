import type { FunctionDefinition } from '../api/definition.ts'
import { castValue } from '../data/cast.ts'
import { isNumeric } from '../data/compare.ts'
import { goText } from '../data/go-text.ts'
import { rowFailed } from '../data/row-failed.ts'
import { isStruct, type Cell } from '../data/value.ts'
import { isEmptyCollection, toIndex, toNumber } from './arguments.ts'
import { formatNumber } from './format-number.ts'
import { parameter, rowFunction, type RowFunction } from './record.ts'
import { compilePattern, matches, replaceAll } from './regular-expression.ts'

const S = parameter('s', 'string')
const define = (f: RowFunction): FunctionDefinition => rowFunction('string', f)

type Example = RowFunction['examples'][number]

/** A function from text to text. */
function textual(name: string, doc: string, f: (s: string) => string, ...examples: readonly Example[]): FunctionDefinition {
  return define({ name, doc, params: [S], returns: 'string', examples, call: (_, s) => f(goText(s)) })
}

const shape: readonly FunctionDefinition[] = [
  textual('lower', 'Lower case.', lowerCase, ['lower("AbC")', 'abc']),
  textual('upper', 'Upper case.', upperCase, ['upper("AbC")', 'ABC']),
  textual('ltrim', 'Without white space at the start.', (s) => s.slice(firstInk(s)), ['ltrim("  a ")', 'a ']),
  textual('rtrim', 'Without white space at the end.', (s) => s.slice(0, lastInk(s)), ['rtrim(" a  ")', ' a']),
  textual('trim', 'Without white space at both ends.', (s) => s.slice(firstInk(s), lastInk(s)), ['trim("  a ")', 'a']),
  textual('reverse', 'The characters in reverse order.', (s) => Array.from(s).toReversed().join(''), ['reverse("abc")', 'cba']),
  define({
    name: 'lpad',
    doc: 'Adds n blanks in front.',
    params: [S, parameter('n', 'bigint')],
    returns: 'string',
    examples: [['lpad("x", 2)', '  x']],
    call: (_, s, n) => blanks(n) + goText(s),
  }),
  define({
    name: 'rpad',
    doc: 'Adds n blanks behind.',
    params: [S, parameter('n', 'bigint')],
    returns: 'string',
    examples: [['rpad("x", 2)', 'x  ']],
    call: (_, s, n) => goText(s) + blanks(n),
  }),
  define({
    name: 'format',
    doc: 'A number with fixed decimals; with a locale such as "de-DE" also with its separators.',
    params: [parameter('x', 'number'), parameter('digits', 'bigint'), parameter('locale', 'string', { optional: true })],
    returns: 'string',
    examples: [
      ['format(12, 2)', '12.00'],
      ['format(1234567.891, 2, "de-DE")', '1.234.567,89'],
    ],
    call: (_, x, digits, locale) => formatNumber(numberOf(x), toIndex(digits), locale === undefined ? undefined : goText(locale)),
  }),
]

const measure: readonly FunctionDefinition[] = [
  define({
    name: 'length',
    doc: 'Number of characters of a text, of bytes of a bytea, of elements of an array, of members of an object; 0 for null.',
    params: [parameter('x', 'any')],
    returns: 'bigint',
    nulls: 'zero',
    examples: [['length("日本")', 2n]],
    call: (_, x) => BigInt(lengthOf(x)),
  }),
  define({
    name: 'numbytes',
    doc: 'Number of bytes of a text in UTF-8; 0 for null.',
    params: [S],
    returns: 'bigint',
    nulls: 'zero',
    examples: [['numbytes("é")', 2n]],
    call: (_, s) => (isEmptyCollection(s) ? 0n : BigInt(Buffer.byteLength(goText(s)))),
  }),
  define({
    name: 'indexof',
    doc: 'Place of the first `part` in s, counted in bytes from 0; -1 when there is none.',
    params: [S, parameter('part', 'string')],
    returns: 'bigint',
    nulls: 'call',
    examples: [
      ['indexof("hello", "l")', 2n],
      ['indexof("hello", "x")', -1n],
    ],
    call: (_, s, part) => BigInt(isNull(s) || isNull(part) ? -1 : Buffer.from(goText(s)).indexOf(Buffer.from(goText(part)))),
  }),
  define({
    name: 'startswith',
    doc: 'Does s begin with `part`? False for null.',
    params: [S, parameter('part', 'string')],
    returns: 'boolean',
    nulls: 'false',
    examples: [['startswith("hello", "he")', true]],
    call: (_, s, part) => !isMissing(s) && !isMissing(part) && goText(s).startsWith(goText(part)),
  }),
  define({
    name: 'endswith',
    doc: 'Does s end with `part`? False for null.',
    params: [S, parameter('part', 'string')],
    returns: 'boolean',
    nulls: 'false',
    examples: [['endswith("hello", "lo")', true]],
    call: (_, s, part) => !isMissing(s) && !isMissing(part) && goText(s).endsWith(goText(part)),
  }),
]

const parts: readonly FunctionDefinition[] = [
  define({
    name: 'concat',
    doc: 'The texts of all arguments, one behind the other; null is the empty text.',
    params: [parameter('s', 'string', { repeats: true })],
    returns: 'string',
    nulls: 'call',
    examples: [['concat("a", "b", "c")', 'abc']],
    call: (_, ...args) => args.map((arg) => goText(arg)).join(''),
  }),
  define({
    name: 'split_value',
    doc: 'Part number i, from 0, of s cut at every separator; negative numbers count from the end, and come from a row: as literals they are refused.',
    params: [S, parameter('separator', 'string'), parameter('i', 'bigint', { also: ['any'] })],
    returns: 'string',
    examples: [
      ['split_value("a/b/c", "/", 1)', 'b'],
      ['split_value("a/b/c", "/", cast("-1", "bigint"))', 'c'],
    ],
    check: ([, , i]) => (isNumeric(i) && i < 0 ? `expected a part from 0 on, got ${i}` : undefined),
    call: (_, s, separator, i) => splitValue(goText(s), goText(separator), i),
  }),
  define({
    name: 'substring',
    doc: 'Bytes `start` up to, not including, `end` (or to the end) of the UTF-8 text; counted from 0.',
    params: [S, parameter('start', 'bigint'), parameter('end', 'bigint', { optional: true })],
    returns: 'string',
    examples: [
      ['substring("hello", 1, 3)', 'el'],
      ['substring("hello", 2)', 'llo'],
    ],
    check: ([, start, end]) => {
      if (isNumeric(start) && start < 0) return `expected a start from 0 on, got ${start}`
      return isNumeric(start) && isNumeric(end) && start > end ? `expected a start not behind the end, got ${start} and ${end}` : undefined
    },
    call: (_, s, start, end) => substring(goText(s), toIndex(start), end === undefined ? undefined : toIndex(end)),
  }),
  define({
    name: 'regexp_matches',
    doc: 'Does the pattern (RE2 syntax) match anywhere in s? False for null.',
    params: [S, parameter('pattern', 'string')],
    returns: 'boolean',
    nulls: 'false',
    examples: [['regexp_matches("foobar", "o+b")', true]],
    call: (_, s, pattern) => !isMissing(s) && !isMissing(pattern) && matches(goText(s), goText(pattern)),
  }),
  define({
    name: 'regexp_replace',
    doc: 'Every match of the pattern (RE2 syntax) replaced; $1 stands for a group.',
    params: [S, parameter('pattern', 'string'), parameter('replacement', 'string')],
    returns: 'string',
    examples: [['regexp_replace("2024-01", "(\\\\d+)-(\\\\d+)", "$2/$1")', '01/2024']],
    call: (_, s, pattern, replacement) => replaceAll(goText(s), compilePattern(goText(pattern)), goText(replacement)),
  }),
  define({
    name: 'regexp_substr',
    doc: 'The first match of the pattern (RE2 syntax), or the empty text.',
    params: [S, parameter('pattern', 'string')],
    returns: 'string',
    examples: [['regexp_substr("foobar", "o+")', 'oo']],
    call: (_, s, pattern) => compilePattern(goText(pattern)).find(goText(s), 0)?.parts[0] ?? '',
  }),
]

export const textFunctions: readonly FunctionDefinition[] = [...shape, ...measure, ...parts]

function isNull(value: Cell): boolean {
  return value === null || value === undefined
}

function isMissing(value: Cell): boolean {
  return isNull(value) || isEmptyCollection(value)
}

/** White space as Unicode and Go have it, which is not quite JavaScript's. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** Where the first character stands that is no white space. */
function firstInk(s: string): number {
  let at = 0
  while (at < s.length && SPACE.test(s.charAt(at))) at++
  return at
}

/** Behind the last character that is no white space. */
function lastInk(s: string): number {
  let at = s.length
  while (at > 0 && SPACE.test(s.charAt(at - 1))) at--
  return at
}

/** Longest padding, so that one row cannot fill the memory. */
const MOST_BLANKS = 1 << 20

function blanks(n: Cell): string {
  const count = toIndex(n)
  if (count < 0 || count > MOST_BLANKS) throw rowFailed(`expected 0 to ${MOST_BLANKS} blanks, got ${count}`)
  return ' '.repeat(count)
}

function lengthOf(x: Cell): number {
  if (x instanceof Uint8Array || Array.isArray(x)) return x.length
  if (isStruct(x)) return Object.keys(x).length
  let count = 0
  for (const _ of goText(x)) count++
  return count
}

function splitValue(s: string, separator: string, i: Cell): string {
  const found = separator === '' ? Array.from(s) : s.split(separator)
  // What is no whole number acts as 0, as users of eKuiper know it.
  const index = isNumeric(i) && Number.isInteger(Number(i)) ? Number(i) : 0
  const part = found.at(index)
  if (part === undefined) throw rowFailed(`part ${index} is out of range: the text has ${found.length}`)
  return part
}

function substring(s: string, start: number, end: number | undefined): string {
  if (start < 0 || (end !== undefined && end < 0))
    throw rowFailed(`expected places from 0 on, got ${start}${end === undefined ? '' : ` and ${end}`}`)
  if (end !== undefined && start > end) throw rowFailed(`expected a start not behind the end, got ${start} and ${end}`)
  return isAscii(s) ? s.slice(start, end) : decodeBytes(Buffer.from(s).subarray(start, end))
}

/** A number, or a text that is one. Throws `row_failed`. */
function numberOf(value: Cell): number {
  return toNumber(typeof value === 'string' ? castValue(value, 'float') : value)
}

/** Each byte that is no part of a whole character is a replacement character of its own; the standard decoder takes those at the end together. */
function decodeBytes(bytes: Buffer): string {
  const lead = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80)
  const first = lead < 0 ? 0 : (bytes[lead] ?? 0)
  const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
  const cut = lead >= 0 && bytes.length - lead < wanted
  return cut ? `${bytes.toString('utf8', 0, lead)}${'\ufffd'.repeat(bytes.length - lead)}` : bytes.toString('utf8')
}

function lowerCase(s: string): string {
  return isAscii(s) ? s.toLowerCase() : byCharacter(s, (char) => (char === 'İ' ? 'i' : char.toLowerCase()))
}

function upperCase(s: string): string {
  return isAscii(s) ? s.toUpperCase() : byCharacter(s, (char) => char.toUpperCase())
}

/** One character for each, whatever stands around it: `ß`, whose upper case is two letters, stays. */
function byCharacter(s: string, f: (char: string) => string): string {
  return Array.from(s, (char) => {
    const changed = f(char)
    return changed.length === char.length ? changed : char
  }).join('')
}

function isAscii(s: string): boolean {
  return /^[\0-\x7f]*$/.test(s)
}
